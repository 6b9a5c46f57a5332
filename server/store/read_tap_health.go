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
SELECT floor(extract(epoch FROM bucket - @from::timestamptz) / @step::float8)::int AS step,
       sum(frames)::bigint AS frames,
       sum(kernel_drops)::bigint AS kernel_drops,
       NULL::float8 AS cpu_permille,
       max(process_memory_bytes_max) AS memory_max,
       max(temperature_mc_max) AS temperature_mc,
       max(spool_reports_max) AS spool_max
FROM tap_10m
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND bucket >= @from
  AND bucket < @to
GROUP BY 1
ORDER BY 1`

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
		sql := tapHealthRawSQL
		if span.To.Sub(span.From) > maxRawHealth {
			sql = tapHealthRolledSQL
		}
		health.Steps, err = collect[TapHealthStep](ctx, v, sql, pgx.StrictNamedArgs{
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
