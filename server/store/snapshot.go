package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// TableSum is what a table holds: how many rows, and a sum over them that does not
// depend on their order. Tables are leaves: a partitioned table's are its partitions.
type TableSum struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
}

// A Snapshot is the database at one moment, held while it is copied.
type Snapshot struct {
	ID      string // for pg_dump --snapshot
	At      time.Time
	Version int64 // of the schema
	Server  string
	Tables  []TableSum
}

const leafTablesSQL = `
SELECT c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'picket'
  AND c.relkind = 'r'
ORDER BY c.relname`

// HoldSnapshot calls f with a snapshot that lasts until f returns. All rows are read
// first, for their sums.
func HoldSnapshot(ctx context.Context, cfg Config, f func(Snapshot) error) error {
	conn, err := cfg.connectDirect(ctx)
	if err != nil {
		return fmt.Errorf("store: connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
		s := Snapshot{}
		const snapshotSQL = `SELECT pg_export_snapshot(), now(), current_setting('server_version')`
		if err := tx.QueryRow(ctx, snapshotSQL).Scan(&s.ID, &s.At, &s.Server); err != nil {
			return fmt.Errorf("store: hold a snapshot: %w", err)
		}
		const versionSQL = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`
		if err := tx.QueryRow(ctx, versionSQL).Scan(&s.Version); err != nil {
			return fmt.Errorf("store: version of the schema: %w", err)
		}
		if s.Tables, err = sumTables(ctx, tx); err != nil {
			return err
		}
		return f(s)
	})
}

// SumTables returns what the database holds now, by name.
func SumTables(ctx context.Context, cfg Config) (sums []TableSum, err error) {
	return sums, HoldSnapshot(ctx, cfg, func(s Snapshot) error {
		sums = s.Tables
		return nil
	})
}

func sumTables(ctx context.Context, tx pgx.Tx) ([]TableSum, error) {
	rows, err := tx.Query(ctx, leafTablesSQL)
	if err != nil {
		return nil, fmt.Errorf("store: list tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("store: list tables: %w", err)
	}
	// Text of times and numbers depends on settings; both sides use these.
	if _, err := tx.Exec(ctx, `SET LOCAL extra_float_digits = 3; SET LOCAL datestyle = ISO; SET LOCAL timezone = UTC; SET LOCAL bytea_output = hex`); err != nil {
		return nil, fmt.Errorf("store: sum tables: %w", err)
	}
	sums := make([]TableSum, 0, len(names))
	for _, name := range names {
		t := TableSum{Name: name}
		sql := `
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
FROM ` + pgx.Identifier{"picket", name}.Sanitize() + ` AS t`
		if err := tx.QueryRow(ctx, sql).Scan(&t.Rows, &t.Sum); err != nil {
			return nil, fmt.Errorf("store: sum %s: %w", name, err)
		}
		sums = append(sums, t)
	}
	return sums, nil
}

// ErrNotEmpty says that a database has a schema already.
var ErrNotEmpty = errors.New("the database holds a cluster already")

// PrepareEmpty makes roles and an empty schema, for what is to be restored. It is
// ErrNotEmpty where there are tables.
func PrepareEmpty(ctx context.Context, cfg Config) error {
	if err := prepare(ctx, cfg); err != nil {
		return err
	}
	conn, err := cfg.connectDirect(ctx)
	if err != nil {
		return fmt.Errorf("store: connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var tables int
	const countSQL = `SELECT count(*) FROM pg_class WHERE relnamespace = 'picket'::regnamespace AND relkind IN ('r', 'p')`
	if err := conn.QueryRow(ctx, countSQL).Scan(&tables); err != nil {
		return fmt.Errorf("store: look for tables: %w", err)
	}
	if tables > 0 {
		return ErrNotEmpty
	}
	return nil
}
