package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
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

// A registry's last_heard_at lags by up to a minute (sightings) or five (others).
const bssHeardSQL = `
WITH heard AS (
  SELECT bssid,
         ssid,
         max(last_heard_at) AS last_heard_at
  FROM bss_sighting
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND (@bssid = '' OR bssid = nullif(@bssid, '')::macaddr)
    AND last_heard_at >= @from::timestamptz - interval '1 minute'
    AND first_heard_at < @to
  GROUP BY bssid, ssid
)`

const bssListSQL = bssHeardSQL + `
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
          AND a.last_heard_at >= @from::timestamptz - interval '5 minutes'
          AND a.first_heard_at < @to) AS clients
FROM heard h
JOIN bss b ON b.tenant_id = @tenant::uuid AND b.bssid = h.bssid AND b.ssid = h.ssid
ORDER BY greatest(b.last_heard_at, h.last_heard_at) DESC, b.bssid, b.ssid
LIMIT @limit`

const bssCountSQL = bssHeardSQL + `
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
  AND (@bssid = '' OR bssid = nullif(@bssid, '')::macaddr)
  AND last_heard_at >= @from::timestamptz - interval '1 minute'
  AND first_heard_at < @to
ORDER BY bssid, ssid, signal_mean_dbm DESC NULLS LAST, tap_id`

const bssSparkSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, r.bucket AS at, e.bssid, e.ssid, e.frames, e.signal_count, e.signal_sum_dbm
  FROM buckets b
  JOIN bss_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.bssid, r.ssid, r.frames, r.signal_count, r.signal_sum_dbm)
    AS e (bssid, ssid, frames, signal_count, signal_sum_dbm)
  WHERE b.rolled
    AND (@bssid = '' OR nullif(@bssid, '')::macaddr = ANY(r.bssid))
  UNION ALL
  SELECT w.tap_id, w.window_start, e.bssid, e.ssid, e.frames::bigint, e.signal_count::bigint, e.signal_sum_dbm::bigint
  FROM buckets b
  JOIN bss_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.bssid, w.ssid, w.frames, w.signal_count, w.signal_sum_dbm)
    AS e (bssid, ssid, frames, signal_count, signal_sum_dbm)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
    AND (@bssid = '' OR nullif(@bssid, '')::macaddr = ANY(w.bssid))
), by_tap AS (
  SELECT bssid,
         ssid,
         least(@slots - 1, greatest(0, floor(extract(epoch FROM at - @from::timestamptz) / @slot::float8)::int)) AS slot,
         coalesce(sum(frames), 0)::bigint AS frames,
         (sum(signal_sum_dbm) / nullif(sum(signal_count), 0))::float8 AS signal
  FROM heard
  WHERE @bssid = '' OR bssid = nullif(@bssid, '')::macaddr
  GROUP BY tap_id, bssid, ssid, slot
)
SELECT bssid::text AS bssid,
       ssid,
       slot,
       max(frames) AS frames,
       max(signal) AS signal_d_bm
FROM by_tap
GROUP BY bssid, ssid, slot
ORDER BY bssid, ssid, slot`

// BSSs returns the BSSs heard in the time range, last heard first and at most
// limit, and how many there are.
func (r *Reader) BSSs(ctx context.Context, tenant string, span Span, limit int) (list []BSS, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "BSSs", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, bssCountSQL, v.bssArgs("")).Scan(&total); err != nil {
			return err
		}
		list, err = v.bss(ctx, "", limit)
		return err
	})
	return list, total, names, err
}

// Names are the taps of a tenant or site by their ids.
type Names map[string]TapName

func (v *view) bssArgs(bssid string) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": v.ids, "bssid": bssid, "from": v.span.From, "to": v.span.To,
	}
}

// bss returns BSSs with their sightings and sparks; of one BSSID or, where it
// is empty, of all.
func (v *view) bss(ctx context.Context, bssid string, limit int) ([]BSS, error) {
	args := v.bssArgs(bssid)
	sightings, err := collect[BSSSighting](ctx, v, bssSightingsSQL, args)
	if err != nil {
		return nil, err
	}
	sparkArgs := v.args(v.ids)
	sparkArgs["bssid"], sparkArgs["slots"], sparkArgs["slot"] = bssid, Slots, v.span.slot().Seconds()
	sparks, err := collect[BSSSpark](ctx, v, bssSparkSQL, sparkArgs)
	if err != nil {
		return nil, err
	}
	args["limit"] = limit
	list, err := collect[BSS](ctx, v, bssListSQL, args)
	if err != nil {
		return nil, err
	}
	type key struct{ bssid, ssid string }
	at := make(map[key]int, len(list))
	for i, b := range list {
		at[key{b.BSSID, string(b.SSID)}] = i
	}
	for _, s := range sightings {
		if i, ok := at[key{s.BSSID, string(s.SSID)}]; ok {
			list[i].Sightings = append(list[i].Sightings, s)
		}
	}
	for _, s := range sparks {
		if i, ok := at[key{s.BSSID, string(s.SSID)}]; ok {
			list[i].Spark = append(list[i].Spark, s)
		}
	}
	return list, nil
}
