package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/cluster"
)

// A node that comes again under its name after it lost its disk has a new id; its
// old row is of no use to anybody.
const forgetNamesakesSQL = `
DELETE FROM node
WHERE name = @name
  AND id <> @id
  AND (left_at IS NOT NULL OR lease_until < now())`

const joinNodeSQL = `
INSERT INTO node (id, incarnation, name, version, urls, started_at, renewed_at, lease_until)
VALUES (@id, @incarnation, @name, @version, @urls, now(), now(), now() + @lease::interval)
ON CONFLICT (id) DO UPDATE
SET incarnation = excluded.incarnation,
    name = excluded.name,
    version = excluded.version,
    urls = excluded.urls,
    started_at = excluded.started_at,
    renewed_at = excluded.renewed_at,
    lease_until = excluded.lease_until,
    drain_asked_at = NULL,
    drain_asked_by = NULL,
    draining_at = NULL,
    left_at = NULL,
    reports_stored = 0,
    reports_per_second = 0,
    streams = 0,
    jobs_running = 0,
    jobs_done = 0,
    jobs_failed = 0`

const nodeOrdersSQL = `
SELECT EXISTS (SELECT FROM node WHERE id = @id AND drain_asked_at IS NOT NULL) AS drain,
       (SELECT count(*)
        FROM node
        WHERE id <> @id
          AND left_at IS NULL
          AND draining_at IS NULL
          AND lease_until > now()) AS others`

// JoinNode makes the node a member. A wish that the process before it should drain
// does not concern it.
func (s *Store) JoinNode(ctx context.Context, who cluster.Identity) (cluster.Orders, error) {
	var orders cluster.Orders
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) (err error) {
		if _, err = tx.Exec(ctx, forgetNamesakesSQL, pgx.StrictNamedArgs{"id": who.ID, "name": who.Name}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, joinNodeSQL, pgx.StrictNamedArgs{
			"id": who.ID, "incarnation": who.Incarnation, "name": who.Name, "version": who.Version, "urls": who.URLs, "lease": cluster.LeaseFor,
		})
		if err != nil {
			return err
		}
		orders, err = nodeOrders(ctx, tx, who)
		return err
	})
	if err != nil {
		return orders, fmt.Errorf("store: join as a node: %w", err)
	}
	return orders, nil
}

func nodeOrders(ctx context.Context, tx pgx.Tx, who cluster.Identity) (o cluster.Orders, err error) {
	return collectOne[cluster.Orders](ctx, tx, nodeOrdersSQL, pgx.StrictNamedArgs{"id": who.ID})
}

// A node is a member while its lease lasts. One that lapsed may be renewed, because
// nobody takes anything from a node; one of another incarnation may not.
const renewNodeSQL = `
UPDATE node
SET renewed_at = now(),
    lease_until = now() + @lease::interval,
    left_at = NULL,
    draining_at = CASE WHEN @draining THEN coalesce(draining_at, now()) END,
    clock_ms = @clock_ms,
    clock_error_ms = @clock_error_ms,
    cpus = @cpus,
    load_1m = @load_1m,
    memory_bytes = @memory_bytes,
    machine_memory_bytes = @machine_memory_bytes,
    machine_available_bytes = @machine_available_bytes,
    reports_stored = @reports_stored,
    reports_per_second = @reports_per_second,
    streams = @streams,
    jobs_running = @jobs_running,
    jobs_done = @jobs_done,
    jobs_failed = @jobs_failed
WHERE id = @id
  AND incarnation = @incarnation`

// RenewNode renews the node's lease and tells the others how it is. It is
// cluster.ErrReplaced where another process has the identity, and joins again where
// the row is gone.
func (s *Store) RenewNode(ctx context.Context, who cluster.Identity, status cluster.Status) (cluster.Orders, error) {
	var orders cluster.Orders
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, renewNodeSQL, pgx.StrictNamedArgs{
			"id": who.ID, "incarnation": who.Incarnation, "lease": cluster.LeaseFor, "draining": status.Draining,
			"clock_ms": milliseconds(status.ClockOffset), "clock_error_ms": milliseconds(status.ClockError),
			"cpus": status.Load.CPUs, "load_1m": float32(status.Load.OneMinute), "memory_bytes": status.Load.Memory,
			"machine_memory_bytes": status.Load.MachineMemory, "machine_available_bytes": status.Load.MachineAvailable,
			"reports_stored": status.ReportsStored, "reports_per_second": float32(status.ReportsPerSecond), "streams": status.Streams,
			"jobs_running": status.Work.Running, "jobs_done": status.Work.Done, "jobs_failed": status.Work.Failed,
		})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		orders, err = nodeOrders(ctx, tx, who)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return s.rejoin(ctx, who)
	}
	if err != nil {
		return orders, fmt.Errorf("store: renew a node's lease: %w", err)
	}
	return orders, nil
}

// rejoin tells a row that was removed, as nodectl and the console may, from one that
// another process has.
func (s *Store) rejoin(ctx context.Context, who cluster.Identity) (cluster.Orders, error) {
	const haveSQL = `SELECT EXISTS (SELECT FROM node WHERE id = $1)`
	var have bool
	if err := s.owner.QueryRow(ctx, haveSQL, who.ID).Scan(&have); err != nil {
		return cluster.Orders{}, fmt.Errorf("store: look for a node: %w", err)
	}
	if have {
		return cluster.Orders{}, cluster.ErrReplaced
	}
	return s.JoinNode(ctx, who)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// LeaveNode says that the node stopped in good order.
func (s *Store) LeaveNode(ctx context.Context, who cluster.Identity) error {
	const leaveSQL = `
UPDATE node
SET left_at = now(),
    lease_until = now(),
    reports_per_second = 0,
    streams = 0,
    jobs_running = 0
WHERE id = @id
  AND incarnation = @incarnation`
	if _, err := s.owner.Exec(ctx, leaveSQL, pgx.StrictNamedArgs{"id": who.ID, "incarnation": who.Incarnation}); err != nil {
		return fmt.Errorf("store: leave: %w", err)
	}
	return nil
}

// DatabaseTime asks the database for its time at this moment.
func (s *Store) DatabaseTime(ctx context.Context) (now time.Time, err error) {
	const clockSQL = `SELECT clock_timestamp()`
	if err := s.owner.QueryRow(ctx, clockSQL).Scan(&now); err != nil {
		return now, fmt.Errorf("store: read the clock: %w", err)
	}
	return now, nil
}

// PruneNodes forgets nodes that have been gone for a week.
func (s *Store) PruneNodes(ctx context.Context) error {
	const pruneSQL = `
DELETE FROM node
WHERE lease_until < now() - interval '7 days'`
	if _, err := s.owner.Exec(ctx, pruneSQL); err != nil {
		return fmt.Errorf("store: forget nodes: %w", err)
	}
	return nil
}
