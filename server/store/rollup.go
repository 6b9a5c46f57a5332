package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// How many buckets of taps, and slots of a level, are built in one transaction.
const (
	rollupBatch = 16
	levelBatch  = 32
)

// maxFailures is how many buckets that cannot be built a run passes over before it
// gives up: then it is not the bucket.
const maxFailures = 50

// tapBucket is ten minutes of a tap.
type tapBucket struct {
	tapKey
	bucket time.Time
}

func (k tapBucket) args() pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"tenant": k.tenant, "tap": k.tap, "bucket": k.bucket}
}

// dueSlot is an hour or a day of a tap to be built.
type dueSlot = tapBucket

// A bucket is closed half a minute after its end: reports of its last windows are
// on their way until then. Rows that another node is rolling up, or to which
// reports are being added, are passed over. A lock that is held keeps late reports
// from being added between reading the observations and clearing dirty_since.
const dueBucketsSQL = `
SELECT tenant_id, tap_id, bucket
FROM tap_10m
WHERE dirty_since IS NOT NULL
  AND bucket <= @now::timestamptz - interval '10 minutes 30 seconds'
  AND (tenant_id, tap_id, bucket) NOT IN (
    SELECT * FROM unnest(@skip_tenants::uuid[], @skip_taps::uuid[], @skip_buckets::timestamptz[]))
ORDER BY bucket, tenant_id, tap_id
LIMIT @most
FOR UPDATE SKIP LOCKED`

const rolledUpSQL = `
UPDATE tap_10m
SET dirty_since = NULL,
  built_reports = reports
WHERE tenant_id = @tenant
  AND tap_id = @tap
  AND bucket = @bucket`

// An hour waits until its last ten minutes are built, but not for ever: one that
// cannot be built must not keep the rest back.
const dueHoursSQL = `
SELECT d.tenant_id, d.tap_id, d.bucket
FROM rollup_due AS d
WHERE d.level = '1h'
  AND d.bucket <= @now::timestamptz - interval '1 hour' - @wait::interval
  AND (d.tenant_id, d.tap_id, d.bucket) NOT IN (
    SELECT * FROM unnest(@skip_tenants::uuid[], @skip_taps::uuid[], @skip_buckets::timestamptz[]))
  AND (d.bucket <= @now::timestamptz - interval '2 hours'
    OR NOT EXISTS (
      SELECT FROM tap_10m AS t
      WHERE t.tenant_id = d.tenant_id
        AND t.tap_id = d.tap_id
        AND t.bucket >= d.bucket
        AND t.bucket < d.bucket + interval '1 hour'
        AND t.dirty_since IS NOT NULL))
ORDER BY d.bucket, d.tenant_id, d.tap_id
LIMIT @most
FOR UPDATE OF d SKIP LOCKED`

const dueDaysSQL = `
SELECT d.tenant_id, d.tap_id, d.bucket
FROM rollup_due AS d
WHERE d.level = '1d'
  AND d.bucket <= @now::timestamptz - interval '24 hours' - @wait::interval
  AND (d.tenant_id, d.tap_id, d.bucket) NOT IN (
    SELECT * FROM unnest(@skip_tenants::uuid[], @skip_taps::uuid[], @skip_buckets::timestamptz[]))
  AND (d.bucket <= @now::timestamptz - interval '27 hours'
    OR NOT EXISTS (
      SELECT FROM rollup_due AS h
      WHERE h.level = '1h'
        AND h.bucket >= d.bucket
        AND h.bucket < d.bucket + interval '24 hours'
        AND h.tenant_id = d.tenant_id
        AND h.tap_id = d.tap_id))
ORDER BY d.bucket, d.tenant_id, d.tap_id
LIMIT @most
FOR UPDATE OF d SKIP LOCKED`

// RollUp builds the rollups that are due, of all levels, until nothing is. Several
// nodes may do so at once, and one that dies leaves what it was building to the
// others: a rollup and its mark change in one transaction.
func (s *Store) RollUp(ctx context.Context) error {
	now, err := s.now(ctx)
	if err == nil {
		_, err = s.RollUpAt(ctx, now)
	}
	s.noteTask(ctx, taskRollUp, err, 0)
	return err
}

// RollUpAt is RollUp as if the database's clock said now. It returns how many
// buckets of ten minutes it built. What cannot be built is passed over and tried
// again by the next run; the error tells of it.
func (s *Store) RollUpAt(ctx context.Context, now time.Time) (int, error) {
	old, err := s.hasArrayObservations(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: roll up: %w", err)
	}
	r := roller{store: s, now: now, arrays: old, families: rollup.Families(), tables: tenTables()}
	total, err := r.all(ctx, "10m", rollupBatch, r.tenMinutes)
	for _, l := range levels() {
		_, levelErr := r.all(ctx, l.name, levelBatch, func(ctx context.Context, tx pgx.Tx, skip []tapBucket, most int) ([]tapBucket, error) {
			return r.slots(ctx, tx, &l, skip, most)
		})
		err = errors.Join(err, levelErr)
	}
	if err != nil {
		return total, fmt.Errorf("store: roll up: %w", err)
	}
	return total, nil
}

func (s *Store) now(ctx context.Context) (now time.Time, err error) {
	if err = s.ingest.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		err = fmt.Errorf("store: time of the database: %w", err)
	}
	return now, err
}

// roller is one run of RollUp.
type roller struct {
	store  *Store
	now    time.Time
	arrays bool // an earlier release left observations in arrays

	families []rollup.Family
	tables   []tenTable
}

// A step builds at most so many that are due, without those to be skipped, and
// returns which; also with an error, so that they can be tried one by one.
type step func(ctx context.Context, tx pgx.Tx, skip []tapBucket, most int) ([]tapBucket, error)

// all takes steps until nothing is due. A step that fails is done again one by one:
// what fails alone is skipped for this run.
func (r *roller) all(ctx context.Context, level string, most int, do step) (int, error) {
	total, single := 0, 0
	var failed []tapBucket
	var failure error
	for {
		n := most
		if single > 0 {
			n, single = 1, single-1
		}
		var done []tapBucket
		err := pgx.BeginFunc(ctx, r.store.ingest, func(tx pgx.Tx) (err error) {
			done, err = do(ctx, tx, failed, n)
			return err
		})
		switch {
		case err != nil && (ctx.Err() != nil || len(done) == 0):
			return total, errors.Join(failure, err)
		case err != nil && n > 1:
			single = len(done)
		case err != nil:
			r.store.log.Warn("rollup not built", "level", level, "tap_id", done[0].tap, "bucket", done[0].bucket, "err", err)
			failed, failure = append(failed, done[0]), err
			if len(failed) == maxFailures {
				return total, fmt.Errorf("%s: %d not built, the last: %w", level, len(failed), err)
			}
		case len(done) < n:
			if failure != nil {
				failure = fmt.Errorf("%s: %d not built, the last: %w", level, len(failed), failure)
			}
			return total + len(done), failure
		default:
			total += len(done)
		}
	}
}

func (r *roller) due(ctx context.Context, tx pgx.Tx, sql string, skip []tapBucket, args pgx.StrictNamedArgs) ([]tapBucket, error) {
	args["now"] = r.now
	args["skip_tenants"] = each(skip, func(k tapBucket) uuid.UUID { return k.tenant })
	args["skip_taps"] = each(skip, func(k tapBucket) uuid.UUID { return k.tap })
	args["skip_buckets"] = each(skip, func(k tapBucket) time.Time { return k.bucket })
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return collectBuckets(rows)
}

func collectBuckets(rows pgx.Rows) ([]tapBucket, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (k tapBucket, err error) {
		err = row.Scan(&k.tenant, &k.tap, &k.bucket)
		return k, err
	})
}

// tenMinutes builds buckets of ten minutes from the observations.
func (r *roller) tenMinutes(ctx context.Context, tx pgx.Tx, skip []tapBucket, most int) ([]tapBucket, error) {
	due, err := r.due(ctx, tx, dueBucketsSQL, skip, pgx.StrictNamedArgs{"most": most})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	return due, r.buildTens(ctx, tx, due)
}

// buildTens builds buckets of ten minutes whose rows are locked.
func (r *roller) buildTens(ctx context.Context, tx pgx.Tx, due []tapBucket) error {
	batch := new(pgx.Batch)
	for _, k := range due {
		b, err := r.build(ctx, tx, k)
		if err != nil {
			return err
		}
		if n := b.Refused(); n > 0 {
			r.store.log.Warn("rollup has no room for all that was heard", "tap_id", k.tap, "bucket", k.bucket, "refused", n)
		}
		for i := range r.tables {
			r.tables[i].queue(batch, k, b)
		}
		batch.Queue(rolledUpSQL, k.args())
	}
	for _, k := range due { // after the rollups: whoever waits for a mark has not built yet
		queueDue(batch, "1h", k.tapKey, k.bucket.UTC().Truncate(time.Hour))
	}
	return tx.SendBatch(ctx, batch).Close()
}

// build puts a bucket's windows together.
func (r *roller) build(ctx context.Context, tx pgx.Tx, k tapBucket) (*rollup.Builder, error) {
	b := new(rollup.Builder)
	if r.arrays {
		if err := r.addArrays(ctx, tx, k, b); err != nil {
			return nil, err
		}
	}
	return b, r.addRaw(ctx, tx, k, b)
}

// slots builds hours or days from the level below.
func (r *roller) slots(ctx context.Context, tx pgx.Tx, l *level, skip []tapBucket, most int) ([]tapBucket, error) {
	sql := dueHoursSQL
	if l.below != "" {
		sql = dueDaysSQL
	}
	due, err := r.due(ctx, tx, sql, skip, pgx.StrictNamedArgs{"most": most, "wait": l.wait})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	batch := new(pgx.Batch)
	for _, slot := range due {
		l.queue(batch, slot)
	}
	return due, tx.SendBatch(ctx, batch).Close()
}
