package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// tapSum is what a tap's reports say of themselves, over a time.
type tapSum struct {
	Tap         string
	WindowMS    int64 // length of the reports' windows
	Frames      int64
	KernelDrops int64
}

// One tap after another: see tensOfTapSQL.
const tapSumTensSQL = `
SELECT p.tap_id::text AS tap,
       t.window_ms,
       t.frames,
       t.kernel_drops
FROM unnest(@taps::text[]::uuid[]) AS p (tap_id)
CROSS JOIN LATERAL (
  SELECT sum(window_ms)::bigint AS window_ms,
         sum(frames)::bigint AS frames,
         sum(kernel_drops)::bigint AS kernel_drops
  FROM tap_10m
  WHERE tenant_id = @tenant::uuid
    AND tap_id = p.tap_id
    AND bucket > @from::timestamptz - interval '10 minutes'
    AND bucket < @to) AS t
WHERE t.window_ms IS NOT NULL`

// tapSums adds up a piece; all says that taps are all of the tenant's.
func (v *view) tapSums(ctx context.Context, p piece, taps []string, all bool) (map[string]tapSum, error) {
	sums := make(map[string]tapSum)
	if p.level != "10m" {
		f := tapFamily()
		q := question{taps: taps, all: all, values: []string{"window_ms", "frames", "kernel_drops"}}
		at := each(q.values, f.Value)
		err := v.askLevel(ctx, &f, &q, p, func(k heardAt, row *rollup.Row) {
			s := sums[k.tap]
			s.WindowMS, s.Frames, s.KernelDrops = s.WindowMS+row[at[0]], s.Frames+row[at[1]], s.KernelDrops+row[at[2]]
			sums[k.tap] = s
		})
		return sums, err
	}
	rows, err := collect[tapSum](ctx, v, tapSumTensSQL, pgx.StrictNamedArgs{"tenant": v.tenant, "taps": taps, "from": p.from, "to": p.to})
	for _, r := range rows {
		sums[r.Tap] = r
	}
	return sums, err
}

// tapTotals adds up the view's range, in whole slots of the levels that it is read
// from. The ten minutes of a tap itself are never behind.
func (v *view) tapTotals(ctx context.Context, taps []string) (map[string]tapSum, error) {
	pieces, err := v.pieces(ctx, v.span.From, v.span.To, v.span.figureSlot())
	if err != nil {
		return nil, err
	}
	totals := make(map[string]tapSum)
	for _, p := range pieces {
		if p.level == "" {
			continue
		}
		sums, err := v.tapSums(ctx, p, taps, v.span.Site == "" && len(taps) == len(v.ids))
		if err != nil {
			return nil, err
		}
		for tap, s := range sums {
			t := totals[tap]
			t.WindowMS, t.Frames, t.KernelDrops = t.WindowMS+s.WindowMS, t.Frames+s.Frames, t.KernelDrops+s.KernelDrops
			totals[tap] = t
		}
	}
	return totals, nil
}
