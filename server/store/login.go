package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// makeLogins lets the three roles log in by themselves, which a pooler in transaction
// mode needs, and gives them the settings that it would not pass. They get the
// password of the pooled address where they cannot log in yet and the login may
// change that; one that an administrator gave them is left alone.
func makeLogins(ctx context.Context, conn *pgx.Conn, cfg Config) error {
	const loginsSQL = `
SELECT r
FROM unnest($1::text[]) AS r
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r AND rolcanlogin)
ORDER BY r`
	pooled, err := pgx.ParseConfig(cfg.API)
	if err != nil {
		return fmt.Errorf("store: address of the pooler: %w", err)
	}
	rows, err := conn.Query(ctx, loginsSQL, []string{RoleOwner, RoleIngest, RoleAPI})
	if err != nil {
		return fmt.Errorf("store: read logins: %w", err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("store: read logins: %w", err)
	}
	for _, role := range missing {
		sql := "ALTER ROLE " + pgx.Identifier{role}.Sanitize() + " LOGIN PASSWORD "
		if _, err := conn.Exec(ctx, sql+quoteLiteral(pooled.Password)); err != nil {
			if isCode(err, codeInsufficientRight) {
				return &RolesError{Err: err, SQL: sql + "'the password in -database';"}
			}
			return fmt.Errorf("store: let %s log in: %w", role, err)
		}
	}
	for _, role := range []string{RoleOwner, RoleIngest, RoleAPI} {
		if err := roleSettings(ctx, conn, role); err != nil {
			return fmt.Errorf("store: settings of %s: %w", role, err)
		}
	}
	return nil
}

// roleSettings sets what each of the role's sessions in this database begins with.
func roleSettings(ctx context.Context, conn *pgx.Conn, role string) error {
	const haveSQL = `
SELECT EXISTS (
  SELECT FROM pg_db_role_setting s
  JOIN pg_roles r ON r.oid = s.setrole
  JOIN pg_database d ON d.oid = s.setdatabase
  WHERE r.rolname = $1
    AND d.datname = current_database()
    AND 'search_path=picket' = ANY (s.setconfig))`
	var have bool
	if err := conn.QueryRow(ctx, haveSQL, role).Scan(&have); err != nil || have {
		return err
	}
	database := pgx.Identifier{conn.Config().Database}.Sanitize()
	// A role may change its own settings, whatever the login may.
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL ROLE "+pgx.Identifier{role}.Sanitize()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "ALTER ROLE CURRENT_USER IN DATABASE "+database+" SET search_path = picket")
		return err
	})
}

// quoteLiteral quotes a string for a command that takes no parameters, as
// standard_conforming_strings reads it.
func quoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
