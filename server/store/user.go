package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"picket/server/auth"
	"picket/server/seal"
)

// Users are the people who may sign in, and their sessions. Its methods may be
// called concurrently.
type Users struct {
	pool *pgxpool.Pool
	keys *seal.Keyring
}

// Users returns the people of the installation. It is valid until s is closed.
func (s *Store) Users() *Users { return &Users{pool: s.api, keys: s.config.Keys} }

const passwordHashSQL = `
SELECT id::text,
       name,
       role,
       password_hash
FROM user_account
WHERE lower(name) = lower(@name)
  AND disabled_at IS NULL
ORDER BY name
LIMIT 1`

// PasswordHash returns a user and its argon2id string, or auth.ErrNotFound.
func (u *Users) PasswordHash(ctx context.Context, name string) (user auth.User, hash string, err error) {
	err = u.pool.QueryRow(ctx, passwordHashSQL, pgx.StrictNamedArgs{"name": name}).Scan(&user.ID, &user.Name, &user.Role, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return user, "", auth.ErrNotFound
	}
	if err != nil {
		return user, "", fmt.Errorf("store: read user: %w", err)
	}
	return user, hash, nil
}

const dropFirstLoginSQL = `
DELETE FROM first_login
WHERE used_at IS NULL`

const setFirstLoginSQL = `
INSERT INTO first_login (token_hash, expires_at)
SELECT @hash, now() + @life::interval
WHERE NOT EXISTS (SELECT FROM user_account)`

// SetFirstLogin replaces the first-login token and reports whether it did: not
// where a user exists already.
func (u *Users) SetFirstLogin(ctx context.Context, token [32]byte, life time.Duration) (set bool, err error) {
	err = pgx.BeginFunc(ctx, u.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, dropFirstLoginSQL); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, setFirstLoginSQL, pgx.StrictNamedArgs{"hash": token[:], "life": life})
		set = tag.RowsAffected() == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: set first login: %w", err)
	}
	return set, nil
}

const firstLoginValidSQL = `
SELECT EXISTS (
  SELECT FROM first_login
  WHERE token_hash = @hash
    AND used_at IS NULL
    AND expires_at > now())`

// FirstLoginValid reports whether the token may be used now.
func (u *Users) FirstLoginValid(ctx context.Context, token [32]byte) (valid bool, err error) {
	err = u.pool.QueryRow(ctx, firstLoginValidSQL, pgx.StrictNamedArgs{"hash": token[:]}).Scan(&valid)
	if err != nil {
		return false, fmt.Errorf("store: read first login: %w", err)
	}
	return valid, nil
}

// The row's lock lets one of several that use a token at once go on.
const useFirstLoginSQL = `
UPDATE first_login
SET used_at = now()
WHERE token_hash = @hash
  AND used_at IS NULL
  AND expires_at > now()
  AND NOT EXISTS (SELECT FROM user_account)`

const addUserSQL = `
INSERT INTO user_account (id, name, password_hash, role)
VALUES (@id::uuid, @name, @password, 'admin')`

const noteFirstUserSQL = `
UPDATE first_login
SET user_id = @id::uuid
WHERE token_hash = @hash`

// UseFirstLogin uses the token up and makes the first user, or returns
// auth.ErrNotFound and does nothing.
func (u *Users) UseFirstLogin(ctx context.Context, token [32]byte, name, passwordHash string) (auth.User, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return auth.User{}, fmt.Errorf("store: make user: %w", err)
	}
	user := auth.User{ID: id.String(), Name: name, Role: auth.RoleAdministrator}
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorUser, ID: user.ID, Name: name, Address: auth.ActorOf(ctx).Address})
	err = within(ctx, u.pool, pgx.ReadWrite, as{scope: Installation.String()}, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, useFirstLoginSQL, pgx.StrictNamedArgs{"hash": token[:]})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return auth.ErrNotFound
		}
		if _, err := tx.Exec(ctx, addUserSQL, pgx.StrictNamedArgs{"id": user.ID, "name": name, "password": passwordHash}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, noteFirstUserSQL, pgx.StrictNamedArgs{"id": user.ID, "hash": token[:]}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Verb: "create", Object: "user", ID: user.ID, Name: name, After: auditAccount{Name: name, Role: string(user.Role)},
		})
	})
	if errors.Is(err, auth.ErrNotFound) {
		return auth.User{}, err
	}
	if err != nil {
		return auth.User{}, fmt.Errorf("store: make user: %w", err)
	}
	return user, nil
}

const loginFailuresSQL = `
SELECT coalesce(sum(a.failures), 0)::int
FROM unnest(@keys::text[]) WITH ORDINALITY AS k (key, place)
LEFT JOIN login_attempt a
  ON a.key = k.key
 AND a.window_start > now() - @window::interval
GROUP BY k.place
ORDER BY k.place`

// LoginFailures counts the failures for each key within the window.
func (u *Users) LoginFailures(ctx context.Context, keys []string, window time.Duration) ([]int, error) {
	rows, err := u.pool.Query(ctx, loginFailuresSQL, pgx.StrictNamedArgs{"keys": keys, "window": window})
	if err != nil {
		return nil, fmt.Errorf("store: count failed logins: %w", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("store: count failed logins: %w", err)
	}
	return counts, nil
}

// Rows are counts of a minute; those of the last day are enough.
const addLoginFailureSQL = `
INSERT INTO login_attempt (key, window_start, failures)
SELECT k, date_trunc('minute', now()), 1
FROM unnest(@keys::text[]) AS k
ORDER BY k
ON CONFLICT (key, window_start)
DO UPDATE SET failures = login_attempt.failures + 1`

const dropLoginAttemptsSQL = `
DELETE FROM login_attempt
WHERE window_start < now() - interval '1 day'`

// AddLoginFailure counts a failure for each key.
func (u *Users) AddLoginFailure(ctx context.Context, keys []string) error {
	if _, err := u.pool.Exec(ctx, addLoginFailureSQL, pgx.StrictNamedArgs{"keys": keys}); err != nil {
		return fmt.Errorf("store: count failed login: %w", err)
	}
	if _, err := u.pool.Exec(ctx, dropLoginAttemptsSQL); err != nil {
		return fmt.Errorf("store: drop old failed logins: %w", err)
	}
	return nil
}

const forgetLoginFailuresSQL = `
DELETE FROM login_attempt
WHERE key = @key`

// ForgetLoginFailures forgets the failures for a key.
func (u *Users) ForgetLoginFailures(ctx context.Context, key string) error {
	if _, err := u.pool.Exec(ctx, forgetLoginFailuresSQL, pgx.StrictNamedArgs{"key": key}); err != nil {
		return fmt.Errorf("store: forget failed logins: %w", err)
	}
	return nil
}
