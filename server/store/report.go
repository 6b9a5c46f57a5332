package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/wire/wirepb"
)

// An id is looked for in each partition of the days in which a report is accepted,
// not only in the one that its window names. The look-up is a scalar subquery so
// that it stays an index look-up a report whatever the planner thinks.
//
// Arrays of PostgreSQL are rectangular: what a report has several of, as its
// captures, is in one array for all, of which it has the part from capture_from on. A
// part that is all zero is NULL, and has no bit in present.
const mergeReportsSQL = `
INSERT INTO report (tenant_id, tap_id, boot_id, sequence, window_start, length_ms, version, demonstration,
  reports_dropped, uptime_s, process_cpu_permille, process_memory_bytes, memory_total_bytes, memory_available_bytes,
  temperature_mc, spool_reports, spool_bytes, frames, bytes, kernel_drops, cpu_permille, capture_name, capture_error,
  capture_kind, capture_link_type, capture_frames, capture_bytes, capture_kernel_drops, capture_bad_fcs,
  capture_malformed, capture_unsupported, capture_hops, capture_failed_hops, refused_table, refused_rows)
SELECT s.tenant_id, s.tap_id, s.boot_id, s.sequence, s.window_start, s.length_ms, s.version, s.demonstration,
  s.reports_dropped, s.uptime_s, s.process_cpu_permille, s.process_memory_bytes, s.memory_total_bytes, s.memory_available_bytes,
  s.temperature_mc, s.spool_reports, s.spool_bytes, s.frames, s.bytes, s.kernel_drops,
  (@core_permille::integer[])[s.core_from + 1:s.core_to],
  (@capture_names::text[])[s.capture_from + 1:s.capture_to],
  (@capture_errors::text[])[s.capture_from + 1:s.capture_to],
  (@capture_kinds::smallint[])[s.capture_from + 1:s.capture_to],
  CASE WHEN s.present & 1 <> 0 THEN (@capture_link_types::integer[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 2 <> 0 THEN (@capture_frames::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 4 <> 0 THEN (@capture_bytes::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 8 <> 0 THEN (@capture_drops::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 16 <> 0 THEN (@capture_bad_fcs::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 32 <> 0 THEN (@capture_malformed::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 64 <> 0 THEN (@capture_unsupported::bigint[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 128 <> 0 THEN (@capture_hops::integer[])[s.capture_from + 1:s.capture_to] END,
  CASE WHEN s.present & 256 <> 0 THEN (@capture_failed_hops::integer[])[s.capture_from + 1:s.capture_to] END,
  (@refused_tables::text[])[s.refused_from + 1:s.refused_to],
  (@refused_rows::bigint[])[s.refused_from + 1:s.refused_to]
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @sequences::bigint[], @starts::timestamptz[],
  @lengths::integer[], @versions::text[], @demonstrations::boolean[], @dropped::bigint[], @uptimes::bigint[],
  @cpu::integer[], @memory::bigint[], @memory_total::bigint[], @memory_available::bigint[], @temperatures::integer[],
  @spool_reports::bigint[], @spool_bytes::bigint[], @frames::bigint[], @bytes::bigint[], @drops::bigint[],
  @core_from::integer[], @core_to::integer[], @capture_from::integer[], @capture_to::integer[],
  @refused_from::integer[], @refused_to::integer[], @present::integer[])
  AS s (tenant_id, tap_id, boot_id, sequence, window_start, length_ms, version, demonstration, reports_dropped, uptime_s,
    process_cpu_permille, process_memory_bytes, memory_total_bytes, memory_available_bytes, temperature_mc, spool_reports,
    spool_bytes, frames, bytes, kernel_drops, core_from, core_to, capture_from, capture_to, refused_from, refused_to,
    present)
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
ON CONFLICT DO NOTHING
RETURNING tenant_id, tap_id, boot_id, sequence`

// mergeReports stores the report rows of in and returns the ids of those that were
// not there.
func mergeReports(ctx context.Context, tx pgx.Tx, in []*Incoming) (map[reportKey]bool, error) {
	var c reportRows
	for _, i := range in {
		c.add(i)
	}
	rows, err := tx.Query(ctx, mergeReportsSQL, c.args())
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

// reportRows are the arguments of mergeReportsSQL: a report an element, but for
// those of which a report has a part.
type reportRows struct {
	tenants, taps, boots             uuids
	starts                           []time.Time
	lengths, cpu                     []int32
	temperatures                     []*int32
	versions                         []string
	demonstrations                   []bool
	sequences, dropped, uptimes      []int64
	memory, memoryTotal, memoryFree  []int64
	spoolReports, spoolBytes         []int64
	frames, bytes, drops             []int64
	coreFrom, coreTo                 []int32
	captureFrom, captureTo           []int32
	refusedFrom, refusedTo           []int32
	cores                            []int32
	captureNames, captureErrors      []string
	captureKinds                     []int16
	captureLinkTypes                 []int32
	captureFrames, captureBytes      []int64
	captureDrops, captureBadFCS      []int64
	captureMalformed, captureUnknown []int64
	captureHops, captureFailedHops   []int32
	present                          []int32
	refusedTables                    []string
	refusedRows                      []int64
}

func (c *reportRows) add(in *Incoming) {
	h, health := in.Report.GetHeader(), in.Report.GetHealth()
	c.tenants, c.taps, c.boots = append(c.tenants, in.TenantID), append(c.taps, in.TapID), append(c.boots, in.bootID())
	c.sequences, c.starts = append(c.sequences, int64(h.GetSequence())), append(c.starts, in.windowStart())
	c.lengths = append(c.lengths, int32(h.GetWindowLengthMs()))
	c.versions, c.demonstrations = append(c.versions, plain(h.GetSoftwareVersion())), append(c.demonstrations, h.GetDemonstration())
	c.dropped, c.uptimes = append(c.dropped, clamp(h.GetReportsDropped())), append(c.uptimes, int64(health.GetUptimeS()))
	c.cpu = append(c.cpu, int32(min(health.GetProcessCpuPermille(), math.MaxInt32)))
	c.memory = append(c.memory, clamp(health.GetProcessMemoryBytes()))
	c.memoryTotal = append(c.memoryTotal, clamp(health.GetMemoryTotalBytes()))
	c.memoryFree = append(c.memoryFree, clamp(health.GetMemoryAvailableBytes()))
	var temperature *int32
	if health != nil && health.TemperatureMc != nil {
		t := health.GetTemperatureMc()
		temperature = &t
	}
	c.temperatures = append(c.temperatures, temperature)
	c.spoolReports = append(c.spoolReports, int64(health.GetSpoolReports()))
	c.spoolBytes = append(c.spoolBytes, clamp(health.GetSpoolBytes()))
	captures := health.GetCaptures()
	c.frames = append(c.frames, sum(captures, (*wirepb.Capture).GetFrames))
	c.bytes = append(c.bytes, sum(captures, (*wirepb.Capture).GetBytes))
	c.drops = append(c.drops, sum(captures, (*wirepb.Capture).GetKernelDrops))

	c.coreFrom = append(c.coreFrom, int32(len(c.cores)))
	for _, v := range health.GetCpuPermille() {
		c.cores = append(c.cores, int32(min(v, math.MaxInt32)))
	}
	c.coreTo = append(c.coreTo, int32(len(c.cores)))

	c.captureFrom = append(c.captureFrom, int32(len(c.captureNames)))
	for _, p := range captures {
		c.addCapture(p)
	}
	c.captureTo = append(c.captureTo, int32(len(c.captureNames)))
	c.present = append(c.present, c.notZero(len(c.captureNames)-len(captures)))

	c.refusedFrom = append(c.refusedFrom, int32(len(c.refusedRows)))
	for _, r := range health.GetRefused() {
		c.refusedTables, c.refusedRows = append(c.refusedTables, plain(r.GetTable())), append(c.refusedRows, clamp(r.GetRows()))
	}
	c.refusedTo = append(c.refusedTo, int32(len(c.refusedRows)))
}

// notZero has a bit for each column of captures, in the order of mergeReportsSQL,
// that has something else than zeroes from one on.
func (c *reportRows) notZero(from int) int32 {
	var present int32
	for i, zero := range []bool{
		allZero(c.captureLinkTypes[from:]), allZero(c.captureFrames[from:]), allZero(c.captureBytes[from:]),
		allZero(c.captureDrops[from:]), allZero(c.captureBadFCS[from:]), allZero(c.captureMalformed[from:]),
		allZero(c.captureUnknown[from:]), allZero(c.captureHops[from:]), allZero(c.captureFailedHops[from:]),
	} {
		if !zero {
			present |= 1 << i
		}
	}
	return present
}

func allZero[T comparable](col []T) bool {
	var zero T
	for _, v := range col {
		if v != zero {
			return false
		}
	}
	return true
}

func (c *reportRows) addCapture(p *wirepb.Capture) {
	c.captureNames, c.captureErrors = append(c.captureNames, plain(p.GetName())), append(c.captureErrors, plain(p.GetError()))
	c.captureKinds = append(c.captureKinds, int16(uint32(p.GetKind())&math.MaxInt16))
	c.captureLinkTypes = append(c.captureLinkTypes, int32(min(p.GetLinkType(), math.MaxInt32)))
	c.captureFrames, c.captureBytes = append(c.captureFrames, clamp(p.GetFrames())), append(c.captureBytes, clamp(p.GetBytes()))
	c.captureDrops, c.captureBadFCS = append(c.captureDrops, clamp(p.GetKernelDrops())), append(c.captureBadFCS, clamp(p.GetBadFcs()))
	c.captureMalformed = append(c.captureMalformed, clamp(p.GetMalformed()))
	c.captureUnknown = append(c.captureUnknown, clamp(p.GetUnsupported()))
	c.captureHops = append(c.captureHops, int32(min(p.GetHops(), math.MaxInt32)))
	c.captureFailedHops = append(c.captureFailedHops, int32(min(p.GetFailedHops(), math.MaxInt32)))
}

func (c *reportRows) args() pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenants": c.tenants, "taps": c.taps, "boots": c.boots, "sequences": flat(c.sequences), "starts": flat(c.starts), "lengths": flat(c.lengths),
		"versions": flat(c.versions), "demonstrations": flat(c.demonstrations), "dropped": flat(c.dropped), "uptimes": flat(c.uptimes), "cpu": flat(c.cpu),
		"memory": flat(c.memory), "memory_total": flat(c.memoryTotal), "memory_available": flat(c.memoryFree), "temperatures": flat(c.temperatures),
		"spool_reports": flat(c.spoolReports), "spool_bytes": flat(c.spoolBytes), "frames": flat(c.frames), "bytes": flat(c.bytes), "drops": flat(c.drops),
		"core_from": flat(c.coreFrom), "core_to": flat(c.coreTo), "capture_from": flat(c.captureFrom), "capture_to": flat(c.captureTo),
		"refused_from": flat(c.refusedFrom), "refused_to": flat(c.refusedTo),
		"core_permille": flat(c.cores), "capture_names": flat(c.captureNames), "capture_errors": flat(c.captureErrors),
		"capture_kinds": flat(c.captureKinds), "capture_link_types": flat(c.captureLinkTypes), "capture_frames": flat(c.captureFrames),
		"capture_bytes": flat(c.captureBytes), "capture_drops": flat(c.captureDrops), "capture_bad_fcs": flat(c.captureBadFCS),
		"capture_malformed": flat(c.captureMalformed), "capture_unsupported": flat(c.captureUnknown), "capture_hops": flat(c.captureHops),
		"capture_failed_hops": flat(c.captureFailedHops), "present": flat(c.present), "refused_tables": flat(c.refusedTables), "refused_rows": flat(c.refusedRows),
	}
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
