package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The windows that are stored: neither older nor newer.
const (
	MaxLate  = 48 * time.Hour
	MaxAhead = 5 * time.Minute
)

// A partitioned table and the column that its ranges are of.
type partitioned struct {
	table   string
	monthly bool // else daily
}

func partitionedTables() []partitioned {
	tables := []partitioned{{table: "report"}}
	for _, f := range families() {
		tables = append(tables, partitioned{table: f.table})
	}
	for _, name := range append(rollupTables(), "tap_10m") {
		tables = append(tables, partitioned{table: name, monthly: true})
	}
	return tables
}

// rollupTables are the tables of 0006_create_rollups.sql, and coverage_10m.
func rollupTables() []string {
	return []string{"bss_10m", "station_10m", "probe_10m", "channel_10m", "host_10m", "coverage_10m"}
}

// bounds returns the name and range of the partition that holds t.
func (p partitioned) bounds(t time.Time) (name string, from, to time.Time) {
	t = t.UTC()
	if p.monthly {
		from = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		return p.table + from.Format("_200601"), from, from.AddDate(0, 1, 0)
	}
	from = t.Truncate(24 * time.Hour)
	return p.table + from.Format("_20060102"), from, from.AddDate(0, 0, 1)
}

// partitionCache remembers which days have partitions.
type partitionCache struct {
	mu   sync.Mutex
	days map[string]bool // UTC dates
}

func (c *partitionCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.days = nil
}

// ensureFor makes the partitions that in needs.
func (c *partitionCache) ensureFor(ctx context.Context, owner *pgxpool.Pool, in []Incoming) error {
	c.mu.Lock()
	defer c.mu.Unlock() // held while making: others would make the same
	for i := range in {
		day := in[i].windowStart()
		key := day.Format(time.DateOnly)
		if c.days[key] {
			continue
		}
		if err := makePartitions(ctx, owner, day); err != nil {
			return err
		}
		if c.days == nil || len(c.days) > 64 {
			c.days = make(map[string]bool)
		}
		c.days[key] = true
	}
	return nil
}

// partitionLock is the advisory lock of whoever changes the set of partitions.
const partitionLock = 0x5069636b65740001

const lockPartitionsSQL = `SELECT pg_advisory_xact_lock($1)`

const missingPartitionsSQL = `
SELECT u.ordinality - 1
FROM unnest($1::text[]) WITH ORDINALITY AS u (name, ordinality)
WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(u.name)) IS NULL
ORDER BY u.ordinality`

// makePartitions makes the missing partitions that hold day, of all tables.
func makePartitions(ctx context.Context, owner *pgxpool.Pool, day time.Time) error {
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockPartitionsSQL, int64(partitionLock)); err != nil {
			return err
		}
		tables := partitionedTables()
		names := make([]string, len(tables))
		for i, p := range tables {
			names[i], _, _ = p.bounds(day)
		}
		rows, err := tx.Query(ctx, missingPartitionsSQL, names)
		if err != nil {
			return err
		}
		missing, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			return err
		}
		for _, i := range missing {
			if err := makePartition(ctx, tx, tables[i], day); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make partitions of %s: %w", day.UTC().Format(time.DateOnly), err)
	}
	return nil
}

// makePartition makes a table and attaches it: unlike CREATE TABLE … PARTITION OF
// that does not stop those who read and write the parent. Row-level security
// without a policy closes the partition itself; the way in is the parent.
func makePartition(ctx context.Context, tx pgx.Tx, p partitioned, day time.Time) error {
	name, from, to := p.bounds(day)
	fill := 100
	if p.table == "tap_10m" {
		fill = 70 // updated in place with each report
	}
	sql := fmt.Sprintf(`
CREATE TABLE %[1]s (LIKE %[2]s INCLUDING ALL) WITH (fillfactor = %[5]d);
ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY;
ALTER TABLE %[2]s ATTACH PARTITION %[1]s FOR VALUES FROM ('%[3]s') TO ('%[4]s')`,
		pgx.Identifier{name}.Sanitize(), pgx.Identifier{p.table}.Sanitize(),
		from.Format(time.RFC3339), to.Format(time.RFC3339), fill)
	if _, err := tx.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// EnsurePartitions makes the partitions from two days ago to ahead days from now,
// by the database's clock. It is done at start and every hour; AddReports makes
// what is missing all the same.
func (s *Store) EnsurePartitions(ctx context.Context, ahead int) error {
	var now time.Time
	if err := s.owner.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return fmt.Errorf("store: time of the database: %w", err)
	}
	for d := -2; d <= ahead; d++ {
		if err := makePartitions(ctx, s.owner, now.AddDate(0, 0, d)); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

const oldPartitionsSQL = `
SELECT c.relname
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
JOIN pg_class AS p ON p.oid = i.inhparent
WHERE p.relnamespace = 'picket'::regnamespace
  AND p.relname = $1
  AND p.relkind = 'p'
ORDER BY c.relname`

// Retention is how long raw observations and rollups are kept at least.
type Retention struct {
	Raw    time.Duration
	Rollup time.Duration
}

// DropOldPartitions drops what has passed its retention and returns the names. A
// partition that is in use is left for the next time: dropping locks its parent,
// and storing reports must not wait for that.
func (s *Store) DropOldPartitions(ctx context.Context, keep Retention) ([]string, error) {
	var now time.Time
	if err := s.owner.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return nil, fmt.Errorf("store: time of the database: %w", err)
	}
	var dropped []string
	for _, p := range partitionedTables() {
		age := keep.Raw
		if p.monthly {
			age = keep.Rollup
		}
		oldest, _, _ := p.bounds(now.Add(-max(age, 2*MaxLate)))
		rows, err := s.owner.Query(ctx, oldPartitionsSQL, p.table)
		if err != nil {
			return dropped, fmt.Errorf("store: list partitions: %w", err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return dropped, fmt.Errorf("store: list partitions: %w", err)
		}
		for _, name := range names {
			if name >= oldest { // names of one table sort by time
				continue
			}
			switch err := s.dropPartition(ctx, name); {
			case isCode(err, codeLockNotAvailable):
				s.log.Info("old partition is in use, dropped later", "partition", name)
			case err != nil:
				return dropped, fmt.Errorf("store: drop partition %s: %w", name, err)
			default:
				dropped = append(dropped, name)
			}
		}
	}
	s.partitions.forget()
	return dropped, nil
}

func (s *Store) dropPartition(ctx context.Context, name string) error {
	return pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '1s'`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, lockPartitionsSQL, int64(partitionLock)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DROP TABLE IF EXISTS "+pgx.Identifier{name}.Sanitize())
		return err
	})
}
