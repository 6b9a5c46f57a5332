package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

const providersSQL = `
SELECT id::text AS id,
       scope_id::text AS scope,
       slug,
       name,
       issuer,
       client_id,
       client_secret,
       group_claim,
       shows_second_factor,
       enabled
FROM oidc_provider
WHERE (@slug = '' OR slug = @slug)
  AND (@scope = '' OR scope_id = nullif(@scope, '')::uuid)
  AND (@id = '' OR id = nullif(@id, '')::uuid)
ORDER BY name, slug`

// Providers returns who signs people in beside us: the one with a slug, or all,
// without secrets.
func (u *Users) Providers(ctx context.Context, slug string) (list []auth.Provider, err error) {
	err = within(ctx, u.pool, pgx.ReadOnly, as{}, func(tx pgx.Tx) error {
		list, err = collect[auth.Provider](ctx, tx, providersSQL, pgx.StrictNamedArgs{"slug": slug, "scope": "", "id": ""})
		return err
	})
	for i := range list {
		if err != nil || slug == "" {
			list[i].ClientSecret = nil
			continue
		}
		list[i].ClientSecret, err = reveal(u.keys, purposeProvider+list[i].ID, list[i].ClientSecret)
	}
	if err != nil {
		return nil, fmt.Errorf("store: list providers: %w", err)
	}
	return list, nil
}

// BeginOIDC keeps a sign-in that is under way, and forgets those that are over.
func (u *Users) BeginOIDC(ctx context.Context, l auth.OIDCLogin, life time.Duration) error {
	const (
		dropSQL = `DELETE FROM oidc_login WHERE expires_at < now()`
		addSQL  = `
INSERT INTO oidc_login (state_hash, browser_hash, provider_id, nonce, verifier, return_to, expires_at)
VALUES (@state, @browser, @provider::uuid, @nonce, @verifier, @return_to, now() + @life::interval)`
	)
	err := within(ctx, u.pool, pgx.ReadWrite, as{}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, dropSQL); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{
			"state": l.State[:], "browser": l.Browser[:], "provider": l.ProviderID, "nonce": l.Nonce, "verifier": l.Verifier,
			"return_to": l.ReturnTo, "life": life,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: begin sign-in: %w", err)
	}
	return nil
}

// EndOIDC returns a sign-in that is under way in the browser and forgets it: it may
// be ended once. The error is auth.ErrNotFound.
func (u *Users) EndOIDC(ctx context.Context, state, browser [32]byte) (l auth.OIDCLogin, slug string, err error) {
	const endSQL = `
DELETE FROM oidc_login AS l
USING oidc_provider AS p
WHERE l.state_hash = @state
  AND l.browser_hash = @browser
  AND l.expires_at > now()
  AND p.id = l.provider_id
RETURNING p.slug, l.provider_id::text, l.nonce, l.verifier, l.return_to`
	l.State, l.Browser = state, browser
	err = within(ctx, u.pool, pgx.ReadWrite, as{}, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, endSQL, pgx.StrictNamedArgs{"state": state[:], "browser": browser[:]}).
			Scan(&slug, &l.ProviderID, &l.Nonce, &l.Verifier, &l.ReturnTo)
		if errors.Is(err, pgx.ErrNoRows) {
			return auth.ErrNotFound
		}
		return err
	})
	if err != nil {
		return l, "", fmt.Errorf("store: end sign-in: %w", err)
	}
	return l, slug, nil
}

const identitySQL = `
SELECT u.id::text, u.name, u.role, u.disabled_at IS NOT NULL
FROM oidc_identity i
JOIN user_account u ON u.id = i.user_id
WHERE i.provider_id = @provider::uuid
  AND i.subject = @subject`

// OIDCUser returns the user who is a subject at a provider, made where there is
// none, and gives it the memberships of its groups: those of the provider that it
// had before end. The error is auth.ErrNotFound where it has no membership
// anywhere, or is disabled.
func (u *Users) OIDCUser(ctx context.Context, p auth.Provider, subject, name, password string, groups []string) (user auth.User, err error) {
	err = within(ctx, u.pool, pgx.ReadWrite, as{scope: p.Scope}, func(tx pgx.Tx) error {
		var disabled bool
		grants, err := grantsOf(ctx, tx, p, groups)
		if err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{"provider": p.ID, "subject": subject}
		err = tx.QueryRow(ctx, identitySQL, args).Scan(&user.ID, &user.Name, &user.Role, &disabled)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			if len(grants) == 0 {
				return auth.ErrNotFound // no account for whom nothing is granted
			}
			if user, err = addOIDCUser(ctx, tx, p, subject, name, password); err != nil {
				return err
			}
		case err != nil:
			return err
		case disabled:
			return auth.ErrNotFound
		}
		return grant(ctx, tx, p, user, grants)
	})
	if errors.Is(err, auth.ErrNotFound) {
		return auth.User{}, auth.ErrNotFound
	}
	if err != nil {
		return auth.User{}, fmt.Errorf("store: user of provider %s: %w", p.Slug, err)
	}
	return user, nil
}

type oidcGrant struct {
	scope Scope
	role  string
}

// grantsOf returns what groups give, the strongest role a scope. A provider of an
// organisation gives nothing outside of it, whatever stands in the table.
func grantsOf(ctx context.Context, tx pgx.Tx, p auth.Provider, groups []string) ([]oidcGrant, error) {
	const grantsSQL = `
SELECT DISTINCT ON (g.target_id) g.target_id::text, g.target_kind, g.role
FROM oidc_group g
WHERE g.scope_id = @scope::uuid
  AND g.provider_id = @provider::uuid
  AND g.name = ANY (@groups)
  AND (@scope::uuid = '00000000-0000-0000-0000-000000000000'
    OR g.target_id = @scope::uuid
    OR EXISTS (SELECT FROM tenant t WHERE t.id = g.target_id AND t.organisation_id = @scope::uuid))
ORDER BY g.target_id, array_position(@roles, g.role)`
	rows, err := tx.Query(ctx, grantsSQL, pgx.StrictNamedArgs{"scope": p.Scope, "provider": p.ID, "groups": groups, "roles": memberRoleNames()})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (g oidcGrant, err error) {
		return g, row.Scan(&g.scope.ID, &g.scope.Kind, &g.role)
	})
}

func memberRoleNames() []string {
	names := []string{}
	for _, r := range auth.MemberRoles() {
		names = append(names, string(r))
	}
	return names
}

func addOIDCUser(ctx context.Context, tx pgx.Tx, p auth.Provider, subject, name, password string) (auth.User, error) {
	const identifySQL = `INSERT INTO oidc_identity (provider_id, subject, user_id) VALUES (@provider::uuid, @subject, @user::uuid)`
	user := auth.User{ID: newID().String(), Name: name, Role: auth.RoleMember}
	var taken bool
	if err := tx.QueryRow(ctx, nameTakenSQL, pgx.StrictNamedArgs{"name": name}).Scan(&taken); err != nil {
		return user, err
	}
	if taken { // never somebody else's account: names are not what identifies
		user.Name = cut(name, 40) + " " + user.ID[len(user.ID)-8:]
	}
	_, err := tx.Exec(ctx, addAccountSQL, pgx.StrictNamedArgs{
		"id": user.ID, "name": user.Name, "password": password, "has": false, "role": user.Role,
	})
	if err != nil {
		return user, err
	}
	if _, err := tx.Exec(ctx, identifySQL, pgx.StrictNamedArgs{"provider": p.ID, "subject": subject, "user": user.ID}); err != nil {
		return user, err
	}
	return user, audit(ctx, tx, Entry{
		Scope: uuid.MustParse(p.Scope), Verb: "create", Object: "user", ID: user.ID, Name: user.Name,
		After: auditAccount{Name: user.Name, Role: string(user.Role)},
	})
}

// grant gives what the groups give, in scope after scope, and takes the rest of what
// the provider gave before. Memberships that people gave stay as they are.
func grant(ctx context.Context, tx pgx.Tx, p auth.Provider, user auth.User, grants []oidcGrant) error {
	const (
		hadSQL  = `SELECT scope_id::text FROM membership WHERE user_id = @user::uuid AND provider = @provider::uuid ORDER BY 1`
		mineSQL = `SELECT role, provider IS NULL FROM membership WHERE scope_id = @scope::uuid AND user_id = @user::uuid`
		dropSQL = `DELETE FROM membership WHERE scope_id = @scope::uuid AND user_id = @user::uuid AND provider = @provider::uuid`
	)
	if err := enter(ctx, tx, as{user: user.ID}); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, hadSQL, pgx.StrictNamedArgs{"user": user.ID, "provider": p.ID})
	if err != nil {
		return err
	}
	had, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, g := range grants {
		kept[g.scope.ID] = true
		if err := enter(ctx, tx, as{scope: g.scope.ID}); err != nil {
			return err
		}
		var role string
		var byPeople bool
		err := tx.QueryRow(ctx, mineSQL, pgx.StrictNamedArgs{"scope": g.scope.ID, "user": user.ID}).Scan(&role, &byPeople)
		switch {
		case err != nil && !errors.Is(err, pgx.ErrNoRows):
			return err
		case err == nil && (byPeople || role == g.role):
			continue
		}
		if err := putMember(ctx, tx, g.scope, user.ID, g.role, p.ID); err != nil {
			return err
		}
		entry := Entry{Scope: g.scope.uuid(), Verb: "change", Object: "member", ID: user.ID, Name: user.Name, After: auditMember{user.Name, g.role}}
		if role != "" {
			entry.Before = auditMember{user.Name, role}
		}
		if err := audit(ctx, tx, entry); err != nil {
			return err
		}
	}
	for _, scope := range had {
		if kept[scope] {
			continue
		}
		if err := enter(ctx, tx, as{scope: scope}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropSQL, pgx.StrictNamedArgs{"scope": scope, "user": user.ID, "provider": p.ID}); err != nil {
			return err
		}
		entry := Entry{Scope: uuid.MustParse(scope), Verb: "delete", Object: "member", ID: user.ID, Name: user.Name, Before: auditMember{Name: user.Name}}
		if err := audit(ctx, tx, entry); err != nil {
			return err
		}
	}
	return nil
}
