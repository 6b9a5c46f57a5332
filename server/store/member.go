package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Member is a user with a role in a scope.
type Member struct {
	UserID       string
	Name         string
	Role         string
	ByProvider   bool // a provider gives it at each sign-in
	SecondFactor bool
	DisabledAt   *time.Time
	LastLoginAt  *time.Time
	Since        time.Time
}

const membersSQL = `
SELECT u.id::text AS user_id,
       u.name,
       m.role,
       m.provider IS NOT NULL AS by_provider,
       u.second_factor_at IS NOT NULL AS second_factor,
       u.disabled_at,
       u.last_login_at,
       m.created_at AS since
FROM membership m
JOIN user_account u ON u.id = m.user_id
WHERE m.scope_id = @scope::uuid
ORDER BY lower(u.name), u.id
LIMIT 10000`

// Members returns the members of a scope by name.
func (d *Directory) Members(ctx context.Context, scope Scope) (list []Member, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, scope, "list members", func(tx pgx.Tx) error {
		list, err = collect[Member](ctx, tx, membersSQL, pgx.StrictNamedArgs{"scope": scope.ID})
		return err
	})
	return list, err
}

type auditMember struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

const memberForChangeSQL = `
SELECT u.name, m.role
FROM membership m
JOIN user_account u ON u.id = m.user_id
WHERE m.scope_id = @scope::uuid
  AND m.user_id = @user::uuid
FOR UPDATE OF m`

// ChangeMember sets the role of a member, or returns ErrNotFound where the user is
// none. check is called with the role from before, and refuses by an error. A
// provider's membership becomes people's.
func (d *Directory) ChangeMember(ctx context.Context, scope Scope, user, role string, check func(before string) error) error {
	const changeSQL = `UPDATE membership SET role = @role, provider = NULL WHERE scope_id = @scope::uuid AND user_id = @user::uuid`
	return d.inScope(ctx, pgx.ReadWrite, scope, "change member", func(tx pgx.Tx) error {
		var before auditMember
		args := pgx.StrictNamedArgs{"scope": scope.ID, "user": user}
		if err := tx.QueryRow(ctx, memberForChangeSQL, args).Scan(&before.Name, &before.Role); err != nil {
			return notFound(err)
		}
		if err := check(before.Role); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"scope": scope.ID, "user": user, "role": role}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: scope.uuid(), Verb: "change", Object: "member", ID: user, Name: before.Name, Before: before, After: auditMember{before.Name, role},
		})
	})
}

// DropMember ends a membership, or returns ErrNotFound where the user has none.
func (d *Directory) DropMember(ctx context.Context, scope Scope, user string, check func(before string) error) error {
	const dropSQL = `DELETE FROM membership WHERE scope_id = @scope::uuid AND user_id = @user::uuid`
	return d.inScope(ctx, pgx.ReadWrite, scope, "remove member", func(tx pgx.Tx) error {
		var before auditMember
		args := pgx.StrictNamedArgs{"scope": scope.ID, "user": user}
		if err := tx.QueryRow(ctx, memberForChangeSQL, args).Scan(&before.Name, &before.Role); err != nil {
			return notFound(err)
		}
		if err := check(before.Role); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropSQL, args); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: scope.uuid(), Verb: "delete", Object: "member", ID: user, Name: before.Name, Before: before})
	})
}

const putMemberSQL = `
INSERT INTO membership (scope_id, scope_kind, user_id, role, provider)
VALUES (@scope::uuid, @kind, @user::uuid, @role, nullif(@provider, '')::uuid)
ON CONFLICT (scope_id, user_id) DO UPDATE
SET role = EXCLUDED.role,
    provider = EXCLUDED.provider`

// putMember makes a user a member of the transaction's scope.
func putMember(ctx context.Context, tx pgx.Tx, scope Scope, user, role, provider string) error {
	_, err := tx.Exec(ctx, putMemberSQL, pgx.StrictNamedArgs{
		"scope": scope.ID, "kind": scope.Kind, "user": user, "role": role, "provider": provider,
	})
	return err
}
