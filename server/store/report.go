package store

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/wire/wirepb"
)

const reportColumns = `tenant_id, tap_id, boot_id, sequence, window_start, length_ms, version, demonstration,
  reports_dropped, uptime_s, cpu_permille, process_cpu_permille, process_memory_bytes, memory_total_bytes,
  memory_available_bytes, temperature_mc, spool_reports, spool_bytes, frames, bytes, kernel_drops, capture_name,
  capture_kind, capture_link_type, capture_frames, capture_bytes, capture_kernel_drops, capture_bad_fcs,
  capture_malformed, capture_unsupported, capture_error, refused_table, refused_rows, capture_hops, capture_failed_hops`

const reportFields = 35

const copyReportsSQL = `COPY stage_report (` + reportColumns + `) FROM STDIN (FORMAT binary)`

// An id is looked for in each partition of the days in which a report is accepted,
// not only in the one that its window names. The look-up is a scalar subquery so
// that it stays an index look-up a report whatever the planner thinks of a
// temporary table.
const mergeReportsSQL = `
INSERT INTO report (` + reportColumns + `)
SELECT ` + reportColumns + `
FROM stage_report AS s
WHERE (
  SELECT true
  FROM report AS r
  WHERE r.tenant_id = s.tenant_id
    AND r.tap_id = s.tap_id
    AND r.boot_id = s.boot_id
    AND r.sequence = s.sequence
    AND r.window_start >= now() - interval '4 days'
    AND r.window_start < now() + interval '2 days'
  LIMIT 1
) IS NULL
ORDER BY s.tenant_id, s.tap_id, s.boot_id, s.sequence
ON CONFLICT DO NOTHING
RETURNING tenant_id, tap_id, boot_id, sequence`

// mergeReports stores the report rows of in and returns the ids of those that were
// not there.
func mergeReports(ctx context.Context, tx pgx.Tx, buf *copyBuffer, in []*Incoming) (map[reportKey]bool, error) {
	buf.reset()
	for _, i := range in {
		writeReport(buf, i)
	}
	if err := copyRows(ctx, tx, buf, copyReportsSQL); err != nil {
		return nil, fmt.Errorf("copy reports: %w", err)
	}
	rows, err := tx.Query(ctx, mergeReportsSQL)
	if err != nil {
		return nil, fmt.Errorf("merge reports: %w", err)
	}
	stored := make(map[reportKey]bool, len(in))
	var tenant, tap, boot uuid.UUID
	var sequence int64
	_, err = pgx.ForEachRow(rows, []any{&tenant, &tap, &boot, &sequence}, func() error {
		stored[reportKey{bootKey{tapKey{tenant, tap}, boot}, uint64(sequence)}] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("merge reports: %w", err)
	}
	return stored, nil
}

func writeReport(c *copyBuffer, in *Incoming) {
	h, health := in.Report.GetHeader(), in.Report.GetHealth()
	captures, refused := health.GetCaptures(), health.GetRefused()
	c.begin(reportFields)
	c.uuid(in.TenantID)
	c.uuid(in.TapID)
	c.uuid(in.bootID())
	c.int8(int64(h.GetSequence()))
	c.time(in.windowStart())
	c.int4(int32(h.GetWindowLengthMs()))
	c.text(plain(h.GetSoftwareVersion()))
	c.bool(h.GetDemonstration())
	c.int8(clamp(h.GetReportsDropped()))
	c.int8(int64(health.GetUptimeS()))
	int4s(c, health.GetCpuPermille())
	c.int4(int32(min(health.GetProcessCpuPermille(), math.MaxInt32)))
	c.int8(clamp(health.GetProcessMemoryBytes()))
	c.int8(clamp(health.GetMemoryTotalBytes()))
	c.int8(clamp(health.GetMemoryAvailableBytes()))
	if health != nil && health.TemperatureMc != nil {
		c.int4(health.GetTemperatureMc())
	} else {
		c.null()
	}
	c.int8(int64(health.GetSpoolReports()))
	c.int8(clamp(health.GetSpoolBytes()))
	c.int8(sum(captures, (*wirepb.Capture).GetFrames))
	c.int8(sum(captures, (*wirepb.Capture).GetBytes))
	c.int8(sum(captures, (*wirepb.Capture).GetKernelDrops))
	c.texts(each(captures, func(p *wirepb.Capture) string { return plain(p.GetName()) }))
	int2s(c, each(captures, func(p *wirepb.Capture) uint32 { return uint32(p.GetKind()) & math.MaxInt16 }))
	int4s(c, each(captures, (*wirepb.Capture).GetLinkType))
	for _, get := range []func(*wirepb.Capture) uint64{
		(*wirepb.Capture).GetFrames, (*wirepb.Capture).GetBytes, (*wirepb.Capture).GetKernelDrops,
		(*wirepb.Capture).GetBadFcs, (*wirepb.Capture).GetMalformed, (*wirepb.Capture).GetUnsupported,
	} {
		int8s(c, each(captures, func(p *wirepb.Capture) int64 { return clamp(get(p)) }))
	}
	c.texts(each(captures, func(p *wirepb.Capture) string { return plain(p.GetError()) }))
	c.texts(each(refused, func(r *wirepb.Refused) string { return plain(r.GetTable()) }))
	int8s(c, each(refused, func(r *wirepb.Refused) int64 { return clamp(r.GetRows()) }))
	int4s(c, each(captures, func(p *wirepb.Capture) uint32 { return min(p.GetHops(), math.MaxInt32) }))
	int4s(c, each(captures, func(p *wirepb.Capture) uint32 { return min(p.GetFailedHops(), math.MaxInt32) }))
}

// clamp converts to the database's largest number where n is beyond it.
func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// sum adds up without overflow.
func sum[F any](from []F, get func(F) uint64) int64 {
	var total int64
	for _, f := range from {
		n := clamp(get(f))
		if total > math.MaxInt64-n {
			return math.MaxInt64
		}
		total += n
	}
	return total
}
