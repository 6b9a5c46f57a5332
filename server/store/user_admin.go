package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Account is a user as administrators of the installation see it.
type Account struct {
	ID           string
	Name         string
	Role         string
	HasPassword  bool
	SecondFactor bool
	CreatedAt    time.Time
	DisabledAt   *time.Time
	LastLoginAt  *time.Time
	Sessions     int
}

const accountsSQL = `
SELECT u.id::text AS id,
       u.name,
       u.role,
       u.has_password,
       u.second_factor_at IS NOT NULL AS second_factor,
       u.created_at,
       u.disabled_at,
       u.last_login_at,
       (SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.expires_at > now()) AS sessions
FROM user_account u
WHERE @id = '' OR u.id = nullif(@id, '')::uuid
ORDER BY lower(u.name), u.id
LIMIT 10000`

// Accounts returns all users by name.
func (d *Directory) Accounts(ctx context.Context) (list []Account, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, Scope{}, "list users", func(tx pgx.Tx) error {
		list, err = collect[Account](ctx, tx, accountsSQL, pgx.StrictNamedArgs{"id": ""})
		return err
	})
	return list, err
}

type auditAccount struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled"`
}

const accountForChangeSQL = `SELECT name, role, disabled_at IS NOT NULL FROM user_account WHERE id = @id::uuid FOR UPDATE`

// The rows of administrators are locked, so that two who take each other's role at
// once do not both succeed.
const otherAdministratorsSQL = `
SELECT id
FROM user_account
WHERE role = 'admin'
  AND disabled_at IS NULL
  AND id <> @id::uuid
ORDER BY id
FOR UPDATE`

const dropSessionsOfSQL = `DELETE FROM session WHERE user_id = @id::uuid`

// ChangeAccount sets a user's role and whether it is disabled; what ends its right
// to be signed in ends its sessions. ErrInUse: nobody else administers the
// installation.
func (d *Directory) ChangeAccount(ctx context.Context, id, role string, disabled bool) error {
	const changeSQL = `
UPDATE user_account
SET role = @role,
    disabled_at = CASE WHEN @disabled THEN coalesce(disabled_at, now()) END
WHERE id = @id::uuid`
	return d.inScope(ctx, pgx.ReadWrite, Scope{}, "change user", func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"id": id}
		others, err := tx.Exec(ctx, otherAdministratorsSQL, args)
		if err != nil {
			return err
		}
		var before auditAccount
		if err := tx.QueryRow(ctx, accountForChangeSQL, args).Scan(&before.Name, &before.Role, &before.Disabled); err != nil {
			return notFound(err)
		}
		if before.Role == "admin" && (role != "admin" || disabled) && others.RowsAffected() == 0 {
			return ErrInUse
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"id": id, "role": role, "disabled": disabled}); err != nil {
			return err
		}
		if disabled || role != before.Role {
			if _, err := tx.Exec(ctx, dropSessionsOfSQL, args); err != nil {
				return err
			}
		}
		return audit(ctx, tx, Entry{
			Verb: "change", Object: "user", ID: id, Name: before.Name, Before: before,
			After: auditAccount{Name: before.Name, Role: role, Disabled: disabled},
		})
	})
}

// EndSessions ends all sessions of a user, or returns ErrNotFound where there is no
// such user.
func (d *Directory) EndSessions(ctx context.Context, id string) error {
	return d.inScope(ctx, pgx.ReadWrite, Scope{}, "end sessions", func(tx pgx.Tx) error {
		return d.onAccount(ctx, tx, id, "end-sessions", dropSessionsOfSQL)
	})
}

// RemoveSecondFactor lets a user sign in by password alone, who has lost the
// device and the recovery codes, and ends the user's sessions.
func (d *Directory) RemoveSecondFactor(ctx context.Context, id string) error {
	return d.inScope(ctx, pgx.ReadWrite, Scope{}, "remove second factor", func(tx pgx.Tx) error {
		if err := enter(ctx, tx, as{scope: Installation.String(), user: id}); err != nil {
			return err
		}
		return d.onAccount(ctx, tx, id, "remove-second-factor", dropFactorSQL, dropRecoverySQL, noteFactorSQL, dropSessionsOfSQL)
	})
}

func (d *Directory) onAccount(ctx context.Context, tx pgx.Tx, id, verb string, statements ...string) error {
	var before auditAccount
	args := pgx.StrictNamedArgs{"id": id}
	if err := tx.QueryRow(ctx, accountForChangeSQL, args).Scan(&before.Name, &before.Role, &before.Disabled); err != nil {
		return notFound(err)
	}
	for _, sql := range statements {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return err
		}
	}
	return audit(ctx, tx, Entry{Verb: verb, Object: "user", ID: id, Name: before.Name})
}
