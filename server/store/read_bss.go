package store

import (
	"bytes"
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// BSS is a BSSID with one SSID and how the taps asked for hear it.
type BSS struct {
	BSSID            string
	SSID             []byte // empty: hidden or never announced
	FirstHeardAt     time.Time
	LastHeardAt      time.Time
	FrequencyMHz     *int // primary channel
	WidthMHz         *int
	SecurityAKMs     *int64 // all Security fields: nil until a beacon or probe response was heard
	SecurityPairwise *int64
	SecurityGroup    *int64
	SecurityPMF      *int16
	SecurityPrivacy  *bool
	Features         *int64
	BeaconIntervalTU *int
	Country          *string
	BeaconHash       []byte // of the fingerprints; nil: none known
	ResponseHash     []byte
	Demonstration    bool
	Clients          int

	Sightings []BSSSighting `db:"-"` // strongest first
	Spark     []BSSSpark    `db:"-"`
}

// BSSSighting is how one tap hears a BSS: its newest window in which it did.
type BSSSighting struct {
	BSSID         string
	SSID          []byte
	Tap           string
	LastHeardAt   time.Time
	SignalMeanDBm *int16
	Frames        int64
	WindowMS      int
	TSFUS         *int64
	TSFHeardAt    *time.Time
}

// BSSSpark is one of the equal parts of the time range in which a BSS was heard.
type BSSSpark struct {
	BSSID     string
	SSID      []byte
	Slot      int
	Frames    int64    // of the tap that heard most
	SignalDBm *float64 // mean of the tap that heard it best
}

// What was heard in the range, by the registry: where all taps are asked for, from
// the registry itself, newest first. Its last_heard_at lags by up to five minutes, a
// sighting's by one: near the range's start the sightings decide.
const bssHeardSQL = `
WITH heard AS (
  SELECT b.bssid,
         b.ssid,
         b.last_heard_at
  FROM bss AS b
  WHERE b.tenant_id = @tenant::uuid
    AND (@bssid = '' OR b.bssid = nullif(@bssid, '')::macaddr)
    AND b.last_heard_at >= @from::timestamptz - @registry_lag::interval
    AND b.first_heard_at < @to
    AND (b.last_heard_at >= @from
      OR EXISTS (
        SELECT FROM bss_sighting AS s
        WHERE s.tenant_id = b.tenant_id
          AND s.bssid = b.bssid
          AND s.ssid = b.ssid
          AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval))
)`

// Where those of a site are asked for, by their sightings.
const bssHeardAtSQL = `
WITH heard AS (
  SELECT bssid,
         ssid,
         max(last_heard_at) AS last_heard_at
  FROM bss_sighting
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND (@bssid = '' OR bssid = nullif(@bssid, '')::macaddr)
    AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND first_heard_at < @to
  GROUP BY bssid, ssid
)`

const bssListSQL = `
SELECT b.bssid::text AS bssid,
       b.ssid,
       b.first_heard_at,
       greatest(b.last_heard_at, h.last_heard_at) AS last_heard_at,
       b.frequency_mhz AS frequency_m_hz,
       b.width_mhz AS width_m_hz,
       b.security_akms AS security_ak_ms,
       b.security_pairwise,
       b.security_group,
       b.security_pmf,
       b.security_privacy,
       b.features,
       b.beacon_interval_tu,
       b.country,
       b.beacon_fingerprint AS beacon_hash,
       b.response_fingerprint AS response_hash,
       b.demonstration,
       (SELECT count(*)
        FROM association a
        WHERE a.tenant_id = b.tenant_id
          AND a.bssid = b.bssid
          AND a.last_heard_at >= @from::timestamptz - @registry_lag::interval
          AND a.first_heard_at < @to) AS clients
FROM (
  SELECT bssid, ssid, last_heard_at
  FROM heard
  ORDER BY last_heard_at DESC, bssid, ssid
  LIMIT @limit) AS h
JOIN bss b ON b.tenant_id = @tenant::uuid AND b.bssid = h.bssid AND b.ssid = h.ssid
ORDER BY greatest(b.last_heard_at, h.last_heard_at) DESC, b.bssid, b.ssid`

const bssCountSQL = `
SELECT count(*)
FROM heard`

const bssSightingsSQL = `
SELECT bssid::text AS bssid,
       ssid,
       tap_id::text AS tap,
       last_heard_at,
       signal_mean_dbm AS signal_mean_d_bm,
       frames,
       window_ms,
       tsf_us,
       tsf_heard_at
FROM bss_sighting
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND bssid = ANY(@bssids::text[]::macaddr[])
  AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
  AND first_heard_at < @to
ORDER BY bssid, ssid, signal_mean_dbm DESC NULLS LAST, tap_id`

// BSSs returns the BSSs heard in the time range, last heard first and at most
// limit, and how many there are.
func (r *Reader) BSSs(ctx context.Context, tenant string, span Span, limit int) (list []BSS, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "BSSs", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, v.heardSQL(bssHeardSQL, bssHeardAtSQL)+bssCountSQL, v.bssArgs("")).Scan(&total); err != nil {
			return err
		}
		list, err = v.bss(ctx, "", limit)
		return err
	})
	return list, total, names, err
}

// Names are the taps of a tenant or site by their ids.
type Names map[string]TapName

// heardSQL is how what was heard is found: of a site, or of all taps.
func (v *view) heardSQL(all, site string) string {
	if v.span.Site != "" {
		return site
	}
	return all
}

func (v *view) bssArgs(bssid string) pgx.NamedArgs {
	return pgx.NamedArgs{
		"tenant": v.tenant, "taps": v.ids, "bssid": bssid, "from": v.span.From, "to": v.span.To,
		"registry_lag": registryLag, "sighting_lag": sightingLag,
	}
}

// bss returns BSSs with their sightings and sparks; of one BSSID or, where it
// is empty, of all.
func (v *view) bss(ctx context.Context, bssid string, limit int) ([]BSS, error) {
	args := v.bssArgs(bssid)
	args["limit"] = limit
	list, err := collect[BSS](ctx, v, v.heardSQL(bssHeardSQL, bssHeardAtSQL)+bssListSQL, args)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	type key struct{ bssid, ssid string }
	at := make(map[key]*BSS, len(list))
	bssids := make([]string, 0, len(list))
	for i := range list {
		b := &list[i]
		at[key{b.BSSID, string(b.SSID)}] = b
		bssids = append(bssids, b.BSSID)
	}
	args["bssids"] = bssids
	sightings, err := collect[BSSSighting](ctx, v, bssSightingsSQL, args)
	if err != nil {
		return nil, err
	}
	for _, s := range sightings {
		if b := at[key{s.BSSID, string(s.SSID)}]; b != nil {
			b.Sightings = append(b.Sightings, s)
		}
	}
	sparks, err := v.sparks(ctx, bssids, bssid != "")
	if err != nil {
		return nil, err
	}
	for _, s := range sparks {
		if b := at[key{s.BSSID, string(s.SSID)}]; b != nil {
			b.Spark = append(b.Spark, s)
		}
	}
	return list, nil
}

// sparks returns what was heard of BSSs in the equal parts of the range, in the
// order of time: the most frames of one tap, and the mean of the one that heard best.
func (v *view) sparks(ctx context.Context, bssids []string, alone bool) ([]BSSSpark, error) {
	q := v.figures(rollup.BSS, "bssid", bssids, alone)
	q.by, q.values = []string{"bssid", "ssid"}, []string{"frames", "signal_count", "signal_sum_dbm"}
	q.grid, q.step, q.slots = v.span.From, v.span.slot(), Slots
	if q.slot > q.step { // as fine as what is drawn, if that can be had
		q.slot = q.step
	}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	f := rollup.Families()[rollup.BSS]
	frames, count, sum := f.Value("frames"), f.Value("signal_count"), f.Value("signal_sum_dbm")
	best := make(map[heardAt]*BSSSpark, len(answer))
	var list []*BSSSpark
	for at, row := range answer {
		at.tap = ""
		s := best[at]
		if s == nil {
			s = &BSSSpark{BSSID: macText(at.key.A), SSID: []byte(at.key.Text), Slot: at.slot}
			best[at], list = s, append(list, s)
		}
		s.Frames = max(s.Frames, row[frames])
		if row[count] > 0 {
			if mean := float64(row[sum]) / float64(row[count]); s.SignalDBm == nil || mean > *s.SignalDBm {
				s.SignalDBm = &mean
			}
		}
	}
	slices.SortFunc(list, func(a, b *BSSSpark) int {
		return cmp.Or(strings.Compare(a.BSSID, b.BSSID), bytes.Compare(a.SSID, b.SSID), cmp.Compare(a.Slot, b.Slot))
	})
	return each(list, func(s *BSSSpark) BSSSpark { return *s }), nil
}

// figures is the question for sums of the range of some addresses.
func (v *view) figures(family rollup.ID, where string, addresses []string, alone bool) question {
	q := question{
		family: family, from: v.span.From, to: v.span.To, slot: v.span.figureSlot(),
		where: where, addresses: addresses, taps: v.ids, all: v.span.Site == "", bounds: listReading,
	}
	if alone {
		q.bounds = detailReading
	}
	return q
}

// macText is a MAC address as texts have it.
func macText(mac [6]byte) string { return net.HardwareAddr(mac[:]).String() }
