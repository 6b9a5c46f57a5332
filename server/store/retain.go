package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Retain drops the partitions that are older than the longest retention of any
// tenant, and prunes what has no partitions by each tenant's own, a bounded part at
// a time. It may be called by several nodes at once, and be interrupted.
func (s *Store) Retain(ctx context.Context) error {
	err := s.retain(ctx)
	s.noteTask(ctx, taskRetain, err, 0)
	return err
}

func (s *Store) retain(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	tenants, longest, err := s.retentions(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	dropped, err := s.dropOldPartitions(ctx, now, longest)
	if len(dropped) > 0 {
		s.log.Info("old partitions dropped", "partitions", len(dropped))
	}
	for _, t := range tenants {
		if pruneErr := s.prune(ctx, t.Tenant, now, t.retention()); pruneErr != nil {
			err = errors.Join(err, pruneErr)
		}
	}
	return err
}

const partitionsOfSQL = `
SELECT c.relname
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
JOIN pg_class AS p ON p.oid = i.inhparent
WHERE p.relnamespace = 'picket'::regnamespace
  AND p.relname = $1
  AND p.relkind = 'p'
ORDER BY c.relname`

// dropOldPartitions drops what has passed its retention and returns the names. A
// partition that is in use is left for the next time: dropping locks its parent,
// and storing reports must not wait for that.
func (s *Store) dropOldPartitions(ctx context.Context, now time.Time, keep Retention) ([]string, error) {
	var dropped []string
	for _, p := range partitionedTables() {
		rows, err := s.owner.Query(ctx, partitionsOfSQL, p.table)
		if err != nil {
			return dropped, fmt.Errorf("store: list partitions: %w", err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return dropped, fmt.Errorf("store: list partitions: %w", err)
		}
		for _, name := range names {
			if _, to, ok := p.rangeOf(name); !ok || !p.passed(to, now, keep) {
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
	if len(dropped) > 0 {
		s.partitions.forget()
	}
	return dropped, nil
}

// passed reports whether a partition that ends at to may go.
func (p partitioned) passed(to, now time.Time, keep Retention) bool {
	return to.Before(now.Add(-max(keep[p.family], MaxLate)))
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

// Pruning takes so many rows a statement, and a table gets so many statements a
// run: what is left waits for the next.
const (
	pruneBatch  = 2000
	pruneRounds = 50
)

// A pruned table and which of its rows a tenant keeps no longer.
type pruned struct {
	table  string
	family RetentionFamily
	where  string
}

// Sightings go before what they are of. A boot's definitions are of use to its raw
// windows alone; the boot that a tap is in stays, so that it need not tell again.
func prunedTables() []pruned {
	const (
		heard = "t.last_heard_at < @before"
		boot  = `EXISTS (
      SELECT FROM tap_boot AS b
      WHERE b.tenant_id = t.tenant_id
        AND b.tap_id = t.tap_id
        AND b.boot_id = t.boot_id
        AND b.last_window_at < @before)`
		current = `
    AND NOT EXISTS (
      SELECT FROM tap AS p
      WHERE p.tenant_id = t.tenant_id
        AND p.id = t.tap_id
        AND p.last_boot_id = t.boot_id)`
	)
	tables := []pruned{
		{"boot_element", KeepAir, boot + current},
		{"boot_fingerprint", KeepAir, boot + current},
		{"tap_boot", KeepHistory, "t.last_window_at < @before" + current},
		{"tap_gap", KeepHistory, "t.gap_end < @before"},
	}
	for _, t := range []string{
		"bss_sighting", "station_sighting", "host_sighting", "channel_sighting", "association", "probe", "host_address", "host_name",
		"bss", "station", "host",
	} {
		tables = append(tables, pruned{t, KeepRegistry, heard})
	}
	return tables
}

// The rows are found by their place, which is theirs until the statement ends. Rows
// that somebody is writing are not old.
func (p pruned) sql() string {
	return fmt.Sprintf(`
DELETE FROM %[1]s
WHERE tenant_id = @tenant
  AND ctid = ANY(ARRAY(
    SELECT t.ctid
    FROM %[1]s AS t
    WHERE t.tenant_id = @tenant
      AND %[2]s
    LIMIT @most
    FOR UPDATE SKIP LOCKED))`, p.table, p.where)
}

func (s *Store) prune(ctx context.Context, tenant uuid.UUID, now time.Time, keep Retention) error {
	for _, p := range prunedTables() {
		args := pgx.StrictNamedArgs{"tenant": tenant, "before": now.Add(-keep[p.family]), "most": pruneBatch}
		total := int64(0)
		for range pruneRounds {
			tag, err := s.owner.Exec(ctx, p.sql(), args)
			if err != nil {
				return fmt.Errorf("store: prune %s: %w", p.table, err)
			}
			total += tag.RowsAffected()
			if tag.RowsAffected() < pruneBatch {
				break
			}
		}
		if total > 0 {
			s.log.Info("pruned", "table", p.table, "tenant_id", tenant, "rows", total)
		}
	}
	return nil
}
