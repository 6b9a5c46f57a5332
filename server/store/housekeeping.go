package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// What is done in the background for time series, in the table housekeeping: each is
// a function that any node may call at any time.
const (
	taskRollUp     = "roll up"
	taskPartitions = "make partitions"
	taskRetain     = "retain"
	taskRepair     = "repair rollups"
)

const noteTaskSQL = `
INSERT INTO housekeeping AS h (task, finished_at, succeeded_at, error, repaired, repaired_at)
VALUES (@task, now(), CASE WHEN @error::text = '' THEN now() END, @error, @repaired::bigint, CASE WHEN @repaired > 0 THEN now() END)
ON CONFLICT (task) DO UPDATE
SET finished_at = EXCLUDED.finished_at,
  succeeded_at = COALESCE(EXCLUDED.succeeded_at, h.succeeded_at),
  error = EXCLUDED.error,
  repaired = h.repaired + EXCLUDED.repaired,
  repaired_at = COALESCE(EXCLUDED.repaired_at, h.repaired_at)`

// noteTask notes that a task ended, and how. That it cannot be noted is no failure
// of the task: who reads it sees how old the note is.
func (s *Store) noteTask(ctx context.Context, task string, failure error, repaired int) {
	text := ""
	if failure != nil {
		if text = cut(plain(failure.Error()), 500); ctx.Err() != nil {
			return // the node stops
		}
	}
	_, err := s.ingest.Exec(ctx, noteTaskSQL, pgx.StrictNamedArgs{"task": task, "error": text, "repaired": repaired})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("end of a background task not noted", "task", task, "err", err)
	}
}

// HousekeepingState is how the cluster's background work on time series stands.
type HousekeepingState struct {
	Tasks []HousekeepingTask // by name; one that never ended is not there

	// How far the rollups are behind: the age of the oldest that is due and not
	// built, from when it could have been; 0: none is due. And how many are.
	RollupLag     time.Duration
	RollupsDue    int64         // of ten minutes of a tap; at most 100,000 are counted
	PartitionsTo  time.Time     // until when all tables have partitions without a gap; zero: not even today
	PartitionsFor time.Duration // from now on; what is less than two days needs somebody
}

// HousekeepingTask is what a task did last, on whichever node.
type HousekeepingTask struct {
	Task        string
	FinishedAt  time.Time
	SucceededAt *time.Time // nil: never
	Error       string     // of the last end; empty: none
	Repaired    int64      // what was missing and made again, ever
	RepairedAt  *time.Time
	AgeSeconds  float64 // since it finished, by the database's clock
}

const housekeepingSQL = `
SELECT task,
       finished_at,
       succeeded_at,
       error,
       repaired,
       repaired_at,
       extract(epoch FROM now() - finished_at)::float8 AS age_seconds
FROM housekeeping
ORDER BY task`

const rollupLagSQL = `
SELECT count(*),
       coalesce(extract(epoch FROM now() - min(bucket) - interval '10 minutes 30 seconds'), 0)::float8
FROM (
  SELECT bucket
  FROM tap_10m
  WHERE dirty_since IS NOT NULL
    AND bucket <= now() - interval '10 minutes 30 seconds'
  ORDER BY bucket
  LIMIT 100000) AS due`

// HousekeepingState returns how the background work stands. A lag is normal for a
// minute or two, and while a tap sends what it kept.
func (s *Store) HousekeepingState(ctx context.Context) (h HousekeepingState, err error) {
	rows, err := s.ingest.Query(ctx, housekeepingSQL)
	if err != nil {
		return h, fmt.Errorf("store: read housekeeping: %w", err)
	}
	if h.Tasks, err = pgx.CollectRows(rows, pgx.RowToStructByName[HousekeepingTask]); err != nil {
		return h, fmt.Errorf("store: read housekeeping: %w", err)
	}
	var lag float64
	if err := s.ingest.QueryRow(ctx, rollupLagSQL).Scan(&h.RollupsDue, &lag); err != nil {
		return h, fmt.Errorf("store: read lag of rollups: %w", err)
	}
	h.RollupLag = time.Duration(lag * float64(time.Second))
	now, err := s.now(ctx)
	if err != nil {
		return h, err
	}
	if h.PartitionsTo, err = s.partitionsTo(ctx, now); err != nil {
		return h, err
	}
	if !h.PartitionsTo.IsZero() {
		h.PartitionsFor = h.PartitionsTo.Sub(now)
	}
	return h, nil
}

// partitionsTo returns until when all tables have partitions, from now on.
func (s *Store) partitionsTo(ctx context.Context, now time.Time) (to time.Time, err error) {
	tables := partitionedTables()
	for d := 0; d <= 2*partitionsAhead; d++ {
		names, parents := make([]string, len(tables)), make([]string, len(tables))
		for i, p := range tables {
			names[i], _, _ = p.bounds(now.AddDate(0, 0, d))
			parents[i] = p.table
		}
		rows, err := s.ingest.Query(ctx, missingPartitionsSQL, names, parents)
		if err != nil {
			return to, fmt.Errorf("store: list partitions: %w", err)
		}
		missing, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			return to, fmt.Errorf("store: list partitions: %w", err)
		}
		if len(missing) > 0 {
			return to, nil
		}
		to = now.UTC().Truncate(day).AddDate(0, 0, d+1)
	}
	return to, nil
}
