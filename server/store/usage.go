package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Usage is what one table takes, its partitions together.
type Usage struct {
	Table      string
	Family     RetentionFamily // empty: kept without end
	Level      string          // raw, 10m, 1h, 1d; registry, history or other
	Partitions int             // 0: it has none
	Bytes      int64           // with indexes and TOAST
	Rows       int64           // as the database estimates; -1: never counted
	From       time.Time       // start of the oldest partition; zero: none

	Keep      time.Duration // the longest retention of all tenants; 0: without end
	FreeCount int           // partitions that retention lets go
	FreeBytes int64         // what that frees
}

// A table's own and its partitions' sizes. Rows are what ANALYZE and autovacuum
// found last: counting them takes as long as reading all.
const tableUsageSQL = `
SELECT coalesce(p.relname, c.relname) AS parent,
       c.relname AS name,
       c.relkind = 'p' AS partitioned,
       pg_total_relation_size(c.oid) AS bytes,
       c.reltuples::bigint AS estimate
FROM pg_class AS c
LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
LEFT JOIN pg_class AS p ON p.oid = i.inhparent
WHERE c.relnamespace = 'picket'::regnamespace
  AND c.relkind IN ('r', 'p')
ORDER BY 1, 2`

// Usage returns what the tables take, by name, and what retention would free now.
func (s *Store) Usage(ctx context.Context) ([]Usage, error) {
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	_, keep, err := s.retentions(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	type row struct {
		Parent, Name    string
		Partitioned     bool
		Bytes, Estimate int64
	}
	rows, err := s.owner.Query(ctx, tableUsageSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read sizes: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("store: read sizes: %w", err)
	}
	kinds := make(map[string]partitioned)
	for _, p := range partitionedTables() {
		kinds[p.table] = p
	}
	kept := make(map[string]RetentionFamily)
	for _, p := range prunedTables() {
		kept[p.table] = p.family
	}
	var list []Usage
	for _, t := range tables { // of one parent one after another
		if len(list) == 0 || list[len(list)-1].Table != t.Parent {
			u := Usage{Table: t.Parent, Family: kept[t.Parent], Rows: -1}
			if p, ok := kinds[t.Parent]; ok {
				u.Family = p.family
			}
			u.Level, u.Keep = u.Family.level(), keep[u.Family]
			list = append(list, u)
		}
		u := &list[len(list)-1]
		u.Bytes += t.Bytes
		if t.Estimate >= 0 && !t.Partitioned {
			u.Rows = max(u.Rows, 0) + t.Estimate
		}
		if t.Parent == t.Name {
			continue
		}
		u.Partitions++
		p := kinds[t.Parent]
		from, to, ok := p.rangeOf(t.Name)
		if !ok {
			continue
		}
		if u.From.IsZero() || from.Before(u.From) {
			u.From = from
		}
		if p.passed(to, now, keep) {
			u.FreeCount++
			u.FreeBytes += t.Bytes
		}
	}
	return list, nil
}

// level says of what kind a family is.
func (f RetentionFamily) level() string {
	switch f {
	case KeepAir, KeepWire, KeepReports, KeepEvents:
		return "raw"
	case KeepTenMinutes, KeepHours, KeepDays:
		return string(f)
	case KeepHistory, KeepRegistry:
		return string(f)
	default:
		return "other"
	}
}
