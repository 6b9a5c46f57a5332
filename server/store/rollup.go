package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// rollupBatch is how many buckets of taps are rolled up in one transaction.
const rollupBatch = 32

// A bucket is closed half a minute after its end: reports of its last windows are
// on their way until then. Rows that another node is rolling up, or to which
// reports are being added, are passed over. A lock that is held keeps late reports
// from being added between reading the observations and clearing dirty_since.
const dueBucketsSQL = `
SELECT tenant_id, tap_id, bucket
FROM tap_10m
WHERE dirty_since IS NOT NULL
  AND bucket <= @now::timestamptz - interval '10 minutes 30 seconds'
ORDER BY bucket, tenant_id, tap_id
LIMIT @most
FOR UPDATE SKIP LOCKED`

const rolledUpSQL = `
UPDATE tap_10m
SET dirty_since = NULL
WHERE tenant_id = @tenant
  AND tap_id = @tap
  AND bucket = @bucket`

// RollUp builds the rollups that are due and returns how many buckets of taps it
// built; several nodes may do so at once. It ends when nothing is due.
func (s *Store) RollUp(ctx context.Context) (int, error) {
	var now time.Time
	if err := s.ingest.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return 0, fmt.Errorf("store: time of the database: %w", err)
	}
	return s.RollUpAt(ctx, now)
}

// RollUpAt is RollUp as if the database's clock said now.
func (s *Store) RollUpAt(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for {
		var n int
		err := pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) (err error) {
			n, err = rollUpSome(ctx, tx, now)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("store: roll up: %w", err)
		}
		if total += n; n < rollupBatch {
			return total, nil
		}
	}
}

func rollUpSome(ctx context.Context, tx pgx.Tx, now time.Time) (int, error) {
	rows, err := tx.Query(ctx, dueBucketsSQL, pgx.StrictNamedArgs{"now": now, "most": rollupBatch})
	if err != nil {
		return 0, err
	}
	batch := new(pgx.Batch)
	n := 0
	var tenant, tap uuid.UUID
	var bucket time.Time
	_, err = pgx.ForEachRow(rows, []any{&tenant, &tap, &bucket}, func() error {
		n++
		args := pgx.StrictNamedArgs{"tenant": tenant, "tap": tap, "bucket": bucket}
		for _, sql := range []string{rollupBSSSQL, rollupStationSQL, rollupProbeSQL, rollupChannelSQL, rollupHostSQL, rollupCoverageSQL, rolledUpSQL} {
			batch.Queue(sql, args)
		}
		return nil
	})
	if err != nil || n == 0 {
		return 0, err
	}
	return n, tx.SendBatch(ctx, batch).Close()
}
