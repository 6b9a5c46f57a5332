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
INSERT INTO session (token_hash, user_id, expires_at, method, second_factor, address, user_agent)
VALUES (@hash, @user::uuid, now() + @life::interval, @method, @factor, @address, @agent)`

const noteLoginSQL = `
UPDATE user_account
SET last_login_at = now()
WHERE id = @user::uuid`

const dropSessionsSQL = `
DELETE FROM session
WHERE expires_at < now()`

// AddSession begins a session, and forgets those that are over.
func (u *Users) AddSession(ctx context.Context, token [32]byte, user auth.User, start auth.Start, life time.Duration) error {
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorUser, ID: user.ID, Name: user.Name, Address: start.Address})
	err := within(ctx, u.pool, pgx.ReadWrite, as{scope: Installation.String()}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, dropSessionsSQL); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, noteLoginSQL, pgx.StrictNamedArgs{"user": user.ID}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, addSessionSQL, pgx.StrictNamedArgs{
			"hash": token[:], "user": user.ID, "life": life, "method": start.Method, "factor": start.SecondFactor,
			"address": cut(start.Address, 64), "agent": cut(plain(start.Agent), 512),
		})
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Verb: "sign-in", Object: "user", ID: user.ID, Name: user.Name})
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
       s.id::text,
       s.second_factor,
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

// Session returns the session of a token and notes its use (to five minutes),
// or auth.ErrNotFound.
func (u *Users) Session(ctx context.Context, token [32]byte, idle time.Duration) (*auth.Session, error) {
	s := &auth.Session{}
	err := within(ctx, u.pool, pgx.ReadWrite, as{}, func(tx pgx.Tx) error {
		var stale bool
		args := pgx.StrictNamedArgs{"hash": token[:], "idle": idle}
		err := tx.QueryRow(ctx, sessionSQL, args).Scan(&s.User.ID, &s.User.Name, &s.User.Role, &s.ID, &s.SecondFactor, &stale)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		if stale {
			if _, err := tx.Exec(ctx, touchSessionSQL, pgx.StrictNamedArgs{"hash": token[:]}); err != nil {
				return err
			}
		}
		return loadScopes(ctx, tx, s, "")
	})
	if errors.Is(err, auth.ErrNotFound) {
		return nil, auth.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("store: read session: %w", err)
	}
	return s, nil
}

const organisationsOfUserSQL = `
SELECT o.id::text, o.name, o.require_second_factor, coalesce(m.role, '')
FROM organisation o
LEFT JOIN membership m ON m.scope_id = o.id AND m.user_id = @user::uuid
WHERE @admin OR m.role = 'organisation-admin'
ORDER BY o.name, o.id`

const tenantsOfUserSQL = `
SELECT t.id::text,
       t.organisation_id::text,
       t.slug,
       t.name,
       t.require_second_factor OR o.require_second_factor,
       coalesce(of_tenant.role, ''),
       coalesce(of_organisation.role, '')
FROM tenant t
JOIN organisation o ON o.id = t.organisation_id
LEFT JOIN membership of_tenant ON of_tenant.scope_id = t.id AND of_tenant.user_id = @user::uuid
LEFT JOIN membership of_organisation ON of_organisation.scope_id = o.id AND of_organisation.user_id = @user::uuid
WHERE (@admin OR of_tenant.role IS NOT NULL OR of_organisation.role IS NOT NULL)
  AND (@only = '' OR t.id = nullif(@only, '')::uuid)
ORDER BY t.slug`

// loadScopes completes a session by what its user may do where. An administrator
// is a member of everything; only limits the tenants to one.
func loadScopes(ctx context.Context, tx pgx.Tx, s *auth.Session, only string) error {
	if err := enter(ctx, tx, as{user: s.User.ID}); err != nil {
		return err
	}
	admin := s.User.Role == auth.RoleAdministrator
	base := auth.Set{}
	if admin {
		base = auth.RoleAdministrator.Permissions()
	}
	limit := func(p auth.Set) auth.Set {
		if s.Token != nil {
			return p.Intersect(s.Token.Permissions)
		}
		return p
	}
	if only == "" {
		s.Installation = limit(base)
		rows, err := tx.Query(ctx, organisationsOfUserSQL, pgx.StrictNamedArgs{"user": s.User.ID, "admin": admin})
		if err != nil {
			return err
		}
		s.Organisations, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o auth.Organisation, err error) {
			var role auth.Role
			var factor bool
			err = row.Scan(&o.ID, &o.Name, &factor, &role)
			o.Permissions, o.NeedsFactor = limit(base.Union(role.Permissions())), factor && !s.SecondFactor
			return o, err
		})
		if err != nil {
			return err
		}
	}
	rows, err := tx.Query(ctx, tenantsOfUserSQL, pgx.StrictNamedArgs{"user": s.User.ID, "admin": admin, "only": only})
	if err != nil {
		return err
	}
	s.Tenants, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t auth.Tenant, err error) {
		var ofTenant, ofOrganisation auth.Role
		var factor bool
		err = row.Scan(&t.ID, &t.OrganisationID, &t.Slug, &t.Name, &factor, &ofTenant, &ofOrganisation)
		t.Permissions = limit(base.Union(ofTenant.Permissions()).Union(ofOrganisation.Permissions()))
		t.NeedsFactor = factor && !s.SecondFactor
		return t, err
	})
	return err
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

const sessionsSQL = `
SELECT id::text AS id,
       method,
       second_factor,
       address,
       user_agent AS agent,
       created_at,
       last_used_at,
       expires_at
FROM session
WHERE user_id = @id::uuid
  AND expires_at > now()
  AND last_used_at > now() - @idle::interval
ORDER BY last_used_at DESC, id`

// Sessions returns a user's sessions, last used first.
func (u *Users) Sessions(ctx context.Context, user string, idle time.Duration) (list []auth.OpenSession, err error) {
	err = u.own(ctx, user, "", "sessions", func(tx pgx.Tx) error {
		list, err = collect[auth.OpenSession](ctx, tx, sessionsSQL, pgx.StrictNamedArgs{"id": user, "idle": idle})
		return err
	})
	return list, err
}

// EndSession ends one of a user's sessions by its id, or returns auth.ErrNotFound.
func (u *Users) EndSession(ctx context.Context, user, id string) error {
	const endSQL = `DELETE FROM session WHERE user_id = @user::uuid AND id = @id::uuid`
	return u.own(ctx, user, "end", "session", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, endSQL, pgx.StrictNamedArgs{"user": user, "id": id})
		if err == nil && tag.RowsAffected() == 0 {
			return auth.ErrNotFound
		}
		return err
	})
}

const endOtherSessionsSQL = `DELETE FROM session WHERE user_id = @user::uuid AND id <> @keep::uuid`

// EndOtherSessions ends all of a user's sessions but one.
func (u *Users) EndOtherSessions(ctx context.Context, user, keep string) error {
	return u.own(ctx, user, "end-others", "session", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, endOtherSessionsSQL, pgx.StrictNamedArgs{"user": user, "keep": keep})
		return err
	})
}

// SetPassword gives a user another password and ends all its other sessions.
func (u *Users) SetPassword(ctx context.Context, user, hash, keep string) error {
	const setSQL = `
UPDATE user_account
SET password_hash = @hash, has_password = true, password_changed_at = now()
WHERE id = @user::uuid`
	return u.own(ctx, user, "change", "password", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, setSQL, pgx.StrictNamedArgs{"user": user, "hash": hash}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, endOtherSessionsSQL, pgx.StrictNamedArgs{"user": user, "keep": keep})
		return err
	})
}

// HasPassword reports whether a user has a password; one whom a provider made has not.
func (u *Users) HasPassword(ctx context.Context, user string) (has bool, err error) {
	const hasSQL = `SELECT has_password FROM user_account WHERE id = @id::uuid`
	err = u.own(ctx, user, "", "account", func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, hasSQL, pgx.StrictNamedArgs{"id": user}).Scan(&has)
	})
	return has, err
}
