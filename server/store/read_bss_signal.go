package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// maxLanes bounds the taps of a signal chart: those that hear the BSSID best.
const maxLanes = 12

// maxWindows bounds the windows that a signal chart reads, to about a second: a
// day of four taps. Beyond, it reads rollups.
const maxWindows = 40_000

// usualWindow is how long windows are, unless set otherwise.
const usualWindow = 10 * time.Second

// SignalChart is the signal of a BSSID over time.
type SignalChart struct {
	Grid  Grid
	Lanes []SignalLane
}

// SignalLane is what one tap heard.
type SignalLane struct {
	Tap     TapName
	Covered []bool // of each step, whether reports cover some of it
	Steps   []SignalStep
	Bins    []SignalBin
}

// SignalStep is a step in which a tap heard a BSSID.
type SignalStep struct {
	Tap     string
	Step    int
	Frames  int64
	MinDBm  *int // nil, like the others: heard without a power
	MaxDBm  *int
	MeanDBm *float64
}

// SignalBin counts the frames of a step with a power from -2b-1 to -2b dBm.
type SignalBin struct {
	Tap    string
	Step   int
	Bin    int
	Frames int64
}

const signalTapsSQL = `
SELECT tap_id::text
FROM bss_sighting
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND bssid = @bssid::macaddr
  AND last_heard_at >= @from::timestamptz - interval '1 minute'
  AND first_heard_at < @to
GROUP BY tap_id
ORDER BY max(signal_mean_dbm) DESC NULLS LAST, tap_id
LIMIT @limit`

// A position of the BSSID in the arrays is found first: to unnest all of them
// for one takes ten times as long.
const signalRawSQL = `
SELECT w.tap_id::text AS tap,
       floor(extract(epoch FROM w.window_start - @from::timestamptz) / @step::float8)::int AS step,
       coalesce(sum(w.frames[i]), 0)::bigint AS frames,
       min(w.signal_min_dbm[i]) FILTER (WHERE w.signal_count[i] > 0)::int AS min_d_bm,
       max(w.signal_max_dbm[i]) FILTER (WHERE w.signal_count[i] > 0)::int AS max_d_bm,
       (sum(w.signal_sum_dbm[i])::float8 / nullif(sum(w.signal_count[i]), 0)) AS mean_d_bm
FROM bss_window w
CROSS JOIN LATERAL unnest(array_positions(w.bssid, @bssid::macaddr)) AS i
WHERE w.tenant_id = @tenant::uuid
  AND w.tap_id = ANY(@taps::text[]::uuid[])
  AND w.window_start >= @from
  AND w.window_start < @to
GROUP BY 1, 2
ORDER BY 1, 2`

const signalRolledSQL = `
SELECT r.tap_id::text AS tap,
       floor(extract(epoch FROM r.bucket - @from::timestamptz) / @step::float8)::int AS step,
       coalesce(sum(e.frames), 0)::bigint AS frames,
       min(e.signal_min_dbm) FILTER (WHERE e.signal_count > 0)::int AS min_d_bm,
       max(e.signal_max_dbm) FILTER (WHERE e.signal_count > 0)::int AS max_d_bm,
       (sum(e.signal_sum_dbm)::float8 / nullif(sum(e.signal_count), 0)) AS mean_d_bm
FROM bss_10m r
CROSS JOIN LATERAL unnest(r.bssid, r.frames, r.signal_count, r.signal_sum_dbm, r.signal_min_dbm, r.signal_max_dbm)
  AS e (bssid, frames, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm)
WHERE r.tenant_id = @tenant::uuid
  AND r.tap_id = ANY(@taps::text[]::uuid[])
  AND r.bucket >= @from
  AND r.bucket < @to
  AND @bssid::macaddr = ANY(r.bssid)
  AND e.bssid = @bssid::macaddr
GROUP BY 1, 2
ORDER BY 1, 2`

// Bins of all rows follow one another: those of a row begin after the sum of
// the counts before it.
const signalBinsSQL = `
SELECT w.tap_id::text AS tap,
       floor(extract(epoch FROM w.window_start - @from::timestamptz) / @step::float8)::int AS step,
       (w.signal_bin_first[i] + k)::int AS bin,
       sum(w.signal_bins[o.before + k + 1])::bigint AS frames
FROM bss_window w
CROSS JOIN LATERAL unnest(array_positions(w.bssid, @bssid::macaddr)) AS i
CROSS JOIN LATERAL (
  SELECT coalesce(sum(c), 0)::int AS before
  FROM unnest(w.signal_bin_count[1:i - 1]) AS c) o
CROSS JOIN LATERAL generate_series(0, w.signal_bin_count[i] - 1) AS k
WHERE w.tenant_id = @tenant::uuid
  AND w.tap_id = ANY(@taps::text[]::uuid[])
  AND w.window_start >= @from
  AND w.window_start < @to
GROUP BY 1, 2, 3
HAVING sum(w.signal_bins[o.before + k + 1]) > 0
ORDER BY 1, 2, 3`

// BSSSignal returns the signal of a BSSID over time. Where the steps are as long
// as a rollup's there are no bins. It is ErrNotFound where no tap heard it.
func (r *Reader) BSSSignal(ctx context.Context, tenant, bssid string, span Span) (chart SignalChart, err error) {
	err = r.read(ctx, tenant, span, "signal of BSS", func(v *view) error {
		taps, err := v.signalTaps(ctx, bssid)
		if err != nil {
			return err
		}
		g := span.grid(0)
		if int(span.To.Sub(span.From)/usualWindow)*len(taps) > maxWindows {
			g = span.grid(bucket)
		}
		chart.Grid = g
		covers, err := v.coverage(ctx, taps)
		if err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{
			"tenant": tenant, "taps": taps, "bssid": bssid,
			"from": g.From, "to": g.To(), "step": g.Step.Seconds(),
		}
		sql := signalRolledSQL
		var bins []SignalBin
		if !g.rolled() {
			sql = signalRawSQL
			if bins, err = collect[SignalBin](ctx, v, signalBinsSQL, args); err != nil {
				return err
			}
		}
		steps, err := collect[SignalStep](ctx, v, sql, args)
		if err != nil {
			return err
		}
		for _, id := range taps {
			lane := SignalLane{Tap: v.taps[id], Covered: covers[id].steps(g)}
			for _, s := range steps {
				if s.Tap == id {
					lane.Steps = append(lane.Steps, s)
				}
			}
			for _, b := range bins {
				if b.Tap == id {
					lane.Bins = append(lane.Bins, b)
				}
			}
			chart.Lanes = append(chart.Lanes, lane)
		}
		return nil
	})
	return chart, err
}

func (v *view) signalTaps(ctx context.Context, bssid string) ([]string, error) {
	args := v.bssArgs(bssid)
	args["limit"] = maxLanes
	rows, err := v.Query(ctx, signalTapsSQL, args)
	if err != nil {
		return nil, err
	}
	taps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(taps) == 0 {
		return nil, ErrNotFound
	}
	return taps, err
}
