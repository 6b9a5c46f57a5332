package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

// States of a node.
const (
	NodeServing  = "serving"
	NodeDraining = "draining"
	NodeLeft     = "left"
	NodeLost     = "lost" // its lease is over and it did not say that it leaves
)

// Node is a member of the cluster, or one that was until lately.
type Node struct {
	ID                    uuid.UUID
	Name                  string
	Version               string
	URLs                  []string `db:"urls"`
	State                 string
	StartedAt             time.Time
	RenewedAt             time.Time // the last lease
	LeaseUntil            time.Time
	LeftAt                *time.Time
	DrainAskedBy          *string
	ClockMS               float64 `db:"clock_ms"` // its clock minus the database's
	ClockErrorMS          float64 `db:"clock_error_ms"`
	CPUs                  int     `db:"cpus"`
	Load1m                float64 `db:"load_1m"`
	MemoryBytes           int64
	MachineMemoryBytes    int64
	MachineAvailableBytes int64
	ReportsStored         int64 // since it started
	ReportsPerSecond      float64
	Streams               int
	JobsRunning           int
	JobsDone, JobsFailed  int64 // since it started
}

// BackgroundJob is what became of a kind of background work lately.
type BackgroundJob struct {
	Kind           string
	EverySeconds   int
	StartedAt      time.Time // of the newest run
	EndedAt        *time.Time
	Node           string // the name of who ran it; empty: forgotten since
	Runs, Failures int64
	Error          string // of the newest run; empty: it went well
	Late           bool   // nothing was started for three times as long as it should have been
}

const nodesSQL = `
SELECT id,
       name,
       version,
       urls,
       CASE WHEN left_at IS NOT NULL THEN 'left'
            WHEN lease_until <= now() THEN 'lost'
            WHEN draining_at IS NOT NULL OR drain_asked_at IS NOT NULL THEN 'draining'
            ELSE 'serving' END AS state,
       started_at,
       renewed_at,
       lease_until,
       left_at,
       drain_asked_by,
       clock_ms,
       clock_error_ms,
       cpus,
       load_1m::double precision AS load_1m,
       memory_bytes,
       machine_memory_bytes,
       machine_available_bytes,
       reports_stored,
       reports_per_second::double precision AS reports_per_second,
       streams,
       jobs_running,
       jobs_done,
       jobs_failed
FROM node
ORDER BY name, started_at DESC, id`

const backgroundJobsSQL = `
SELECT j.kind,
       j.every_seconds,
       j.started_at,
       j.ended_at,
       coalesce(n.name, '') AS node,
       j.runs,
       j.failures,
       j.error,
       j.started_at < now() - 3 * j.every_seconds * interval '1 second' - interval '1 minute' AS late
FROM background_job j
LEFT JOIN node n ON n.id = j.node_id
ORDER BY j.kind`

// Nodes returns the cluster's nodes, the database's time and what background work
// did.
func (r *Reader) Nodes(ctx context.Context) (nodes []Node, jobs []BackgroundJob, now time.Time, err error) {
	err = inTenant(ctx, r.pool, pgx.ReadOnly, "", func(tx pgx.Tx) error {
		if nodes, err = collect[Node](ctx, tx, nodesSQL, nil); err != nil {
			return err
		}
		if jobs, err = collect[BackgroundJob](ctx, tx, backgroundJobsSQL, nil); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT now()`).Scan(&now)
	})
	if err != nil {
		return nil, nil, now, fmt.Errorf("store: read nodes: %w", err)
	}
	return nodes, jobs, now, nil
}

// ErrNotServing says that a node has left, or is lost.
var ErrNotServing = errors.New("the node does not serve")

// installation is the scope of changes that are of no tenant, in the audit log and as
// the transaction's tenant: no tenant has it.
var installation = uuid.Nil

// DrainNode asks a node to stop in good order. It is ErrNotFound for a node that there
// is not and ErrNotServing for one that does not run.
func (r *Reader) DrainNode(ctx context.Context, id uuid.UUID) error {
	const drainSQL = `
UPDATE node
SET drain_asked_at = coalesce(drain_asked_at, now()),
    drain_asked_by = coalesce(drain_asked_by, @by)
WHERE id = @id
RETURNING name, left_at IS NULL AND lease_until > now()`
	err := inTenant(ctx, r.pool, pgx.ReadWrite, installation.String(), func(tx pgx.Tx) error {
		var name string
		var serves bool
		by := cut(plain(auth.ActorOf(ctx).Name), 64)
		if err := tx.QueryRow(ctx, drainSQL, pgx.StrictNamedArgs{"id": id, "by": by}).Scan(&name, &serves); err != nil {
			return notFound(err)
		}
		if !serves {
			return ErrNotServing // nothing is changed
		}
		if _, err := tx.Exec(ctx, notifySQL, ChannelNode, []string{id.String()}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: installation, Verb: "drain", Object: "node", ID: id.String(), Name: name})
	})
	if err != nil {
		return fmt.Errorf("store: drain node %s: %w", id, err)
	}
	return nil
}

// ForgetNode removes a node that does not run any more. It is ErrNotFound for one that
// there is not and ErrConflict for one that runs.
func (r *Reader) ForgetNode(ctx context.Context, id uuid.UUID) error {
	const forgetSQL = `
DELETE FROM node
WHERE id = @id
RETURNING name, left_at IS NULL AND lease_until > now()`
	err := inTenant(ctx, r.pool, pgx.ReadWrite, installation.String(), func(tx pgx.Tx) error {
		var name string
		var runs bool
		if err := tx.QueryRow(ctx, forgetSQL, pgx.StrictNamedArgs{"id": id}).Scan(&name, &runs); err != nil {
			return notFound(err)
		}
		if runs {
			return ErrConflict // nothing is changed
		}
		return audit(ctx, tx, Entry{Scope: installation, Verb: "forget", Object: "node", ID: id.String(), Name: name})
	})
	if err != nil {
		return fmt.Errorf("store: forget node %s: %w", id, err)
	}
	return nil
}
