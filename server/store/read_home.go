package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Home is what the first page is made of.
type Home struct {
	Span
	Sites    []Site
	Taps     []Tap
	Coverage map[string]Coverage // by tap
	Channels []HeardChannel
	Counts   HomeCounts
	Recent   []Recent
	Gaps     []HomeGap // newest first, at most 20
}

// HomeCounts counts what was heard in the time range.
type HomeCounts struct {
	Networks int // distinct SSIDs
	BSSIDs   int `db:"bssids"`
	Stations int
	Hosts    int
}

// HeardChannel is a frequency that a tap listened to in the last hour of the
// time range.
type HeardChannel struct {
	Tap          string
	FrequencyMHz int
}

// HomeGap is a gap of a tap.
type HomeGap struct {
	Tap string
	TapGap
}

// Recent is something heard for the first time.
type Recent struct {
	At      time.Time
	Kind    string // bss_new, client_new, host_new
	Subject string // address
	SSID    []byte // of a BSS
	Tap     string // that heard it first
}

// Of all taps, by the registries.
const homeCountsSQL = `
WITH heard AS (
  SELECT bssid, ssid
  FROM bss
  WHERE tenant_id = @tenant::uuid
    AND last_heard_at >= @from::timestamptz - @registry_lag::interval
    AND (@recent OR first_heard_at < @to::timestamptz)
)
SELECT (SELECT count(*) FROM (SELECT FROM heard WHERE ssid <> '' GROUP BY ssid) AS n)::int AS networks,
       (SELECT count(*) FROM (SELECT FROM heard GROUP BY bssid) AS n)::int AS bssids,
       (SELECT count(*)
        FROM station
        WHERE tenant_id = @tenant::uuid
          AND last_heard_at >= @from::timestamptz - @registry_lag::interval
          AND (@recent OR first_heard_at < @to::timestamptz))::int AS stations,
       (SELECT count(*)
        FROM host
        WHERE tenant_id = @tenant::uuid
          AND last_heard_at >= @from::timestamptz - @registry_lag::interval
          AND (@recent OR first_heard_at < @to::timestamptz))::int AS hosts`

// Of a site, by what its taps heard.
const homeCountsAtSQL = `
WITH heard AS (
  SELECT DISTINCT bssid, ssid
  FROM bss_sighting
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND first_heard_at < @to::timestamptz
)
SELECT (SELECT count(DISTINCT ssid) FROM heard WHERE ssid <> '')::int AS networks,
       (SELECT count(DISTINCT bssid) FROM heard)::int AS bssids,
       (SELECT count(DISTINCT station)
        FROM station_sighting
        WHERE tenant_id = @tenant::uuid
          AND tap_id = ANY(@taps::text[]::uuid[])
          AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
          AND first_heard_at < @to::timestamptz)::int AS stations,
       (SELECT count(DISTINCT mac)
        FROM host_sighting
        WHERE tenant_id = @tenant::uuid
          AND tap_id = ANY(@taps::text[]::uuid[])
          AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
          AND first_heard_at < @to::timestamptz)::int AS hosts`

// channel_sighting lags by up to five minutes.
const homeChannelsSQL = `
SELECT tap_id::text AS tap,
       array_agg(frequency_mhz ORDER BY frequency_mhz) AS frequencies
FROM channel_sighting
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND last_heard_at >= greatest(@from::timestamptz, @to::timestamptz - interval '1 hour') - interval '5 minutes'
  AND first_heard_at < @to
GROUP BY tap_id
ORDER BY tap_id`

// homeChannels returns the frequencies to which taps listened lately.
func (v *view) homeChannels(ctx context.Context, args pgx.StrictNamedArgs) (list []HeardChannel, err error) {
	type row struct {
		Tap         string
		Frequencies []int32
	}
	rows, err := collect[row](ctx, v, homeChannelsSQL, args)
	for _, r := range rows {
		for _, f := range r.Frequencies {
			list = append(list, HeardChannel{r.Tap, int(f)})
		}
	}
	return list, err
}

// homeCounts counts what was heard in the range. Where that goes on until now,
// nothing was heard after it for the first time.
func (v *view) homeCounts(ctx context.Context) (HomeCounts, error) {
	built, err := v.built(ctx)
	if err != nil {
		return HomeCounts{}, err
	}
	args := pgx.NamedArgs{
		"tenant": v.tenant, "taps": v.ids, "from": v.span.From, "to": v.span.To, "recent": !v.span.To.Before(built.now.Add(-time.Minute)),
		"registry_lag": registryLag, "sighting_lag": sightingLag,
	}
	return collectOne[HomeCounts](ctx, v, v.heardSQL(homeCountsSQL, homeCountsAtSQL), args)
}

const homeRecentSQL = `
(SELECT b.first_heard_at AS at, 'bss_new' AS kind, b.bssid::text AS subject, b.ssid, s.tap_id::text AS tap
 FROM bss b
 JOIN LATERAL (
   SELECT tap_id
   FROM bss_sighting
   WHERE tenant_id = b.tenant_id
     AND bssid = b.bssid
     AND ssid = b.ssid
     AND tap_id = ANY(@taps::text[]::uuid[])
   ORDER BY first_heard_at, tap_id
   LIMIT 1) s ON true
 WHERE b.tenant_id = @tenant::uuid
   AND b.first_heard_at >= @from
   AND b.first_heard_at < @to
 ORDER BY b.first_heard_at DESC, b.bssid, b.ssid
 LIMIT @limit)
UNION ALL
(SELECT t.first_heard_at, 'client_new', t.station::text, NULL, s.tap_id::text
 FROM station t
 JOIN LATERAL (
   SELECT tap_id
   FROM station_sighting
   WHERE tenant_id = t.tenant_id
     AND station = t.station
     AND tap_id = ANY(@taps::text[]::uuid[])
   ORDER BY first_heard_at, tap_id
   LIMIT 1) s ON true
 WHERE t.tenant_id = @tenant::uuid
   AND t.first_heard_at >= @from
   AND t.first_heard_at < @to
 ORDER BY t.first_heard_at DESC, t.station
 LIMIT @limit)
UNION ALL
(SELECT h.first_heard_at, 'host_new', h.mac::text, NULL, s.tap_id::text
 FROM host h
 JOIN LATERAL (
   SELECT tap_id
   FROM host_sighting
   WHERE tenant_id = h.tenant_id
     AND mac = h.mac
     AND tap_id = ANY(@taps::text[]::uuid[])
   ORDER BY first_heard_at, tap_id
   LIMIT 1) s ON true
 WHERE h.tenant_id = @tenant::uuid
   AND h.first_heard_at >= @from
   AND h.first_heard_at < @to
 ORDER BY h.first_heard_at DESC, h.mac
 LIMIT @limit)
ORDER BY at DESC, kind, subject
LIMIT @limit`

const homeGapsSQL = `
SELECT tap_id::text AS tap,
       gap_start,
       gap_end,
       reason
FROM tap_gap
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND gap_end > @from
  AND gap_start < @to
ORDER BY gap_end DESC, tap_id, gap_start
LIMIT @limit`

// Home returns what the first page is made of.
func (r *Reader) Home(ctx context.Context, tenant string, span Span, recent int) (h Home, names Names, err error) {
	err = r.read(ctx, tenant, span, "home", func(v *view) (err error) {
		h.Span, names = span, v.taps
		if h.Sites, err = v.sites(ctx); err != nil {
			return err
		}
		if h.Taps, err = v.tapRows(ctx, v.ids); err != nil {
			return err
		}
		if h.Coverage, err = v.coverage(ctx, v.ids); err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{"tenant": tenant, "taps": v.ids, "from": span.From, "to": span.To}
		if h.Counts, err = v.homeCounts(ctx); err != nil {
			return err
		}
		if h.Channels, err = v.homeChannels(ctx, args); err != nil {
			return err
		}
		args["limit"] = recent
		if h.Recent, err = collect[Recent](ctx, v, homeRecentSQL, args); err != nil {
			return err
		}
		gaps, err := collect[gapRow](ctx, v, homeGapsSQL, args)
		for _, g := range gaps {
			h.Gaps = append(h.Gaps, HomeGap{g.Tap, TapGap{Interval{g.GapStart, g.GapEnd}, g.Reason}})
		}
		return err
	})
	return h, names, err
}
