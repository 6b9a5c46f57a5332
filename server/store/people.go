package store

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"picket/server/seal"
)

// Directory administers organisations, tenants, places and people, and reads the
// audit log. Its methods may be called concurrently. Every method that changes
// something writes the audit log in the same transaction.
type Directory struct {
	pool *pgxpool.Pool
	keys *seal.Keyring
}

// Directory returns what administers people and places. It is valid until s is
// closed.
func (s *Store) Directory() *Directory { return &Directory{pool: s.api, keys: s.config.Keys} }

// Installation is the scope that is neither a tenant nor an organisation.
var Installation = uuid.Nil

// Kinds of scopes.
const (
	ScopeInstallation = "installation"
	ScopeOrganisation = "organisation"
	ScopeTenant       = "tenant"
)

// Scope is a tenant, an organisation or the installation.
type Scope struct {
	ID   string // UUID; that of Installation is all zeros
	Kind string
}

func (s Scope) uuid() uuid.UUID {
	id, err := uuid.Parse(s.ID)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// ErrInUse is returned where something cannot be removed because other things
// belong to it.
var ErrInUse = fmt.Errorf("in use: %w", ErrConflict)

// as is what a transaction of picket_api may see: the rows of a scope, those of a
// user, and the one of which it knows the token.
type as struct {
	scope, user string
	token       []byte // SHA-256
}

const enterSQL = `
SELECT set_config('picket.tenant_id', @scope, true),
       set_config('picket.user_id', @user, true),
       set_config('picket.token_hash', @token, true),
       set_config('jit', 'off', true),
       set_config('statement_timeout', @timeout, true)`

// within runs f in a transaction that sees what a says.
func within(ctx context.Context, pool *pgxpool.Pool, mode pgx.TxAccessMode, a as, f func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: mode}, func(tx pgx.Tx) error {
		if err := enter(ctx, tx, a); err != nil {
			return err
		}
		return f(tx)
	})
}

// enter changes what the rest of a transaction sees.
func enter(ctx context.Context, tx pgx.Tx, a as) error {
	_, err := tx.Exec(ctx, enterSQL, pgx.StrictNamedArgs{
		"scope": a.scope, "user": a.user, "token": hex.EncodeToString(a.token),
		"timeout": fmt.Sprintf("%dms", statementTimeout.Milliseconds()),
	})
	if err != nil {
		return fmt.Errorf("enter scope: %w", err)
	}
	return nil
}

// inScope is within a scope, with errors that name what was done.
func (d *Directory) inScope(ctx context.Context, mode pgx.TxAccessMode, scope Scope, what string, f func(pgx.Tx) error) error {
	err := within(ctx, d.pool, mode, as{scope: scope.uuid().String()}, f)
	switch {
	case isCode(err, codeUniqueViolation):
		err = ErrConflict
	case isCode(err, codeForeignKeyViolation):
		err = ErrInUse
	}
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	return nil
}

// one reports whether a statement concerned a row, or ErrNotFound.
func one(rows int64, err error) error {
	if err == nil && rows == 0 {
		return ErrNotFound
	}
	return err
}
