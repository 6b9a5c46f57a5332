package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// NodeHealth is what a node measured of itself.
type NodeHealth struct {
	NodeID     uuid.UUID
	Name       string
	MeasuredAt time.Time
	AgeSeconds float64
	Facts      json.RawMessage
}

// LockWait is who waits for a lock in the database.
type LockWait struct {
	Reading bool // it is a connection that answers people
	Waiting int
	LongMS  float64
	Table   string
	Holder  string
}

// RoundTrip returns the shortest of three answers to the smallest question.
func (s *Store) RoundTrip(ctx context.Context) (time.Duration, error) {
	const nothingSQL = `SELECT 1`
	conn, err := s.owner.Acquire(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: round trip: %w", err)
	}
	defer conn.Release()
	shortest := time.Duration(0)
	for i := range 3 {
		start := time.Now()
		if _, err := conn.Exec(ctx, nothingSQL, pgx.QueryExecModeSimpleProtocol); err != nil {
			return 0, fmt.Errorf("store: round trip: %w", err)
		}
		if took := time.Since(start); i == 0 || took < shortest {
			shortest = took
		}
	}
	return shortest, nil
}

// lockWaitsSQL reads what everybody may see of others' sessions. Who reads is known
// by the name that this package gives its connections; whoever else waits, stores.
const lockWaitsSQL = `
WITH waits AS (
  SELECT l.pid,
         l.relation,
         a.application_name = 'noded picket_api' AS reading,
         extract(epoch FROM clock_timestamp() - l.waitstart) * 1000 AS ms
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a ON a.pid = l.pid
  WHERE NOT l.granted
    AND a.datname = current_database()
    AND a.application_name LIKE 'noded%'
), longest AS (
  SELECT DISTINCT ON (reading) reading, pid, relation, ms, count(*) OVER (PARTITION BY reading) AS waiting
  FROM waits
  ORDER BY reading, ms DESC NULLS LAST, pid
)
SELECT w.reading,
       w.waiting::int AS waiting,
       coalesce(w.ms, 0)::float8 AS long_ms,
       coalesce(w.relation::regclass::text, 'a row') AS "table",
       coalesce((SELECT 'process ' || h.pid || ' (' || coalesce(nullif(h.application_name, ''), h.usename, 'unnamed') || ')'
                 FROM unnest(pg_blocking_pids(w.pid)) WITH ORDINALITY AS b(pid, n)
                 JOIN pg_stat_activity AS h ON h.pid = b.pid
                 ORDER BY h.application_name LIKE 'noded%', b.n LIMIT 1), 'somebody') AS holder
FROM longest AS w
ORDER BY w.reading`

// LockWaits returns at most two waits: the longest of who stores, and of who reads.
func (s *Store) LockWaits(ctx context.Context) ([]LockWait, error) {
	rows, err := s.owner.Query(ctx, lockWaitsSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read waits for locks: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[LockWait])
	if err != nil {
		return nil, fmt.Errorf("store: read waits for locks: %w", err)
	}
	return list, nil
}

// ShareHealth keeps what a node measured, and forgets nodes that are gone for a day.
func (s *Store) ShareHealth(ctx context.Context, node uuid.UUID, name string, facts any) error {
	const (
		shareSQL = `
INSERT INTO node_health (node_id, name, facts)
VALUES (@node, @name, @facts)
ON CONFLICT (node_id) DO UPDATE
SET name = EXCLUDED.name,
  measured_at = now(),
  facts = EXCLUDED.facts`
		forgetSQL = `
DELETE FROM node_health
WHERE measured_at < now() - interval '1 day'`
	)
	text, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("store: share health: %w", err)
	}
	b := &pgx.Batch{}
	b.Queue(shareSQL, pgx.StrictNamedArgs{"node": node, "name": name, "facts": text})
	b.Queue(forgetSQL)
	if err := s.owner.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("store: share health: %w", err)
	}
	return nil
}

// NodesHealth returns what the nodes measured, by name.
func (s *Store) NodesHealth(ctx context.Context) ([]NodeHealth, error) {
	const healthSQL = `
SELECT node_id,
       name,
       measured_at,
       extract(epoch FROM now() - measured_at)::float8 AS age_seconds,
       facts
FROM node_health
ORDER BY name, node_id`
	rows, err := s.api.Query(ctx, healthSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read health: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[NodeHealth])
	if err != nil {
		return nil, fmt.Errorf("store: read health: %w", err)
	}
	return list, nil
}

// MissingPartitions returns the partitions of tomorrow that are not there, by name.
func (s *Store) MissingPartitions(ctx context.Context) ([]string, error) {
	const haveSQL = `
SELECT c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'picket'
  AND c.relispartition
ORDER BY c.relname`
	rows, err := s.owner.Query(ctx, haveSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read partitions: %w", err)
	}
	have, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("store: read partitions: %w", err)
	}
	there := make(map[string]bool, len(have))
	for _, name := range have {
		there[name] = true
	}
	var now time.Time
	if err := s.owner.QueryRow(ctx, `SELECT now()`).Scan(&now); err != nil {
		return nil, fmt.Errorf("store: read clock: %w", err)
	}
	var missing []string
	for _, p := range partitionedTables() {
		if name, _, _ := p.bounds(now.Add(24 * time.Hour)); !there[name] {
			missing = append(missing, name)
		}
	}
	return missing, nil
}
