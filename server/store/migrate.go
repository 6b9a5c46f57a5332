package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"picket/migrations"
)

// A RolesError says that the login may not make what only an administrator of the
// database can; SQL is what to run by hand, once.
type RolesError struct {
	Err error
	SQL string
}

func (e *RolesError) Error() string {
	return fmt.Sprintf("the database's roles are incomplete and this login may not change that (%v); as its administrator, run once: %s", e.Err, e.SQL)
}

func (e *RolesError) Unwrap() error { return e.Err }

// Migrate brings the schema to this release's version; it does nothing where it
// is there. Nodes that start together take turns. An error is a *RolesError where
// somebody with more rights must prepare the database.
func Migrate(ctx context.Context, cfg Config) error { return migrateTo(ctx, cfg, goose.MaxVersion) }

func migrateTo(ctx context.Context, cfg Config, version int64) error {
	if err := prepare(ctx, cfg); err != nil {
		return err
	}
	conf, err := pgx.ParseConfig(cfg.direct())
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	cfg.session(conf, RoleOwner)
	noticeLoss(&conf.Config)
	conf.RuntimeParams["application_name"] = "noded migrate"
	db := stdlib.OpenDB(*conf)
	defer db.Close()
	if err := migrateUp(ctx, db, version, cfg.Log); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if err := migrateQueue(ctx, cfg); err != nil {
		return fmt.Errorf("store: migrate the job queue: %w", err)
	}
	return nil
}

func migrateUp(ctx context.Context, db *sql.DB, version int64, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	// Session locks are held by the connection: a node that dies lets go at once.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		results, err := provider.UpTo(ctx, version)
		for _, r := range results {
			log.Info("migrated", "file", r.Source.Path, "took", r.Duration.Round(time.Millisecond).String())
		}
		if !isCode(err, codeLockNotAvailable) || try == lockTries {
			return err
		}
		log.Info("a table is in use, migrating again soon", "err", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(lockPause):
		}
	}
}

// How often and when to try again where a migration gives up on a table that others
// read or write: the reports of the nodes that serve go on in between.
const (
	lockTries = 60
	lockPause = 2 * time.Second
)

const missingRolesSQL = `
SELECT r
FROM unnest($1::text[]) AS r
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r)
ORDER BY r`

// prepare makes roles and schema where they are missing and the login may.
func prepare(ctx context.Context, cfg Config) error {
	conf, err := pgx.ParseConfig(cfg.direct())
	if err != nil {
		return fmt.Errorf("store: connect: %w", err)
	}
	noticeLoss(&conf.Config)
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return fmt.Errorf("store: connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version int
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return fmt.Errorf("store: version of the database: %w", err)
	}
	if version < 150000 {
		return fmt.Errorf("store: the database is PostgreSQL %d, 15 or newer is needed", version/10000)
	}
	if err := makeRoles(ctx, conn); err != nil {
		return err
	}
	if err := makeSchema(ctx, conn, cfg.SetRole); err != nil {
		return err
	}
	if cfg.Pooled {
		return makeLogins(ctx, conn, cfg)
	}
	return nil
}

func makeRoles(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, missingRolesSQL, []string{RoleOwner, RoleIngest, RoleAPI})
	if err != nil {
		return fmt.Errorf("store: read roles: %w", err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("store: read roles: %w", err)
	}
	for _, role := range missing {
		_, err := conn.Exec(ctx, "CREATE ROLE "+pgx.Identifier{role}.Sanitize())
		switch {
		case isCode(err, codeDuplicateObject), isCode(err, codeUniqueViolation): // another node was faster
		case isCode(err, codeInsufficientRight):
			return &RolesError{Err: err, SQL: rolesByHand(conn.Config())}
		case err != nil:
			return fmt.Errorf("store: make role %s: %w", role, err)
		}
	}
	return nil
}

// rolesByHand is what the administrator runs for a login that may not.
func rolesByHand(c *pgx.ConnConfig) string {
	user, database := pgx.Identifier{c.User}.Sanitize(), pgx.Identifier{c.Database}.Sanitize()
	return "CREATE ROLE picket_owner; CREATE ROLE picket_ingest; CREATE ROLE picket_api; " +
		"GRANT picket_owner, picket_ingest, picket_api TO " + user + "; " +
		"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE " + database + " TO picket_owner; " +
		"GRANT CONNECT, TEMPORARY ON DATABASE " + database + " TO picket_ingest; " +
		"GRANT CONNECT ON DATABASE " + database + " TO picket_api;"
}

// makeSchema makes the schema, as a member of the roles where the login is not
// picket_owner itself.
func makeSchema(ctx context.Context, conn *pgx.Conn, setRole bool) error {
	const (
		haveSQL = `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'picket')`
		makeSQL = `CREATE SCHEMA IF NOT EXISTS picket AUTHORIZATION picket_owner`
	)
	if setRole {
		if err := joinRoles(ctx, conn); err != nil {
			return err
		}
	}
	var have bool
	if err := conn.QueryRow(ctx, haveSQL).Scan(&have); err != nil {
		return fmt.Errorf("store: read schema: %w", err)
	}
	if have {
		return nil
	}
	_, err := conn.Exec(ctx, makeSQL)
	if isCode(err, codeInsufficientRight) {
		return &RolesError{Err: err, SQL: "CREATE SCHEMA picket AUTHORIZATION picket_owner; " + rolesByHand(conn.Config())}
	}
	if err != nil && !isCode(err, codeUniqueViolation) {
		return fmt.Errorf("store: make schema: %w", err)
	}
	return nil
}

// joinRoles makes the login a member of the roles that it made or may grant, and
// lets picket_ingest have its staging.
func joinRoles(ctx context.Context, conn *pgx.Conn) error {
	const memberSQL = `
SELECT bool_and(pg_has_role(current_user, r, 'MEMBER'))
FROM unnest($1::text[]) AS r`
	var member bool
	if err := conn.QueryRow(ctx, memberSQL, []string{RoleOwner, RoleIngest, RoleAPI}).Scan(&member); err != nil {
		return fmt.Errorf("store: read memberships: %w", err)
	}
	if member {
		return nil
	}
	// CURRENT_USER is a role specification, so that no name is quoted here.
	_, err := conn.Exec(ctx, `GRANT picket_owner, picket_ingest, picket_api TO CURRENT_USER`)
	if isCode(err, codeInsufficientRight) {
		return &RolesError{Err: err, SQL: rolesByHand(conn.Config())}
	}
	if err != nil {
		return fmt.Errorf("store: join roles: %w", err)
	}
	return nil
}
