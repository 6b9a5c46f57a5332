package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// TapChannel is what a tap heard on a frequency in the time range.
type TapChannel struct {
	FrequencyMHz  int
	ListenedMS    int64
	Frames        int64
	Bytes         int64
	AirtimeUS     int64
	SignalMeanDBm *float64
	NoiseDBm      *float64
}

const tapChannelsSQL = bucketsSQL + `, heard AS (
  SELECT e.*
  FROM buckets b
  JOIN channel_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.frequency_mhz, r.listened_ms, r.frames, r.bytes, r.airtime_us,
    r.signal_count, r.signal_sum_dbm, r.noise_count, r.noise_sum_dbm)
    AS e (frequency_mhz, listened_ms, frames, bytes, airtime_us, signal_count, signal_sum_dbm, noise_count, noise_sum_dbm)
  WHERE b.rolled
  UNION ALL
  SELECT coalesce(e.frequency_mhz, 0), e.listened_ms::bigint, e.frames::bigint, e.bytes, e.airtime_us,
         e.signal_count::bigint, e.signal_sum_dbm::bigint, e.noise_count::bigint, e.noise_sum_dbm::bigint
  FROM buckets b
  JOIN channel_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.capture, w.frequency_mhz, w.listened_ms, w.frames, w.bytes, w.airtime_us,
    w.signal_count, w.signal_sum_dbm, w.noise_count, w.noise_sum_dbm)
    AS e (capture, frequency_mhz, listened_ms, frames, bytes, airtime_us, signal_count, signal_sum_dbm, noise_count, noise_sum_dbm)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
)
SELECT frequency_mhz AS frequency_m_hz,
       coalesce(sum(listened_ms), 0)::bigint AS listened_ms,
       coalesce(sum(frames), 0)::bigint AS frames,
       coalesce(sum(bytes), 0)::bigint AS bytes,
       coalesce(sum(airtime_us), 0)::bigint AS airtime_us,
       (sum(signal_sum_dbm) / nullif(sum(signal_count), 0))::float8 AS signal_mean_d_bm,
       (sum(noise_sum_dbm) / nullif(sum(noise_count), 0))::float8 AS noise_d_bm
FROM heard
GROUP BY frequency_mhz
ORDER BY frequency_mhz`

// TapChannels returns what a tap heard by frequency, or ErrNotFound.
func (r *Reader) TapChannels(ctx context.Context, tenant, tap string, span Span) (channels []TapChannel, err error) {
	err = r.read(ctx, tenant, span, "channels of tap", func(v *view) error {
		if _, ok := v.taps[tap]; !ok {
			return ErrNotFound
		}
		channels, err = collect[TapChannel](ctx, v, tapChannelsSQL, v.args([]string{tap}))
		return err
	})
	return channels, err
}

// bucketsSQL begins a query over observations: buckets are those of ten minutes
// in the time range in which a tap reported, and rolled says which of them to read from
// a rollup. The others, not yet rolled up or too coarse for the range, are read
// from the observations as they came.
const bucketsSQL = `
WITH buckets AS (
  SELECT tap_id,
         bucket,
         dirty_since IS NULL AND @rolled::boolean AS rolled
  FROM tap_10m
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND bucket > @from::timestamptz - interval '10 minutes'
    AND bucket < @to
)`

// args are those of a query that begins with bucketsSQL.
func (v *view) args(taps []string) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenant": v.tenant,
		"taps":   taps,
		"from":   v.span.From,
		"to":     v.span.To,
		"rolled": v.span.rolled(),
	}
}
