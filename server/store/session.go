package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

const addSessionSQL = `
INSERT INTO session (token_hash, user_id, expires_at)
VALUES (@hash, @user::uuid, now() + @life::interval)`

const noteLoginSQL = `
UPDATE user_account
SET last_login_at = now()
WHERE id = @user::uuid`

const dropSessionsSQL = `
DELETE FROM session
WHERE expires_at < now()`

// AddSession begins a session, and forgets those that are over.
func (u *Users) AddSession(ctx context.Context, token [32]byte, userID string, life time.Duration) error {
	err := pgx.BeginFunc(ctx, u.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, dropSessionsSQL); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, noteLoginSQL, pgx.StrictNamedArgs{"user": userID}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, addSessionSQL, pgx.StrictNamedArgs{"hash": token[:], "user": userID, "life": life})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: begin session: %w", err)
	}
	return nil
}

const sessionSQL = `
SELECT u.id::text,
       u.name,
       u.role,
       s.last_used_at < now() - interval '5 minutes' AS stale
FROM session s
JOIN user_account u ON u.id = s.user_id
WHERE s.token_hash = @hash
  AND s.expires_at > now()
  AND s.last_used_at > now() - @idle::interval
  AND u.disabled_at IS NULL`

const touchSessionSQL = `
UPDATE session
SET last_used_at = now()
WHERE token_hash = @hash`

const tenantsOfUserSQL = `
SELECT id::text AS id,
       slug,
       name
FROM tenant
ORDER BY slug`

// Session returns the session of a token and notes its use (to five minutes),
// or auth.ErrNotFound. An administrator is a member of every tenant.
func (u *Users) Session(ctx context.Context, token [32]byte, idle time.Duration) (*auth.Session, error) {
	session, err := u.session(ctx, token, idle)
	if err != nil && !errors.Is(err, auth.ErrNotFound) {
		return nil, fmt.Errorf("store: read session: %w", err)
	}
	return session, err
}

func (u *Users) session(ctx context.Context, token [32]byte, idle time.Duration) (*auth.Session, error) {
	var s auth.Session
	var stale bool
	args := pgx.StrictNamedArgs{"hash": token[:], "idle": idle}
	err := u.pool.QueryRow(ctx, sessionSQL, args).Scan(&s.User.ID, &s.User.Name, &s.User.Role, &stale)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, auth.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if stale {
		if _, err := u.pool.Exec(ctx, touchSessionSQL, pgx.StrictNamedArgs{"hash": token[:]}); err != nil {
			return nil, err
		}
	}
	if s.User.Role != auth.RoleAdministrator {
		return &s, nil
	}
	rows, err := u.pool.Query(ctx, tenantsOfUserSQL)
	if err != nil {
		return nil, err
	}
	s.Tenants, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t auth.Tenant, err error) {
		t.Permissions = auth.RoleAdministrator.Permissions()
		return t, row.Scan(&t.ID, &t.Slug, &t.Name)
	})
	return &s, err
}

const deleteSessionSQL = `
DELETE FROM session
WHERE token_hash = @hash`

// DeleteSession ends a session.
func (u *Users) DeleteSession(ctx context.Context, token [32]byte) error {
	if _, err := u.pool.Exec(ctx, deleteSessionSQL, pgx.StrictNamedArgs{"hash": token[:]}); err != nil {
		return fmt.Errorf("store: end session: %w", err)
	}
	return nil
}
