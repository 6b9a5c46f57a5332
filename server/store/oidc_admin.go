package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

// ErrBadTarget is returned for a group that would give a role outside of the scope.
var ErrBadTarget = errors.New("no such organisation or tenant here")

// ProviderGroup says what a group at a provider gives.
type ProviderGroup struct {
	Name   string `json:"name"`
	Tenant string `json:"tenant"` // slug; empty: the organisation
	Role   string `json:"role"`
}

// Providers returns those of a scope with their groups, without secrets.
func (d *Directory) Providers(ctx context.Context, scope Scope) (list []auth.Provider, groups map[string][]ProviderGroup, err error) {
	const groupsSQL = `
SELECT g.provider_id::text, g.name, coalesce(t.slug, ''), g.role
FROM oidc_group g
LEFT JOIN tenant t ON t.id = g.target_id
WHERE g.scope_id = @scope::uuid
ORDER BY g.name, g.target_id`
	groups = map[string][]ProviderGroup{}
	err = d.inScope(ctx, pgx.ReadOnly, scope, "list providers", func(tx pgx.Tx) error {
		list, err = collect[auth.Provider](ctx, tx, providersSQL, pgx.StrictNamedArgs{"slug": "", "scope": scope.uuid().String(), "id": ""})
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, groupsSQL, pgx.StrictNamedArgs{"scope": scope.uuid()})
		if err != nil {
			return err
		}
		var provider string
		var g ProviderGroup
		_, err = pgx.ForEachRow(rows, []any{&provider, &g.Name, &g.Tenant, &g.Role}, func() error {
			groups[provider] = append(groups[provider], g)
			return nil
		})
		return err
	})
	for i := range list {
		list[i].ClientSecret = nil
	}
	return list, groups, err
}

type auditProvider struct {
	Name       string          `json:"name"`
	Issuer     string          `json:"issuer"`
	ClientID   string          `json:"clientID"`
	GroupClaim string          `json:"groupClaim"`
	Factor     bool            `json:"showsSecondFactor"`
	Enabled    bool            `json:"enabled"`
	NewSecret  bool            `json:"newSecret,omitempty"`
	Groups     []ProviderGroup `json:"groups,omitempty"`
}

// PutProvider makes a provider of a scope, or replaces it where p.ID is set; an
// empty secret then stays what it was. ErrConflict: the slug is taken.
// ErrBadTarget: a group gives something that is not the scope's.
func (d *Directory) PutProvider(ctx context.Context, scope Scope, p auth.Provider, groups []ProviderGroup) (string, error) {
	const (
		addSQL = `
INSERT INTO oidc_provider (scope_id, id, slug, name, issuer, client_id, client_secret, group_claim, shows_second_factor, enabled)
VALUES (@scope::uuid, @id::uuid, @slug, @name, @issuer, @client, @secret, @claim, @factor, @enabled)`
		changeSQL = `
UPDATE oidc_provider
SET slug = @slug, name = @name, issuer = @issuer, client_id = @client, client_secret = coalesce(@secret, client_secret),
    group_claim = @claim, shows_second_factor = @factor, enabled = @enabled
WHERE scope_id = @scope::uuid
  AND id = @id::uuid`
		dropGroupsSQL = `DELETE FROM oidc_group WHERE scope_id = @scope::uuid AND provider_id = @id::uuid`
	)
	verb := "change"
	err := d.inScope(ctx, pgx.ReadWrite, scope, "keep provider", func(tx pgx.Tx) error {
		sql := changeSQL
		var before any
		if p.ID == "" {
			p.ID, verb, sql = newID().String(), "create", addSQL
		} else {
			old, err := collectOne[auth.Provider](ctx, tx, providersSQL, pgx.StrictNamedArgs{"slug": "", "scope": scope.uuid().String(), "id": p.ID})
			if err != nil {
				return err
			}
			before = providerEntry(old, nil)
		}
		secret, err := hide(d.keys, purposeProvider+p.ID, p.ClientSecret)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sql, pgx.StrictNamedArgs{
			"scope": scope.uuid(), "id": p.ID, "slug": p.Slug, "name": p.Name, "issuer": p.Issuer, "client": p.ClientID, "secret": secret,
			"claim": p.GroupClaim, "factor": p.ShowsSecondFactor, "enabled": p.Enabled,
		})
		if err := one(tag.RowsAffected(), err); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropGroupsSQL, pgx.StrictNamedArgs{"scope": scope.uuid(), "id": p.ID}); err != nil {
			return err
		}
		for _, g := range groups {
			if err := putGroup(ctx, tx, scope, p.ID, g); err != nil {
				return err
			}
		}
		return audit(ctx, tx, Entry{
			Scope: scope.uuid(), Verb: verb, Object: "sign-in", ID: p.ID, Name: p.Name, Before: before, After: providerEntry(p, groups),
		})
	})
	return p.ID, err
}

func providerEntry(p auth.Provider, groups []ProviderGroup) auditProvider {
	return auditProvider{p.Name, p.Issuer, p.ClientID, p.GroupClaim, p.ShowsSecondFactor, p.Enabled, groups != nil && p.ClientSecret != nil, groups}
}

func putGroup(ctx context.Context, tx pgx.Tx, scope Scope, provider string, g ProviderGroup) error {
	const (
		tenantSQL = `SELECT id FROM tenant WHERE slug = @slug AND (organisation_id = @scope::uuid OR @scope::uuid = '00000000-0000-0000-0000-000000000000')`
		addSQL    = `
INSERT INTO oidc_group (scope_id, provider_id, name, target_id, target_kind, role)
VALUES (@scope::uuid, @provider::uuid, @name, @target, @kind, @role)`
	)
	target, kind := scope.uuid(), ScopeOrganisation
	if g.Tenant != "" {
		kind = ScopeTenant
		err := tx.QueryRow(ctx, tenantSQL, pgx.StrictNamedArgs{"slug": g.Tenant, "scope": scope.uuid()}).Scan(&target)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrBadTarget
		}
		if err != nil {
			return err
		}
	} else if target == uuid.Nil {
		return ErrBadTarget
	}
	_, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{
		"scope": scope.uuid(), "provider": provider, "name": g.Name, "target": target, "kind": kind, "role": g.Role,
	})
	return err
}

// DropProvider removes a provider, what it knows of people and the memberships that
// it gave stay until somebody removes them; nobody signs in by it any more.
func (d *Directory) DropProvider(ctx context.Context, scope Scope, id string) error {
	const dropSQL = `DELETE FROM oidc_provider WHERE scope_id = @scope::uuid AND id = @id::uuid RETURNING name, issuer, client_id`
	return d.inScope(ctx, pgx.ReadWrite, scope, "remove provider", func(tx pgx.Tx) error {
		var before auditProvider
		err := tx.QueryRow(ctx, dropSQL, pgx.StrictNamedArgs{"scope": scope.uuid(), "id": id}).Scan(&before.Name, &before.Issuer, &before.ClientID)
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, Entry{Scope: scope.uuid(), Verb: "delete", Object: "sign-in", ID: id, Name: before.Name, Before: before})
	})
}
