package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// TapCoverage is where a tap listened in the time range, and for how long.
type TapCoverage struct {
	ReportedMS int64 // what its reports cover of the range, and all else is out of
	Channels   []CaptureChannel
	Adapters   []Adapter // by name
}

// CaptureChannel is a frequency on which a capture listened.
type CaptureChannel struct {
	Capture        string
	FrequencyMHz   int // 0: the capture does not say
	ListenedMS     int64
	Frames         int64
	Drops          int64
	LastListenedAt time.Time // end of the window
}

// covered are the buckets in which the tap reported, with the rollup of those that
// have one which counts all their reports.
const coveredSQL = `
WITH covered AS (
  SELECT t.bucket,
         t.window_ms,
         c.reports IS NOT NULL AS rolled,
         c.capture, c.frequency_mhz, c.listened_ms, c.frames, c.drops, c.last_listened_at
  FROM tap_10m t
  LEFT JOIN coverage_10m c
    ON c.tenant_id = t.tenant_id
   AND c.tap_id = t.tap_id
   AND c.bucket = t.bucket
   AND c.reports = t.reports
   AND t.dirty_since IS NULL
   AND @rolled::boolean
  WHERE t.tenant_id = @tenant::uuid
    AND t.tap_id = @tap::uuid
    AND t.bucket > @from::timestamptz - interval '10 minutes'
    AND t.bucket < @to
)`

const tapCoverageSQL = coveredSQL + `, heard AS (
  SELECT e.*
  FROM covered b
  CROSS JOIN LATERAL unnest(b.capture, b.frequency_mhz, b.listened_ms, b.frames, b.drops, b.last_listened_at)
    AS e (capture, frequency_mhz, listened_ms, frames, drops, last_listened_at)
  WHERE b.rolled
  UNION ALL
  SELECT coalesce(p.capture_name[e.capture], ''), coalesce(e.frequency_mhz, 0), e.listened_ms::bigint, e.frames::bigint,
         e.drops::bigint, w.window_start + w.length_ms * interval '1 millisecond'
  FROM covered b
  JOIN channel_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = @tap::uuid
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  JOIN report p
    ON p.tenant_id = w.tenant_id
   AND p.tap_id = w.tap_id
   AND p.boot_id = w.boot_id
   AND p.sequence = w.sequence
   AND p.window_start = w.window_start
  CROSS JOIN LATERAL unnest(w.capture, w.frequency_mhz, w.listened_ms, w.frames, w.drops)
    AS e (capture, frequency_mhz, listened_ms, frames, drops)
  WHERE NOT b.rolled
    AND w.window_start >= @raw_from
    AND w.window_start < @to
    AND (e.listened_ms > 0 OR e.frames > 0 OR e.drops > 0)
)
SELECT capture,
       frequency_mhz AS frequency_m_hz,
       coalesce(sum(listened_ms), 0)::bigint AS listened_ms,
       coalesce(sum(frames), 0)::bigint AS frames,
       coalesce(sum(drops), 0)::bigint AS drops,
       max(last_listened_at) AS last_listened_at
FROM heard
GROUP BY capture, frequency_mhz
ORDER BY frequency_mhz, capture`

// What the figures above are out of: the same buckets and windows.
const reportedSQL = coveredSQL + `
SELECT (coalesce((SELECT sum(window_ms) FROM covered WHERE rolled), 0)
      + coalesce((
          SELECT sum(p.length_ms)
          FROM covered b
          JOIN report p
            ON p.tenant_id = @tenant::uuid
           AND p.tap_id = @tap::uuid
           AND p.window_start >= b.bucket
           AND p.window_start < b.bucket + interval '10 minutes'
          WHERE NOT b.rolled
            AND p.window_start >= @raw_from
            AND p.window_start < @to), 0))::bigint`

// TapCoverage returns where a tap listened, or ErrNotFound.
func (r *Reader) TapCoverage(ctx context.Context, tenant, tap string, span Span) (c TapCoverage, err error) {
	err = r.read(ctx, tenant, span, "coverage of tap", func(v *view) error {
		if _, ok := v.taps[tap]; !ok {
			return ErrNotFound
		}
		args := pgx.StrictNamedArgs{
			"tenant": tenant, "tap": tap, "from": span.From, "to": span.To, "raw_from": span.rawFrom(), "rolled": span.rolled(),
		}
		if err := v.QueryRow(ctx, reportedSQL, args).Scan(&c.ReportedMS); err != nil {
			return err
		}
		if c.Channels, err = collect[CaptureChannel](ctx, v, tapCoverageSQL, args); err != nil {
			return err
		}
		adapters, err := v.adapters(ctx, []string{tap})
		c.Adapters = adapters[tap]
		return err
	})
	return c, err
}
