package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// repairSpan is how far back lost rollups are looked for: as long as observations
// are kept at least.
const repairSpan = 48 * time.Hour

// Ten minutes that are marked as rolled up and of which there is nothing, though the
// tap heard frames and what it heard is still there: the rollup was lost, or a node of
// a release that cannot read the windows took it for done.
const lostTenMinutesSQL = `
UPDATE tap_10m AS t
SET dirty_since = now()
WHERE t.dirty_since IS NULL
  AND t.bucket >= @from
  AND t.bucket < @to
  AND t.frames > 0
  AND NOT EXISTS (SELECT FROM channel_10m AS r WHERE r.tenant_id = t.tenant_id AND r.tap_id = t.tap_id AND r.bucket = t.bucket)
  AND NOT EXISTS (SELECT FROM bss_10m AS r WHERE r.tenant_id = t.tenant_id AND r.tap_id = t.tap_id AND r.bucket = t.bucket)
  AND NOT EXISTS (SELECT FROM station_10m AS r WHERE r.tenant_id = t.tenant_id AND r.tap_id = t.tap_id AND r.bucket = t.bucket)
  AND NOT EXISTS (SELECT FROM host_10m AS r WHERE r.tenant_id = t.tenant_id AND r.tap_id = t.tap_id AND r.bucket = t.bucket)
  AND (EXISTS (
      SELECT FROM air_raw AS w
      WHERE w.tenant_id = t.tenant_id AND w.tap_id = t.tap_id AND w.window_start >= t.bucket
        AND w.window_start < t.bucket + interval '10 minutes')
    OR EXISTS (
      SELECT FROM wire_raw AS w
      WHERE w.tenant_id = t.tenant_id AND w.tap_id = t.tap_id AND w.window_start >= t.bucket
        AND w.window_start < t.bucket + interval '10 minutes'))`

// Hours of which there are ten minutes, but neither a slot nor a mark.
const lostHoursSQL = `
INSERT INTO rollup_due (level, bucket, tenant_id, tap_id, again)
SELECT '1h', t.hour, t.tenant_id, t.tap_id, false
FROM (
  SELECT DISTINCT tenant_id, tap_id, date_trunc('hour', bucket, 'UTC') AS hour
  FROM tap_10m
  WHERE dirty_since IS NULL
    AND bucket >= @from
    AND bucket < @to) AS t
LEFT JOIN tap_1h AS h
  ON h.tenant_id = t.tenant_id
 AND h.tap_id = t.tap_id
 AND h.span_start = date_trunc('day', t.hour, 'UTC')
 AND h.span_start >= @from::timestamptz - interval '1 day'
 AND h.span_start < @to
WHERE h.reports[extract(hour FROM t.hour AT TIME ZONE 'UTC')::int] IS NULL
ORDER BY t.hour, t.tenant_id, t.tap_id
ON CONFLICT DO NOTHING`

// Days of which there are hours, but neither a slot nor a mark.
const lostDaysSQL = `
INSERT INTO rollup_due (level, bucket, tenant_id, tap_id, again)
SELECT '1d', h.span_start, h.tenant_id, h.tap_id, false
FROM tap_1h AS h
LEFT JOIN tap_1d AS d
  ON d.tenant_id = h.tenant_id
 AND d.tap_id = h.tap_id
 AND d.span_start = date_trunc('month', h.span_start, 'UTC')
WHERE h.span_start >= @from::timestamptz - interval '1 day'
  AND h.span_start < @to
  AND d.reports[extract(day FROM h.span_start AT TIME ZONE 'UTC')::int] IS NULL
ORDER BY h.span_start, h.tenant_id, h.tap_id
ON CONFLICT DO NOTHING`

// RepairRollups finds rollups of the last two days that are missing though what they
// are built from is there (a table was restored, or somebody deleted rows), and has
// them built again. Housekeeping tells of it.
func (s *Store) RepairRollups(ctx context.Context) error {
	now, err := s.now(ctx)
	if err == nil {
		err = s.RepairRollupsAt(ctx, now)
	}
	return err
}

// RepairRollupsAt is RepairRollups as if the database's clock said now.
func (s *Store) RepairRollupsAt(ctx context.Context, now time.Time) error {
	repaired := 0
	var failure error
	for _, l := range []struct {
		what, sql string
		to        time.Time // slots until then were closed for long enough
	}{
		{"ten minutes", lostTenMinutesSQL, now.Add(-20 * time.Minute)},
		{"hours", lostHoursSQL, now.UTC().Truncate(time.Hour)},
		{"days", lostDaysSQL, now.UTC().Truncate(day)},
	} {
		tag, err := s.ingest.Exec(ctx, l.sql, pgx.StrictNamedArgs{"from": now.Add(-repairSpan), "to": l.to})
		if err != nil {
			failure = errors.Join(failure, fmt.Errorf("store: repair rollups: %s: %w", l.what, err))
			continue
		}
		if n := int(tag.RowsAffected()); n > 0 {
			repaired += n
			s.log.Warn("rollups were missing, built again", "level", l.what, "rollups", n)
		}
	}
	if n, err := s.rebuild(ctx, now); err != nil || n > 0 {
		failure = errors.Join(failure, err)
		s.log.Info("rollups by the release before were completed", "rollups", n)
	}
	s.noteTask(ctx, taskRepair, failure, repaired)
	return failure
}

// rebuildMost is how many ten minutes a run completes: those of a thousand taps in
// less than two runs.
const rebuildMost = 100_000

// Ten minutes that were not built of all reports by a release that reads packed
// windows: by the release before, of arrays alone.
const incompleteSQL = `
SELECT tenant_id, tap_id, bucket
FROM tap_10m
WHERE dirty_since IS NULL
  AND built_reports IS DISTINCT FROM reports
  AND bucket >= @now::timestamptz - interval '47 hours'
  AND bucket <= @now::timestamptz - interval '10 minutes 30 seconds'
ORDER BY bucket DESC, tenant_id, tap_id
LIMIT @most`

const lockIncompleteSQL = `
SELECT t.tenant_id, t.tap_id, t.bucket
FROM unnest(@tenants::uuid[], @taps::uuid[], @buckets::timestamptz[]) AS u (tenant_id, tap_id, bucket)
JOIN tap_10m AS t
  ON t.tenant_id = u.tenant_id
 AND t.tap_id = u.tap_id
 AND t.bucket = u.bucket
WHERE t.dirty_since IS NULL
  AND t.built_reports IS DISTINCT FROM t.reports
ORDER BY t.bucket, t.tenant_id, t.tap_id
FOR UPDATE OF t SKIP LOCKED`

// rebuild completes what nodes of the release before rolled up, the newest first, and
// returns how many it did. What they built stays in sight until then.
func (s *Store) rebuild(ctx context.Context, now time.Time) (int, error) {
	rows, err := s.ingest.Query(ctx, incompleteSQL, pgx.StrictNamedArgs{"now": now, "most": rebuildMost})
	if err != nil {
		return 0, fmt.Errorf("store: complete rollups: %w", err)
	}
	list, err := collectBuckets(rows)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	r := roller{store: s, now: now, arrays: true, families: rollup.Families(), tables: tenTables()}
	total := 0
	var failure error
	for part := range slices.Chunk(list, rollupBatch) {
		args := pgx.StrictNamedArgs{
			"tenants": each(part, func(k tapBucket) uuid.UUID { return k.tenant }),
			"taps":    each(part, func(k tapBucket) uuid.UUID { return k.tap }),
			"buckets": each(part, func(k tapBucket) time.Time { return k.bucket }),
		}
		err := pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, lockIncompleteSQL, args)
			if err != nil {
				return err
			}
			due, err := collectBuckets(rows)
			if err != nil || len(due) == 0 {
				return err
			}
			if err = r.buildTens(ctx, tx, due); err == nil {
				total += len(due)
			}
			return err
		})
		if err != nil && failure == nil {
			failure = fmt.Errorf("store: complete rollups: %w", err) // the others are not to wait for what cannot be built
		}
		if ctx.Err() != nil {
			break
		}
	}
	return total, failure
}
