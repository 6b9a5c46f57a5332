package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Organisation owns tenants.
type Organisation struct {
	ID                  string
	Name                string
	RequireSecondFactor bool
	Tenants             int
}

// OwnedTenant is a tenant as its organisation administers it.
type OwnedTenant struct {
	ID                  string
	Slug                string
	Name                string
	RequireSecondFactor bool
	Sites               int
}

const organisationsSQL = `
SELECT o.id::text AS id,
       o.name,
       o.require_second_factor,
       (SELECT count(*) FROM tenant t WHERE t.organisation_id = o.id) AS tenants
FROM organisation o
WHERE @id = '' OR o.id = nullif(@id, '')::uuid
ORDER BY o.name, o.id`

// Organisations returns all organisations by name.
func (d *Directory) Organisations(ctx context.Context) (list []Organisation, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, Scope{}, "list organisations", func(tx pgx.Tx) error {
		list, err = collect[Organisation](ctx, tx, organisationsSQL, pgx.StrictNamedArgs{"id": ""})
		return err
	})
	return list, err
}

// OrganisationByID returns an organisation, or ErrNotFound.
func (d *Directory) OrganisationByID(ctx context.Context, id string) (o Organisation, err error) {
	err = d.inScope(ctx, pgx.ReadOnly, Scope{}, "read organisation", func(tx pgx.Tx) error {
		o, err = collectOne[Organisation](ctx, tx, organisationsSQL, pgx.StrictNamedArgs{"id": id})
		return err
	})
	return o, err
}

type auditOrganisation struct {
	Name                string `json:"name"`
	RequireSecondFactor bool   `json:"requireSecondFactor"`
}

// AddOrganisation makes an organisation and returns its id.
func (d *Directory) AddOrganisation(ctx context.Context, name string) (string, error) {
	const addSQL = `INSERT INTO organisation (id, name) VALUES (@id, @name)`
	id := newID()
	err := d.inScope(ctx, pgx.ReadWrite, Scope{}, "add organisation", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{"id": id, "name": name}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Verb: "create", Object: "organisation", ID: id.String(), Name: name, After: auditOrganisation{Name: name}})
	})
	return id.String(), err
}

// ChangeOrganisation sets an organisation's name and policy.
func (d *Directory) ChangeOrganisation(ctx context.Context, id, name string, factor bool) error {
	const (
		readSQL   = `SELECT name, require_second_factor FROM organisation WHERE id = @id::uuid FOR UPDATE`
		changeSQL = `UPDATE organisation SET name = @name, require_second_factor = @factor WHERE id = @id::uuid`
	)
	scope := Scope{ID: id, Kind: ScopeOrganisation}
	return d.inScope(ctx, pgx.ReadWrite, scope, "change organisation", func(tx pgx.Tx) error {
		var before auditOrganisation
		if err := tx.QueryRow(ctx, readSQL, pgx.StrictNamedArgs{"id": id}).Scan(&before.Name, &before.RequireSecondFactor); err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"id": id, "name": name, "factor": factor}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: scope.uuid(), Verb: "change", Object: "organisation", ID: id, Name: name,
			Before: before, After: auditOrganisation{Name: name, RequireSecondFactor: factor},
		})
	})
}

const dropScopeMembersSQL = `DELETE FROM membership WHERE scope_id = @id::uuid`

// DropOrganisation removes an organisation without tenants; ErrInUse where it has some.
func (d *Directory) DropOrganisation(ctx context.Context, id string) error {
	const dropSQL = `DELETE FROM organisation WHERE id = @id::uuid RETURNING name, require_second_factor`
	scope := Scope{ID: id, Kind: ScopeOrganisation}
	return d.inScope(ctx, pgx.ReadWrite, scope, "remove organisation", func(tx pgx.Tx) error {
		var before auditOrganisation
		args := pgx.StrictNamedArgs{"id": id}
		if err := tx.QueryRow(ctx, dropSQL, args).Scan(&before.Name, &before.RequireSecondFactor); err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, dropScopeMembersSQL, args); err != nil {
			return err
		}
		if err := enter(ctx, tx, as{scope: Installation.String()}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Verb: "delete", Object: "organisation", ID: id, Name: before.Name, Before: before})
	})
}

// OwnedTenants returns the tenants of an organisation by name.
func (d *Directory) OwnedTenants(ctx context.Context, organisation string) (list []OwnedTenant, err error) {
	const tenantsSQL = `
SELECT t.id::text AS id,
       t.slug,
       t.name,
       t.require_second_factor,
       0 AS sites
FROM tenant t
WHERE t.organisation_id = @organisation::uuid
ORDER BY t.name, t.slug`
	const sitesSQL = `SELECT count(*) FROM site WHERE tenant_id = $1::uuid`
	scope := Scope{ID: organisation, Kind: ScopeOrganisation}
	err = d.inScope(ctx, pgx.ReadOnly, scope, "list tenants", func(tx pgx.Tx) error {
		if list, err = collect[OwnedTenant](ctx, tx, tenantsSQL, pgx.StrictNamedArgs{"organisation": organisation}); err != nil {
			return err
		}
		for i := range list { // sites are seen one tenant at a time
			if err := enter(ctx, tx, as{scope: list[i].ID}); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, sitesSQL, list[i].ID).Scan(&list[i].Sites); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

type auditTenant struct {
	Slug                string `json:"slug"`
	Name                string `json:"name"`
	RequireSecondFactor bool   `json:"requireSecondFactor"`
}

// AddTenant makes a tenant of an organisation, with a site "main", and returns its
// id. ErrConflict: the slug is taken.
func (d *Directory) AddTenant(ctx context.Context, organisation, slug, name string) (string, error) {
	const (
		addSQL  = `INSERT INTO tenant (id, organisation_id, slug, name) VALUES (@id, @organisation::uuid, @slug, @name)`
		siteSQL = `INSERT INTO site (tenant_id, id, slug, name) VALUES (@tenant, @id, 'main', 'Main site')`
	)
	id := newID()
	scope := Scope{ID: organisation, Kind: ScopeOrganisation}
	err := d.inScope(ctx, pgx.ReadWrite, scope, "add tenant", func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"id": id, "organisation": organisation, "slug": slug, "name": name}
		if _, err := tx.Exec(ctx, addSQL, args); err != nil {
			return err
		}
		err := audit(ctx, tx, Entry{
			Scope: scope.uuid(), Verb: "create", Object: "tenant", ID: id.String(), Name: name, After: auditTenant{Slug: slug, Name: name},
		})
		if err != nil {
			return err
		}
		if err := enter(ctx, tx, as{scope: id.String()}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, siteSQL, pgx.StrictNamedArgs{"tenant": id, "id": newID()})
		return err
	})
	return id.String(), err
}

// TenantPolicy returns a tenant's name and policy, or ErrNotFound.
func (d *Directory) TenantPolicy(ctx context.Context, tenant string) (t OwnedTenant, err error) {
	const policySQL = `
SELECT id::text AS id, slug, name, require_second_factor, (SELECT count(*) FROM site WHERE tenant_id = @tenant::uuid) AS sites
FROM tenant
WHERE id = @tenant::uuid`
	err = d.inScope(ctx, pgx.ReadOnly, Scope{ID: tenant}, "read tenant", func(tx pgx.Tx) error {
		t, err = collectOne[OwnedTenant](ctx, tx, policySQL, pgx.StrictNamedArgs{"tenant": tenant})
		return err
	})
	return t, err
}

// ChangeTenant sets a tenant's name and policy.
func (d *Directory) ChangeTenant(ctx context.Context, tenant, name string, factor bool) error {
	const (
		readSQL   = `SELECT slug, name, require_second_factor FROM tenant WHERE id = @id::uuid FOR UPDATE`
		changeSQL = `UPDATE tenant SET name = @name, require_second_factor = @factor WHERE id = @id::uuid`
	)
	scope := Scope{ID: tenant, Kind: ScopeTenant}
	return d.inScope(ctx, pgx.ReadWrite, scope, "change tenant", func(tx pgx.Tx) error {
		var before auditTenant
		err := tx.QueryRow(ctx, readSQL, pgx.StrictNamedArgs{"id": tenant}).Scan(&before.Slug, &before.Name, &before.RequireSecondFactor)
		if err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"id": tenant, "name": name, "factor": factor}); err != nil {
			return err
		}
		after := auditTenant{Slug: before.Slug, Name: name, RequireSecondFactor: factor}
		return audit(ctx, tx, Entry{Scope: scope.uuid(), Verb: "change", Object: "tenant", ID: tenant, Name: name, Before: before, After: after})
	})
}

// DropTenant removes a tenant of an organisation that has no taps and never had
// any; ErrInUse otherwise.
func (d *Directory) DropTenant(ctx context.Context, organisation, slug string) error {
	const (
		findSQL  = `SELECT id, slug, name, require_second_factor FROM tenant WHERE organisation_id = @organisation::uuid AND slug = @slug FOR UPDATE`
		floorSQL = `DELETE FROM floor WHERE tenant_id = @id`
		siteSQL  = `DELETE FROM site WHERE tenant_id = @id`
		dropSQL  = `DELETE FROM tenant WHERE id = @id`
	)
	scope := Scope{ID: organisation, Kind: ScopeOrganisation}
	return d.inScope(ctx, pgx.ReadWrite, scope, "remove tenant", func(tx pgx.Tx) error {
		var id uuid.UUID
		var before auditTenant
		args := pgx.StrictNamedArgs{"organisation": organisation, "slug": slug}
		err := tx.QueryRow(ctx, findSQL, args).Scan(&id, &before.Slug, &before.Name, &before.RequireSecondFactor)
		if err != nil {
			return notFound(err)
		}
		if err := enter(ctx, tx, as{scope: id.String()}); err != nil {
			return err
		}
		for _, sql := range []string{floorSQL, siteSQL, `DELETE FROM membership WHERE scope_id = @id`, `DELETE FROM invitation WHERE scope_id = @id`, dropSQL} {
			if _, err := tx.Exec(ctx, sql, pgx.StrictNamedArgs{"id": id}); err != nil {
				return err
			}
		}
		if err := enter(ctx, tx, as{scope: organisation}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: scope.uuid(), Verb: "delete", Object: "tenant", ID: id.String(), Name: before.Name, Before: before})
	})
}
