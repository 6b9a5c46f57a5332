package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/store"
	"picket/shared/wlan"
)

// maxRange bounds what one request may read.
const maxRange = 31 * 24 * time.Hour

// TenantParam is the tenant of nearly every path.
type TenantParam struct {
	Tenant string `path:"tenant" maxLength:"63" doc:"Slug of the tenant" example:"default"`
}

// RangeParams are the time range and site of a request.
type RangeParams struct {
	TenantParam
	From string `query:"from" maxLength:"40" default:"-24h" example:"-24h" doc:"Start of the time range: RFC 3339, \"now\", or relative to now: -90s, -15m, -24h, -7d"`
	To   string `query:"to" maxLength:"40" default:"now" example:"now" doc:"End of the time range, in the same forms"`
	Site string `query:"site" maxLength:"63" doc:"Slug of a site; empty: all"`

	from, to time.Time
}

// Resolve implements huma.Resolver: it reads the time range.
func (p *RangeParams) Resolve(huma.Context) []error {
	now := time.Now()
	var errs []error
	var err error
	if p.from, err = parseTime(p.From, now); err != nil {
		errs = append(errs, &huma.ErrorDetail{Location: "query.from", Message: err.Error(), Value: p.From})
	}
	if p.to, err = parseTime(p.To, now); err != nil {
		errs = append(errs, &huma.ErrorDetail{Location: "query.to", Message: err.Error(), Value: p.To})
	}
	if len(errs) > 0 {
		return errs
	}
	switch d := p.to.Sub(p.from); {
	case d <= 0:
		errs = append(errs, &huma.ErrorDetail{Location: "query.from", Message: "the time range ends before it starts", Value: p.From})
	case d > maxRange:
		errs = append(errs, &huma.ErrorDetail{Location: "query.from", Message: "the time range is longer than 31 days", Value: p.From})
	}
	return errs
}

// span returns what the store needs to know of p.
func (p *RangeParams) span() store.Span { return store.Span{From: p.from, To: p.to, Site: p.Site} }

// ListParams are those of a list.
type ListParams struct {
	RangeParams
	Limit int `query:"limit" minimum:"1" maximum:"20000" default:"5000" doc:"Of items at most"`
}

// TapParams name a tap.
type TapParams struct {
	RangeParams
	Tap string `path:"tap" format:"uuid" doc:"Id of the tap"`
}

// BSSIDParams name a BSSID.
type BSSIDParams struct {
	RangeParams
	BSSID string `path:"bssid" pattern:"^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$" patternDescription:"six octets with colons" example:"00:00:5e:00:53:01"`
}

// BSSIDListParams are those of a list below a BSSID.
type BSSIDListParams struct {
	BSSIDParams
	Limit int `query:"limit" minimum:"1" maximum:"20000" default:"5000" doc:"Of items at most"`
}

// MACParams name a station or host.
type MACParams struct {
	RangeParams
	MAC string `path:"mac" pattern:"^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$" patternDescription:"six octets with colons" example:"00:00:5e:00:53:02"`
}

// mac parses what a pattern has checked already.
func mac(s string) wlan.MAC {
	m, _ := wlan.ParseMAC(s)
	return m
}

type timeError string

func (e timeError) Error() string { return string(e) }

const errTime timeError = "is neither RFC 3339 (2026-01-31T12:00:00Z) nor relative to now (now, -90s, -15m, -24h, -7d)"

func parseTime(s string, now time.Time) (time.Time, error) {
	if s == "now" {
		return now, nil
	}
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		d, err := parseDays(rest)
		if err != nil || d < 0 || d > 100*366*24*time.Hour {
			return time.Time{}, errTime
		}
		return now.Add(-d), nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, errTime
	}
	if t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}, timeError("is not between 1970 and 9998")
	}
	return t, nil
}

// parseDays is time.ParseDuration with a unit of days.
func parseDays(s string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.ParseUint(n, 10, 16)
		return time.Duration(days) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}
