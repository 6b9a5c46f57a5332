package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"picket/server/seal"
	"picket/server/store/pack"
)

// The roles of the schema.
const (
	RoleOwner  = "picket_owner"
	RoleIngest = "picket_ingest"
	RoleAPI    = "picket_api"
)

// Errors that callers act on.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("exists already")
)

// Config says how to reach the database as each role, in the forms of libpq.
type Config struct {
	Owner, Ingest, API string

	// SetRole makes each connection take its role by SET ROLE at start: for a
	// database whose one login is a member of all three.
	SetRole bool

	// Pooled says that Owner, Ingest and API lead through a pooler in transaction
	// mode. Each role is a login of its own then, whatever user they name.
	Pooled bool

	// Direct is for what needs a session of its own: migrations and LISTEN. Empty:
	// Owner, which then must not be pooled.
	Direct string

	Limits Limits // zero: DefaultLimits

	// Keys seal people's and providers' secrets; nil: they are kept in clear.
	Keys *seal.Keyring

	Log *slog.Logger // nil discards

	timings *timings // set by Open
}

// FromURL is the Config for a database that one login reaches, a member of the
// three roles (or a superuser, which is discouraged: see Migrate).
func FromURL(url string, log *slog.Logger) Config {
	return Config{Owner: url, Ingest: url, API: url, SetRole: true, Log: log}
}

// FromURLs is the Config for a database that is reached through a pooler in
// transaction mode at pooled, and itself at direct, by a login as FromURL wants it. On
// the pooler picket_owner, picket_ingest and picket_api log in, with pooled's password.
func FromURLs(pooled, direct string, log *slog.Logger) Config {
	return Config{Owner: pooled, Ingest: pooled, API: pooled, SetRole: true, Pooled: true, Direct: direct, Log: log}
}

// A Store is the database of a cluster. Its methods may be called from several
// goroutines.
type Store struct {
	owner, ingest, api *pgxpool.Pool
	config             Config
	timings            *timings
	log                *slog.Logger

	partitions partitionCache
	defs       *definitionCache
	packer     pack.Packer
	seen       *seenCache
	sizes      registrySizes
}

// Open connects; the schema must be there (Migrate). Connections are made when
// they are needed, so that Open succeeds while the database is away.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg.timings = &timings{}
	s := &Store{config: cfg, timings: cfg.timings, log: cfg.Log, defs: newDefinitionCache(), seen: newSeenCache()}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, p := range []struct {
		pool      **pgxpool.Pool
		url, role string
		most      int32
	}{
		{&s.owner, cfg.Owner, RoleOwner, 6},
		{&s.ingest, cfg.Ingest, RoleIngest, 6},
		{&s.api, cfg.API, RoleAPI, 16},
	} {
		pool, err := openPool(ctx, cfg, p.url, p.role, p.most)
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("store: connect as %s: %w", p.role, err)
		}
		*p.pool = pool
	}
	return s, nil
}

// Close ends all connections, after those in use are returned.
func (s *Store) Close() {
	for _, p := range []*pgxpool.Pool{s.api, s.ingest, s.owner} {
		if p != nil {
			p.Close()
		}
	}
}

// Ping reports whether the database answers and has the schema.
func (s *Store) Ping(ctx context.Context) error {
	const pingSQL = `SELECT 1 FROM tenant LIMIT 1`
	if _, err := s.api.Exec(ctx, pingSQL); err != nil {
		return fmt.Errorf("store: ping: %w", err)
	}
	return nil
}

const setTenantSQL = `SELECT set_config('picket.tenant_id', $1, true)`

// InTenant calls f within a transaction as picket_api that sees the rows of
// tenant and no other. The transaction is committed when f returns nil.
func (s *Store) InTenant(ctx context.Context, tenant uuid.UUID, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.api, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, setTenantSQL, tenant.String()); err != nil {
			return fmt.Errorf("store: set tenant: %w", err)
		}
		return f(tx)
	})
}

// notFound translates the absence of a row.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// isCode reports whether err is the server's error with an SQLSTATE.
func isCode(err error, code string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code
}

// SQLSTATE codes (PostgreSQL, appendix A) that change what the caller does.
const (
	codeUniqueViolation     = "23505"
	codeForeignKeyViolation = "23503"
	codeCheckViolation      = "23514" // also: no partition for the row
	codeInsufficientRight   = "42501"
	codeLockNotAvailable    = "55P03"
	codeDuplicateObject     = "42710"
)
