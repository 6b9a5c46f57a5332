package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// makeStaging gives a new connection its staging: a temporary table for report and
// for each family, with the columns of the table that it feeds, emptied by each
// commit. Nobody but the connection sees them.
func makeStaging(ctx context.Context, conn *pgx.Conn) error {
	var sql strings.Builder
	sql.WriteString("SET client_min_messages = warning;\n")
	for _, f := range append(families(), family{table: "report"}) {
		fmt.Fprintf(&sql, "CREATE TEMPORARY TABLE IF NOT EXISTS stage_%s ON COMMIT DELETE ROWS AS TABLE %s WITH NO DATA;\n", f.table, f.table)
	}
	if _, err := conn.Exec(ctx, sql.String()); err != nil {
		return fmt.Errorf("store: make staging: %w", err)
	}
	return nil
}

// copyRows sends c to the staging table that sql names, if c has rows.
func copyRows(ctx context.Context, tx pgx.Tx, c *copyBuffer, sql string) error {
	if c.rows == 0 {
		return nil
	}
	_, err := tx.Conn().PgConn().CopyFrom(ctx, c.reader(), sql)
	return err
}
