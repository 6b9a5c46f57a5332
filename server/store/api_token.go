package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

const apiTokensSQL = `
SELECT a.id::text AS id,
       a.name,
       a.prefix,
       a.permissions,
       coalesce(t.slug, '') AS tenant,
       a.created_at,
       a.expires_at,
       a.last_used_at
FROM api_token a
LEFT JOIN tenant t ON t.id = a.only_tenant
WHERE a.user_id = @id::uuid
ORDER BY a.created_at DESC, a.id`

// APITokens returns a user's tokens, newest first.
func (u *Users) APITokens(ctx context.Context, user string) (list []auth.APIToken, err error) {
	err = u.own(ctx, user, "", "tokens", func(tx pgx.Tx) error {
		list, err = collect[auth.APIToken](ctx, tx, apiTokensSQL, pgx.StrictNamedArgs{"id": user})
		return err
	})
	return list, err
}

type auditToken struct {
	Prefix      string    `json:"prefix"`
	Permissions []string  `json:"permissions"`
	Tenant      string    `json:"tenant,omitempty"`
	ExpiresAt   time.Time `json:"expiresAt"`
}

// AddAPIToken keeps a token and returns it with its id and times. The error is
// auth.ErrTooMany where the user has auth.MaxAPITokens.
func (u *Users) AddAPIToken(ctx context.Context, user string, t auth.APIToken, hash [32]byte, life time.Duration, factor bool) (auth.APIToken, error) {
	const (
		lockSQL  = `SELECT FROM user_account WHERE id = @id::uuid FOR UPDATE`
		countSQL = `SELECT count(*) FROM api_token WHERE user_id = @id::uuid AND expires_at > now()`
		addSQL   = `
INSERT INTO api_token (user_id, id, name, prefix, token_hash, permissions, only_tenant, second_factor, expires_at)
VALUES (@user::uuid, @id, @name, @prefix, @hash, @permissions, (SELECT id FROM tenant WHERE slug = nullif(@tenant, '')), @factor, now() + @life::interval)
RETURNING created_at, expires_at`
	)
	id := newID()
	t.ID = id.String()
	err := u.own(ctx, user, "", "token", func(tx pgx.Tx) error {
		var count int
		if _, err := tx.Exec(ctx, lockSQL, pgx.StrictNamedArgs{"id": user}); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, countSQL, pgx.StrictNamedArgs{"id": user}).Scan(&count); err != nil {
			return err
		}
		if count >= auth.MaxAPITokens {
			return auth.ErrTooMany
		}
		err := tx.QueryRow(ctx, addSQL, pgx.StrictNamedArgs{
			"user": user, "id": id, "name": t.Name, "prefix": t.Prefix, "hash": hash[:], "permissions": t.Permissions, "tenant": t.Tenant,
			"factor": factor, "life": life,
		}).Scan(&t.CreatedAt, &t.ExpiresAt)
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Verb: "create", Object: "token", ID: t.ID, Name: t.Name, After: auditToken{t.Prefix, t.Permissions, t.Tenant, t.ExpiresAt},
		})
	})
	return t, err
}

// DropAPIToken ends a token of a user, or returns auth.ErrNotFound.
func (u *Users) DropAPIToken(ctx context.Context, user, id string) error {
	const dropSQL = `DELETE FROM api_token WHERE user_id = @user::uuid AND id = @id::uuid RETURNING name, prefix, permissions, expires_at`
	return u.own(ctx, user, "", "token", func(tx pgx.Tx) error {
		var name string
		var before auditToken
		err := tx.QueryRow(ctx, dropSQL, pgx.StrictNamedArgs{"user": user, "id": id}).Scan(&name, &before.Prefix, &before.Permissions, &before.ExpiresAt)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Verb: "delete", Object: "token", ID: id, Name: name, Before: before})
	})
}

// TokenSession returns who holds an API token with what it may do, and notes its use
// (to five minutes), or returns auth.ErrNotFound.
func (u *Users) TokenSession(ctx context.Context, hash [32]byte) (*auth.Session, error) {
	const (
		findSQL = `
SELECT a.id::text, a.name, a.permissions, coalesce(a.only_tenant::text, ''), a.second_factor,
       coalesce(a.last_used_at < now() - interval '5 minutes', true),
       u.id::text, u.name, u.role
FROM api_token a
JOIN user_account u ON u.id = a.user_id
WHERE a.token_hash = @hash
  AND a.expires_at > now()
  AND u.disabled_at IS NULL`
		touchSQL = `UPDATE api_token SET last_used_at = now() WHERE token_hash = @hash`
	)
	s := &auth.Session{}
	err := within(ctx, u.pool, pgx.ReadWrite, as{token: hash[:]}, func(tx pgx.Tx) error {
		var scopes []string
		var only string
		var stale bool
		token := &auth.TokenUse{}
		args := pgx.StrictNamedArgs{"hash": hash[:]}
		err := tx.QueryRow(ctx, findSQL, args).
			Scan(&token.ID, &token.Name, &scopes, &only, &s.SecondFactor, &stale, &s.User.ID, &s.User.Name, &s.User.Role)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		for _, p := range scopes {
			token.Permissions = token.Permissions.With(auth.Permission(p))
		}
		s.Token = token
		if stale {
			if err := enter(ctx, tx, as{user: s.User.ID, token: hash[:]}); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, touchSQL, args); err != nil {
				return err
			}
		}
		return loadScopes(ctx, tx, s, only)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}
