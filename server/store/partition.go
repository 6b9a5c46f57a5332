package store

import (
	"context"
	"fmt"
	"strings"
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

// partitionsAhead is for how many days there are partitions in advance: as long as
// nobody may look after a cluster.
const partitionsAhead = 7

// A partitionUnit is how long a partition is.
type partitionUnit string

// The units, as the names of partitions spell their starts.
const (
	daily   partitionUnit = "_20060102"
	monthly partitionUnit = "_200601"
	yearly  partitionUnit = "_2006"
)

// A partitioned table, how long its partitions are and how long they are kept.
type partitioned struct {
	table  string
	unit   partitionUnit
	family RetentionFamily
}

func partitionedTables() []partitioned {
	tables := []partitioned{
		{"report", daily, KeepReports},
		{"air_raw", daily, KeepAir},
		{"wire_raw", daily, KeepWire},
		{"tap_event", daily, KeepEvents},
		{"tap_10m", monthly, KeepTenMinutes},
	}
	for _, t := range arrayTables() {
		family := KeepAir
		switch t {
		case "host_window", "arp_window", "dhcp_window", "dns_window", "flow_window":
			family = KeepWire
		}
		tables = append(tables, partitioned{t, daily, family})
	}
	for _, t := range tenTables() {
		tables = append(tables, partitioned{t.Name + "_10m", monthly, KeepTenMinutes})
	}
	for _, f := range leveled() {
		tables = append(tables, partitioned{f.Name + "_1h", monthly, KeepHours}, partitioned{f.Name + "_1d", yearly, KeepDays})
	}
	return tables
}

// arrayTables are those of 0004_create_observations.sql, into which the first
// release stored what was heard. Nodes of it may be in the cluster.
func arrayTables() []string {
	return []string{
		"bss_window", "station_window", "probe_window", "disconnect_window", "handshake_window", "channel_window", "remote_id_window",
		"host_window", "arp_window", "dhcp_window", "dns_window", "flow_window",
	}
}

// bounds returns the name and range of the partition that holds t.
func (p partitioned) bounds(t time.Time) (name string, from, to time.Time) {
	t = t.UTC()
	switch p.unit {
	case yearly:
		from = time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		to = from.AddDate(1, 0, 0)
	case monthly:
		from = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		to = from.AddDate(0, 1, 0)
	default:
		from = t.Truncate(24 * time.Hour)
		to = from.AddDate(0, 0, 1)
	}
	return p.table + from.Format(string(p.unit)), from, to
}

// rangeOf returns the range of a partition by its name; false for a name that is
// not of the table's partitions.
func (p partitioned) rangeOf(name string) (from, to time.Time, ok bool) {
	suffix, ok := strings.CutPrefix(name, p.table)
	if !ok {
		return from, to, false
	}
	from, err := time.Parse(string(p.unit), suffix)
	if err != nil {
		return from, to, false
	}
	_, from, to = p.bounds(from)
	return from, to, true
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
		if _, err := makePartitions(ctx, owner, day); err != nil {
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

// A table that this database does not have, of a newer schema, has no partitions.
const missingPartitionsSQL = `
SELECT u.ordinality - 1
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u (name, parent, ordinality)
WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(u.name)) IS NULL
  AND to_regclass(quote_ident(current_schema()) || '.' || quote_ident(u.parent)) IS NOT NULL
ORDER BY u.ordinality`

// makePartitions makes the missing partitions that hold day, of all tables, and
// returns how many.
func makePartitions(ctx context.Context, owner *pgxpool.Pool, day time.Time) (int, error) {
	var made int
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockPartitionsSQL, int64(partitionLock)); err != nil {
			return err
		}
		tables := partitionedTables()
		names, parents := make([]string, len(tables)), make([]string, len(tables))
		for i, p := range tables {
			names[i], _, _ = p.bounds(day)
			parents[i] = p.table
		}
		rows, err := tx.Query(ctx, missingPartitionsSQL, names, parents)
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
		made = len(missing)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("make partitions of %s: %w", day.UTC().Format(time.DateOnly), err)
	}
	return made, nil
}

// makePartition makes a table and attaches it: unlike CREATE TABLE … PARTITION OF
// that does not stop those who read and write the parent. Row-level security
// without a policy closes the partition itself; the way in is the parent.
func makePartition(ctx context.Context, tx pgx.Tx, p partitioned, day time.Time) error {
	name, from, to := p.bounds(day)
	fill := 100
	if p.table == "tap_10m" || p.family == KeepHours || p.family == KeepDays {
		fill = 70 // updated in place
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

// EnsurePartitions makes the partitions from two days ago to a week from now, by
// the database's clock. It is done at start and every hour; AddReports makes what
// is missing all the same. Housekeeping tells of partitions that should have been
// there and were not.
func (s *Store) EnsurePartitions(ctx context.Context) error {
	return s.EnsurePartitionsAhead(ctx, partitionsAhead)
}

// EnsurePartitionsAhead is EnsurePartitions for so many days.
func (s *Store) EnsurePartitionsAhead(ctx context.Context, days int) error {
	repaired, err := s.ensurePartitions(ctx, days)
	s.noteTask(ctx, taskPartitions, err, repaired)
	return err
}

const countPartitionsSQL = `SELECT count(*) FROM pg_inherits WHERE inhparent = 'tap_10m'::regclass`

func (s *Store) ensurePartitions(ctx context.Context, days int) (repaired int, err error) {
	var now time.Time
	var have int
	if err := s.owner.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return 0, fmt.Errorf("store: time of the database: %w", err)
	}
	if err := s.owner.QueryRow(ctx, countPartitionsSQL).Scan(&have); err != nil {
		return 0, fmt.Errorf("store: count partitions: %w", err)
	}
	if err := s.ensureMarked(ctx); err != nil {
		return 0, err
	}
	for d := -2; d <= days; d++ {
		made, err := makePartitions(ctx, s.owner, now.AddDate(0, 0, d))
		if err != nil {
			return repaired, fmt.Errorf("store: %w", err)
		}
		if made > 0 && d <= 0 && have > 0 {
			repaired += made
			s.log.Warn("partitions were missing, made again", "partitions", made, "day", now.AddDate(0, 0, d).UTC().Format(time.DateOnly))
		}
	}
	return repaired, nil
}

// ensureMarked makes the partitions of months whose hours are to be built and that
// are older than rollups of the hour: a release before this one kept ten minutes alone.
func (s *Store) ensureMarked(ctx context.Context) error {
	const markedSQL = `
SELECT DISTINCT date_trunc('month', bucket, 'UTC')
FROM rollup_due
WHERE bucket < now() - interval '2 days'
ORDER BY 1`
	rows, err := s.owner.Query(ctx, markedSQL)
	if err != nil {
		return fmt.Errorf("store: read marks of rollups: %w", err)
	}
	months, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return fmt.Errorf("store: read marks of rollups: %w", err)
	}
	for _, m := range months {
		if _, err := makePartitions(ctx, s.owner, m); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}
