package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// TapHealth is a tap's health over the steps of a grid.
type TapHealth struct {
	Grid    Grid
	Covered []bool // by reports
	Steps   []TapHealthStep
}

// TapHealthStep is a step in which reports came; steps without are left out.
type TapHealthStep struct {
	Step          int
	Frames        int64
	KernelDrops   int64
	CPUPermille   *float64 // mean of all cores of the machine
	MemoryMax     int64    // octets
	TemperatureMC *int
	SpoolMax      int64
}

const tapHealthRawSQL = `
SELECT floor(extract(epoch FROM window_start - @from::timestamptz) / @step::float8)::int AS step,
       sum(frames)::bigint AS frames,
       sum(kernel_drops)::bigint AS kernel_drops,
       avg((SELECT avg(core) FROM unnest(cpu_permille) AS core))::float8 AS cpu_permille,
       max(process_memory_bytes) AS memory_max,
       max(temperature_mc) AS temperature_mc,
       max(spool_reports) AS spool_max
FROM report
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND window_start >= @from
  AND window_start < @to
GROUP BY 1
ORDER BY 1`

// The rollup knows the process's share of one core, not the machine's.
const tapHealthRolledSQL = `
SELECT floor(date_part('epoch', u.at - @grid::timestamptz) / @step::float8)::int AS step,
       sum(u.frames)::bigint AS frames,
       sum(u.kernel_drops)::bigint AS kernel_drops,
       NULL::float8 AS cpu_permille,
       max(u.memory_max)::bigint AS memory_max,
       max(u.temperature_mc)::int AS temperature_mc,
       max(u.spool_max)::bigint AS spool_max
FROM (
  SELECT bucket AS at, frames, kernel_drops, process_memory_bytes_max AS memory_max, temperature_mc_max AS temperature_mc,
    spool_reports_max AS spool_max
  FROM tap_10m
  WHERE tenant_id = @tenant::uuid
    AND tap_id = @tap::uuid
    AND bucket >= @tens_from::timestamptz
    AND bucket < @to::timestamptz
  UNION ALL
  SELECT span_start + i * interval '1 hour', frames[i], kernel_drops[i], process_memory_bytes_max[i], temperature_mc_max[i],
    spool_reports_max[i]
  FROM tap_1h
  CROSS JOIN LATERAL generate_subscripts(reports, 1) AS i
  WHERE tenant_id = @tenant::uuid
    AND tap_id = @tap::uuid
    AND span_start > @from::timestamptz - interval '1 day'
    AND span_start < @tens_from::timestamptz
    AND reports[i] IS NOT NULL
    AND span_start + i * interval '1 hour' >= @from
    AND span_start + i * interval '1 hour' < @tens_from
  UNION ALL
  SELECT span_start + (i - 1) * interval '1 day', frames[i], kernel_drops[i], process_memory_bytes_max[i], temperature_mc_max[i],
    spool_reports_max[i]
  FROM tap_1d
  CROSS JOIN LATERAL generate_subscripts(reports, 1) AS i
  WHERE tenant_id = @tenant::uuid
    AND tap_id = @tap::uuid
    AND span_start > @days_from::timestamptz - interval '1 month'
    AND span_start < @from::timestamptz
    AND reports[i] IS NOT NULL
    AND span_start + (i - 1) * interval '1 day' >= @days_from
    AND span_start + (i - 1) * interval '1 day' < @from) AS u
GROUP BY 1
ORDER BY 1`

// rolledHealth reads days, hours and ten minutes, each from where it is the
// coarsest that fits the grid.
func (v *view) rolledHealth(ctx context.Context, tap string, g Grid) ([]TapHealthStep, error) {
	pieces, err := v.pieces(ctx, g.From, g.To(), g.Step)
	if err != nil {
		return nil, err
	}
	args := pgx.StrictNamedArgs{
		"tenant": v.tenant, "tap": tap, "grid": g.From, "step": g.Step.Seconds(),
		"days_from": g.To(), "from": g.To(), "tens_from": g.To(), "to": g.To(),
	}
	for _, p := range pieces { // in the order of time; what is left out begins where the next does
		switch p.level {
		case "1d":
			args["days_from"], args["from"], args["tens_from"] = p.from, p.to, p.to
		case "1h":
			if len(pieces) > 0 && pieces[0].level == "1h" {
				args["days_from"] = p.from
			}
			args["from"], args["tens_from"] = p.from, p.to
		case "10m":
			if pieces[0].level == "10m" {
				args["days_from"], args["from"] = p.from, p.from
			}
			args["tens_from"] = p.from
		}
	}
	return collect[TapHealthStep](ctx, v, tapHealthRolledSQL, args)
}

// maxRawHealth is up to which length a time range reads reports: they have more
// than the rollup, and a week of one tap is 60,000 small rows.
const maxRawHealth = 7 * 24 * time.Hour

// TapHealth returns a tap's health over the time range, or ErrNotFound.
func (r *Reader) TapHealth(ctx context.Context, tenant, tap string, span Span) (health TapHealth, err error) {
	err = r.read(ctx, tenant, span, "tap health", func(v *view) error {
		if _, ok := v.taps[tap]; !ok {
			return ErrNotFound
		}
		g := span.grid(0)
		health.Grid = g
		covers, err := v.coverage(ctx, []string{tap})
		if err != nil {
			return err
		}
		health.Covered = covers[tap].steps(g)
		if span.To.Sub(span.From) > min(maxRawHealth, v.keep[KeepReports]) {
			health.Steps, err = v.rolledHealth(ctx, tap, g)
			return err
		}
		health.Steps, err = collect[TapHealthStep](ctx, v, tapHealthRawSQL, pgx.StrictNamedArgs{
			"tenant": tenant, "tap": tap, "from": g.From, "to": g.To(), "step": g.Step.Seconds(),
		})
		return err
	})
	return health, err
}

// steps says of each step of g whether reports cover some of it.
func (c Coverage) steps(g Grid) []bool {
	covered := make([]bool, g.Len)
	for i := range covered {
		covered[i] = c.Covered(g.At(i), g.At(i+1)) >= min(time.Second, g.Step)
	}
	return covered
}
