package store

import (
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/shared/wire/wirepb"
)

const addBootsSQL = `
INSERT INTO tap_boot AS b (tenant_id, tap_id, boot_id, first_window_at, last_window_at, reports, reports_dropped, version)
SELECT *
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @firsts::timestamptz[], @lasts::timestamptz[],
  @reports::bigint[], @dropped::bigint[], @versions::text[])
ON CONFLICT (tenant_id, tap_id, boot_id) DO UPDATE
SET first_window_at = LEAST(b.first_window_at, EXCLUDED.first_window_at),
  last_window_at = GREATEST(b.last_window_at, EXCLUDED.last_window_at),
  reports = b.reports + EXCLUDED.reports,
  reports_dropped = GREATEST(b.reports_dropped, EXCLUDED.reports_dropped),
  version = EXCLUDED.version`

// queueBoots counts reports with their boots.
func queueBoots(batch *pgx.Batch, fresh []*Incoming) {
	type boot struct {
		first, last time.Time
		reports     int64
		dropped     int64
		version     string
	}
	boots := make(map[bootKey]*boot)
	for _, in := range fresh {
		h := in.Report.GetHeader()
		b := boots[in.bootKey()]
		if b == nil {
			b = &boot{first: in.windowStart()}
			boots[in.bootKey()] = b
		}
		b.reports++
		if in.windowStart().Before(b.first) {
			b.first = in.windowStart()
		}
		if in.windowEnd().After(b.last) {
			b.last = in.windowEnd()
		}
		b.dropped = max(b.dropped, clamp(h.GetReportsDropped()))
		b.version = plain(h.GetSoftwareVersion())
	}
	var tenants, taps, ids uuids
	var firsts, lasts []time.Time
	var reports, dropped []int64
	var versions []string
	for _, k := range slices.SortedFunc(maps.Keys(boots), bootKey.compare) {
		b := boots[k]
		tenants, taps, ids = append(tenants, k.tenant), append(taps, k.tap), append(ids, k.boot)
		firsts, lasts = append(firsts, b.first), append(lasts, b.last)
		reports, dropped, versions = append(reports, b.reports), append(dropped, b.dropped), append(versions, b.version)
	}
	batch.Queue(addBootsSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "taps": taps, "boots": ids, "firsts": flat(firsts), "lasts": flat(lasts),
		"reports": flat(reports), "dropped": flat(dropped), "versions": flat(versions),
	})
}

// Bucket is the length of a rollup.
const Bucket = 10 * time.Minute

// dirty_since keeps its value while it has one, so that the row is updated in
// place (HOT) in spite of the index on it.
const addTenMinutesSQL = `
INSERT INTO tap_10m AS t (tenant_id, tap_id, bucket, reports, window_ms, frames, bytes, kernel_drops,
  process_cpu_permille_sum, process_memory_bytes_max, temperature_mc_max, spool_reports_max, demonstration, dirty_since)
SELECT u.*, now()
FROM unnest(@tenants::uuid[], @taps::uuid[], @buckets::timestamptz[], @reports::integer[], @window_ms::bigint[],
  @frames::bigint[], @bytes::bigint[], @drops::bigint[], @cpu::bigint[], @memory::bigint[], @temperature::integer[],
  @spool::bigint[], @demonstrations::boolean[]) AS u
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET reports = t.reports + EXCLUDED.reports,
  window_ms = t.window_ms + EXCLUDED.window_ms,
  frames = t.frames + EXCLUDED.frames,
  bytes = t.bytes + EXCLUDED.bytes,
  kernel_drops = t.kernel_drops + EXCLUDED.kernel_drops,
  process_cpu_permille_sum = t.process_cpu_permille_sum + EXCLUDED.process_cpu_permille_sum,
  process_memory_bytes_max = GREATEST(t.process_memory_bytes_max, EXCLUDED.process_memory_bytes_max),
  temperature_mc_max = GREATEST(t.temperature_mc_max, EXCLUDED.temperature_mc_max),
  spool_reports_max = GREATEST(t.spool_reports_max, EXCLUDED.spool_reports_max),
  demonstration = EXCLUDED.demonstration,
  dirty_since = COALESCE(t.dirty_since, EXCLUDED.dirty_since)`

// queueTenMinutes adds reports to the ten minutes in which their windows start.
func queueTenMinutes(batch *pgx.Batch, fresh []*Incoming) {
	var tenants, taps uuids
	var buckets []time.Time
	var reports []int32
	var windowMS, frames, bytes, drops, cpu, memory, spool []int64
	var temperature []*int32
	var demonstrations []bool
	for i, in := range fresh { // in the order of taps and windows: equal keys are neighbours
		h, health := in.Report.GetHeader(), in.Report.GetHealth()
		bucket := in.windowStart().Truncate(Bucket)
		last := len(taps) - 1
		if i == 0 || taps[last] != in.TapID || tenants[last] != in.TenantID || !buckets[last].Equal(bucket) {
			tenants, taps, buckets = append(tenants, in.TenantID), append(taps, in.TapID), append(buckets, bucket)
			reports, windowMS, frames, bytes = append(reports, 0), append(windowMS, 0), append(frames, 0), append(bytes, 0)
			drops, cpu, memory, spool = append(drops, 0), append(cpu, 0), append(memory, 0), append(spool, 0)
			temperature, demonstrations = append(temperature, nil), append(demonstrations, false)
			last++
		}
		reports[last]++
		windowMS[last] += int64(h.GetWindowLengthMs())
		frames[last] += sum(health.GetCaptures(), (*wirepb.Capture).GetFrames)
		bytes[last] += sum(health.GetCaptures(), (*wirepb.Capture).GetBytes)
		drops[last] += sum(health.GetCaptures(), (*wirepb.Capture).GetKernelDrops)
		cpu[last] += int64(health.GetProcessCpuPermille())
		memory[last] = max(memory[last], clamp(health.GetProcessMemoryBytes()))
		spool[last] = max(spool[last], int64(health.GetSpoolReports()))
		if health != nil && health.TemperatureMc != nil {
			if t := health.GetTemperatureMc(); temperature[last] == nil || t > *temperature[last] {
				temperature[last] = &t
			}
		}
		demonstrations[last] = h.GetDemonstration()
	}
	batch.Queue(addTenMinutesSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "taps": taps, "buckets": flat(buckets), "reports": flat(reports), "window_ms": flat(windowMS),
		"frames": flat(frames), "bytes": flat(bytes), "drops": flat(drops), "cpu": flat(cpu), "memory": flat(memory), "temperature": flat(temperature),
		"spool": flat(spool), "demonstrations": flat(demonstrations),
	})
}
