package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Coverage is the time that a tap's reports cover: from its first window to the
// end of its last, without the gaps between.
type Coverage struct {
	From, To time.Time // zero: never reported
	Gaps     []Interval
}

// Interval is a span of time that ends before To.
type Interval struct{ From, To time.Time }

func (i Interval) overlap(from, to time.Time) time.Duration {
	if i.From.After(from) {
		from = i.From
	}
	if i.To.Before(to) {
		to = i.To
	}
	return max(0, to.Sub(from))
}

// Covered returns how much of the time between from and to reports cover.
func (c Coverage) Covered(from, to time.Time) time.Duration {
	covered := Interval{c.From, c.To}.overlap(from, to)
	if covered == 0 {
		return 0
	}
	for _, g := range c.Gaps {
		covered -= g.overlap(from, to)
	}
	return max(0, covered)
}

const coverageSQL = `
SELECT t.id::text AS tap,
       coalesce((
         SELECT min(b.first_window_at)
         FROM tap_boot b
         WHERE b.tenant_id = t.tenant_id
           AND b.tap_id = t.id), t.last_window_start) AS covered_from,
       t.last_window_end AS covered_to
FROM tap t
WHERE t.tenant_id = @tenant::uuid
  AND t.id = ANY(@taps::text[]::uuid[])
  AND t.last_window_end IS NOT NULL
ORDER BY t.id`

const gapsSQL = `
SELECT tap_id::text AS tap,
       gap_start,
       gap_end,
       reason
FROM tap_gap
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND gap_end > @from
  AND gap_start < @to
ORDER BY tap_id, gap_start`

type gapRow struct {
	Tap      string
	GapStart time.Time
	GapEnd   time.Time
	Reason   string
}

// coverage returns what the reports of the view's taps cover, by tap.
func (v *view) coverage(ctx context.Context, taps []string) (map[string]Coverage, error) {
	type row struct {
		Tap                    string
		CoveredFrom, CoveredTo time.Time
	}
	args := pgx.StrictNamedArgs{"tenant": v.tenant, "taps": taps}
	rows, err := collect[row](ctx, v, coverageSQL, args)
	if err != nil {
		return nil, err
	}
	covers := make(map[string]Coverage, len(rows))
	for _, r := range rows {
		covers[r.Tap] = Coverage{From: r.CoveredFrom, To: r.CoveredTo}
	}
	gaps, err := v.gaps(ctx, taps)
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		c := covers[g.Tap]
		c.Gaps = append(c.Gaps, Interval{g.GapStart, g.GapEnd})
		covers[g.Tap] = c
	}
	return covers, nil
}

func (v *view) gaps(ctx context.Context, taps []string) ([]gapRow, error) {
	return collect[gapRow](ctx, v, gapsSQL, pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": taps, "from": v.span.From, "to": v.span.To,
	})
}
