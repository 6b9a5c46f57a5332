package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

// Invitation is a one-time link that was not used yet.
type Invitation struct {
	ID        string
	Role      string
	ForUser   string // name of who sets a new password with it; empty: for somebody new
	Note      string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// NewInvitation asks for one. User is the id of who sets a new password with it;
// empty: it is for somebody new, who becomes a member of the scope.
type NewInvitation struct {
	Role string
	User string
	Note string
	Hash [32]byte // SHA-256 of the link's token
	Life time.Duration
}

const invitationsSQL = `
SELECT i.id::text AS id,
       i.role,
       coalesce(u.name, '') AS for_user,
       i.note,
       i.created_by,
       i.created_at,
       i.expires_at
FROM invitation i
LEFT JOIN user_account u ON u.id = i.user_id
WHERE i.scope_id = @scope::uuid
  AND i.used_at IS NULL
  AND i.expires_at > now()
  AND (@id = '' OR i.id = nullif(@id, '')::uuid)
ORDER BY i.created_at DESC, i.id
LIMIT 1000`

// Invitations returns the invitations of a scope that may still be used, newest first.
func (d *Directory) Invitations(ctx context.Context, scope Scope) (list []Invitation, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, scope, "list invitations", func(tx pgx.Tx) error {
		list, err = collect[Invitation](ctx, tx, invitationsSQL, pgx.StrictNamedArgs{"scope": scope.ID, "id": ""})
		return err
	})
	return list, err
}

type auditInvitation struct {
	Role    string `json:"role,omitempty"`
	ForUser string `json:"forUser,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Invite keeps an invitation and returns it. ErrNotFound: there is no such user.
func (d *Directory) Invite(ctx context.Context, scope Scope, n NewInvitation) (made Invitation, err error) {
	const (
		dropSQL = `DELETE FROM invitation WHERE scope_id = @scope::uuid AND user_id = nullif(@user, '')::uuid AND used_at IS NULL`
		addSQL  = `
INSERT INTO invitation (scope_id, id, scope_kind, token_hash, role, user_id, note, created_by, expires_at)
VALUES (@scope::uuid, @id, @kind, @hash, @role, nullif(@user, '')::uuid, @note, @by, now() + @life::interval)`
	)
	id := newID()
	err = d.inScope(ctx, pgx.ReadWrite, scope, "invite", func(tx pgx.Tx) error {
		// A new link for the same user ends the one before.
		if _, err := tx.Exec(ctx, dropSQL, pgx.StrictNamedArgs{"scope": scope.ID, "user": n.User}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{
			"scope": scope.ID, "id": id, "kind": scope.Kind, "hash": n.Hash[:], "role": n.Role, "user": n.User, "note": plain(n.Note),
			"by": cut(auth.ActorOf(ctx).Name, 64), "life": n.Life,
		})
		if isCode(err, codeForeignKeyViolation) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		made, err = collectOne[Invitation](ctx, tx, invitationsSQL, pgx.StrictNamedArgs{"scope": scope.ID, "id": id.String()})
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: scope.uuid(), Verb: "create", Object: "invitation", ID: made.ID, Name: made.Note,
			After: auditInvitation{made.Role, made.ForUser, made.Note},
		})
	})
	return made, err
}

// Uninvite removes an invitation, or returns ErrNotFound.
func (d *Directory) Uninvite(ctx context.Context, scope Scope, id string) error {
	const dropSQL = `
DELETE FROM invitation
WHERE scope_id = @scope::uuid
  AND id = @id::uuid
  AND used_at IS NULL
RETURNING role, note`
	return d.inScope(ctx, pgx.ReadWrite, scope, "remove invitation", func(tx pgx.Tx) error {
		var before auditInvitation
		if err := tx.QueryRow(ctx, dropSQL, pgx.StrictNamedArgs{"scope": scope.ID, "id": id}).Scan(&before.Role, &before.Note); err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, Entry{Scope: scope.uuid(), Verb: "delete", Object: "invitation", ID: id, Name: before.Note, Before: before})
	})
}

const invitationByTokenSQL = `
SELECT i.user_id IS NOT NULL, coalesce(u.name, '')
FROM invitation i
LEFT JOIN user_account u ON u.id = i.user_id
WHERE i.token_hash = @hash
  AND i.used_at IS NULL
  AND i.expires_at > now()
  AND (i.user_id IS NULL OR u.disabled_at IS NULL)`

// Invitation returns for whom a token is: the name of a user who sets a new
// password with it, or reset false. The error is auth.ErrNotFound where the token
// is of no use.
func (u *Users) Invitation(ctx context.Context, token [32]byte) (name string, reset bool, err error) {
	err = within(ctx, u.pool, pgx.ReadOnly, as{token: token[:]}, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, invitationByTokenSQL, pgx.StrictNamedArgs{"hash": token[:]}).Scan(&reset, &name)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		return err
	})
	if err != nil {
		return "", false, fmt.Errorf("store: read invitation: %w", err)
	}
	return name, reset, nil
}

// The row's lock lets one of several that use a token at once go on.
const useInvitationSQL = `
UPDATE invitation
SET used_at = now(),
    used_by = @user::uuid
WHERE token_hash = @hash
  AND used_at IS NULL
  AND expires_at > now()
RETURNING scope_id::text, scope_kind, role, coalesce(user_id::text, '')`

// AcceptInvitation uses a token up: it makes a user with the name and password, or
// gives the user for whom it is another password. The error is auth.ErrNotFound, or
// auth.ErrNameTaken.
func (u *Users) AcceptInvitation(ctx context.Context, token [32]byte, name, passwordHash string) (auth.User, error) {
	user := auth.User{ID: newID().String(), Name: name, Role: auth.RoleMember}
	err := within(ctx, u.pool, pgx.ReadWrite, as{token: token[:]}, func(tx pgx.Tx) error {
		var scope Scope
		var role, of string
		err := tx.QueryRow(ctx, useInvitationSQL, pgx.StrictNamedArgs{"hash": token[:], "user": user.ID}).Scan(&scope.ID, &scope.Kind, &role, &of)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		if of != "" {
			user.ID = of
			return resetPassword(ctx, tx, &user, passwordHash)
		}
		if scope.Kind == ScopeInstallation && role == string(auth.RoleAdministrator) {
			user.Role = auth.RoleAdministrator
		}
		return addMember(ctx, tx, user, passwordHash, scope, role)
	})
	switch {
	case isCode(err, codeUniqueViolation):
		return auth.User{}, auth.ErrNameTaken
	case errors.Is(err, auth.ErrNotFound):
		return auth.User{}, auth.ErrNotFound
	case err != nil:
		return auth.User{}, fmt.Errorf("store: accept invitation: %w", err)
	}
	return user, nil
}

const addAccountSQL = `
INSERT INTO user_account (id, name, password_hash, has_password, role)
VALUES (@id::uuid, @name, @password, @has, @role)`

// Names differ in more than upper and lower case: that is how they are looked for.
const nameTakenSQL = `SELECT EXISTS (SELECT FROM user_account WHERE lower(name) = lower(@name))`

func addMember(ctx context.Context, tx pgx.Tx, user auth.User, passwordHash string, scope Scope, role string) error {
	var taken bool
	if err := tx.QueryRow(ctx, nameTakenSQL, pgx.StrictNamedArgs{"name": user.Name}).Scan(&taken); err != nil {
		return err
	}
	if taken {
		return auth.ErrNameTaken
	}
	_, err := tx.Exec(ctx, addAccountSQL, pgx.StrictNamedArgs{
		"id": user.ID, "name": user.Name, "password": passwordHash, "has": true, "role": user.Role,
	})
	if err != nil {
		return err
	}
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorUser, ID: user.ID, Name: user.Name, Address: auth.ActorOf(ctx).Address})
	if scope.Kind == ScopeInstallation {
		if err := enter(ctx, tx, as{scope: Installation.String()}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Verb: "create", Object: "user", ID: user.ID, Name: user.Name, After: auditAccount{Name: user.Name, Role: string(user.Role)}})
	}
	return joinScope(ctx, tx, user, scope, role)
}

// joinScope makes a user a member, within a transaction that sees something else.
func joinScope(ctx context.Context, tx pgx.Tx, user auth.User, scope Scope, role string) error {
	if err := enter(ctx, tx, as{scope: scope.ID}); err != nil {
		return err
	}
	if err := putMember(ctx, tx, scope, user.ID, role, ""); err != nil {
		return err
	}
	return audit(ctx, tx, Entry{
		Scope: scope.uuid(), Verb: "create", Object: "member", ID: user.ID, Name: user.Name, After: auditMember{user.Name, role},
	})
}

func resetPassword(ctx context.Context, tx pgx.Tx, user *auth.User, passwordHash string) error {
	const resetSQL = `
UPDATE user_account
SET password_hash = @hash, has_password = true, password_changed_at = now()
WHERE id = @id::uuid
  AND disabled_at IS NULL
RETURNING name, role`
	err := tx.QueryRow(ctx, resetSQL, pgx.StrictNamedArgs{"id": user.ID, "hash": passwordHash}).Scan(&user.Name, &user.Role)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.ErrNotFound
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, dropSessionsOfSQL, pgx.StrictNamedArgs{"id": user.ID}); err != nil {
		return err
	}
	if err := enter(ctx, tx, as{scope: Installation.String()}); err != nil {
		return err
	}
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorUser, ID: user.ID, Name: user.Name, Address: auth.ActorOf(ctx).Address})
	return audit(ctx, tx, Entry{Verb: "reset-password", Object: "user", ID: user.ID, Name: user.Name})
}

// JoinByInvitation makes a user who is there a member, and uses the token up. The
// error is auth.ErrNotFound, also for a token that is for somebody's password.
func (u *Users) JoinByInvitation(ctx context.Context, token [32]byte, user auth.User) error {
	err := within(ctx, u.pool, pgx.ReadWrite, as{token: token[:]}, func(tx pgx.Tx) error {
		var scope Scope
		var role, of string
		err := tx.QueryRow(ctx, useInvitationSQL, pgx.StrictNamedArgs{"hash": token[:], "user": user.ID}).Scan(&scope.ID, &scope.Kind, &role, &of)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && (of != "" || scope.Kind == ScopeInstallation) {
			return auth.ErrNotFound
		}
		if err != nil {
			return err
		}
		return joinScope(ctx, tx, user, scope, role)
	})
	if errors.Is(err, auth.ErrNotFound) {
		return auth.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("store: join: %w", err)
	}
	return nil
}
