package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Floor is a floor of a site.
type Floor struct {
	ID    string
	Name  string
	Level int // 0: at the street
}

type auditSite struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

type auditFloor struct {
	Site  string `json:"site"`
	Name  string `json:"name"`
	Level int    `json:"level"`
}

func tenantScope(tenant string) Scope { return Scope{ID: tenant, Kind: ScopeTenant} }

// AddSite makes a site of a tenant. ErrConflict: the slug is taken.
func (d *Directory) AddSite(ctx context.Context, tenant, slug, name string) error {
	const addSQL = `INSERT INTO site (tenant_id, id, slug, name) VALUES (@tenant::uuid, @id, @slug, @name)`
	id := newID()
	return d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "add site", func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"tenant": tenant, "id": id, "slug": slug, "name": name}
		if _, err := tx.Exec(ctx, addSQL, args); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "create", Object: "site", ID: id.String(), Name: name, After: auditSite{slug, name},
		})
	})
}

const lockSiteNameSQL = `SELECT id, name FROM site WHERE tenant_id = @tenant::uuid AND slug = @slug FOR UPDATE`

// siteForChange locks a site, or returns ErrNoSite.
func siteForChange(ctx context.Context, tx pgx.Tx, tenant, slug string) (id uuid.UUID, name string, err error) {
	err = tx.QueryRow(ctx, lockSiteNameSQL, pgx.StrictNamedArgs{"tenant": tenant, "slug": slug}).Scan(&id, &name)
	return id, name, noSite(err)
}

// ChangeSite gives a site another name; its slug stays, since links have it.
func (d *Directory) ChangeSite(ctx context.Context, tenant, slug, name string) error {
	const changeSQL = `UPDATE site SET name = @name WHERE tenant_id = @tenant::uuid AND id = @id`
	return d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "change site", func(tx pgx.Tx) error {
		id, before, err := siteForChange(ctx, tx, tenant, slug)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"tenant": tenant, "id": id, "name": name}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "change", Object: "site", ID: id.String(), Name: name,
			Before: auditSite{slug, before}, After: auditSite{slug, name},
		})
	})
}

// DropSite removes a site with its floors; ErrInUse where a tap, a token or settings
// belong to it.
func (d *Directory) DropSite(ctx context.Context, tenant, slug string) error {
	const (
		floorsSQL = `DELETE FROM floor WHERE tenant_id = @tenant::uuid AND site_id = @id`
		dropSQL   = `DELETE FROM site WHERE tenant_id = @tenant::uuid AND id = @id`
	)
	return d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "remove site", func(tx pgx.Tx) error {
		id, before, err := siteForChange(ctx, tx, tenant, slug)
		if err != nil {
			return err
		}
		for _, sql := range []string{floorsSQL, dropSQL} {
			if _, err := tx.Exec(ctx, sql, pgx.StrictNamedArgs{"tenant": tenant, "id": id}); err != nil {
				return err
			}
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "delete", Object: "site", ID: id.String(), Name: before, Before: auditSite{slug, before},
		})
	})
}

// Floors returns the floors of a site, highest first, or ErrNoSite.
func (d *Directory) Floors(ctx context.Context, tenant, site string) (floors []Floor, err error) {
	const floorsSQL = `
SELECT f.id::text AS id, f.name, f.level
FROM floor f
JOIN site s ON s.tenant_id = f.tenant_id AND s.id = f.site_id
WHERE f.tenant_id = @tenant::uuid
  AND s.slug = @site
ORDER BY f.level DESC, f.name`
	args := pgx.StrictNamedArgs{"tenant": tenant, "site": site}
	err = d.inScope(ctx, pgx.ReadOnly, tenantScope(tenant), "list floors", func(tx pgx.Tx) error {
		var exists bool
		if err := tx.QueryRow(ctx, siteExistsSQL, args).Scan(&exists); err != nil {
			return err
		}
		if !exists {
			return ErrNoSite
		}
		floors, err = collect[Floor](ctx, tx, floorsSQL, args)
		return err
	})
	return floors, err
}

// AddFloor makes a floor of a site and returns it. ErrConflict: the name is taken.
func (d *Directory) AddFloor(ctx context.Context, tenant, site, name string, level int) (Floor, error) {
	const addSQL = `INSERT INTO floor (tenant_id, id, site_id, name, level) VALUES (@tenant::uuid, @id, @site, @name, @level)`
	id := newID()
	err := d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "add floor", func(tx pgx.Tx) error {
		of, _, err := siteForChange(ctx, tx, tenant, site)
		if err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{"tenant": tenant, "id": id, "site": of, "name": name, "level": level}
		if _, err := tx.Exec(ctx, addSQL, args); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "create", Object: "floor", ID: id.String(), Name: name, After: auditFloor{site, name, level},
		})
	})
	return Floor{ID: id.String(), Name: name, Level: level}, err
}

const floorForChangeSQL = `
SELECT f.name, f.level
FROM floor f
JOIN site s ON s.tenant_id = f.tenant_id AND s.id = f.site_id
WHERE f.tenant_id = @tenant::uuid
  AND f.id = @id::uuid
  AND s.slug = @site
FOR UPDATE OF f`

// ChangeFloor sets a floor's name and level, or returns ErrNotFound.
func (d *Directory) ChangeFloor(ctx context.Context, tenant, site string, f Floor) error {
	const changeSQL = `UPDATE floor SET name = @name, level = @level WHERE tenant_id = @tenant::uuid AND id = @id::uuid`
	return d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "change floor", func(tx pgx.Tx) error {
		before := auditFloor{Site: site}
		args := pgx.StrictNamedArgs{"tenant": tenant, "id": f.ID, "site": site}
		if err := tx.QueryRow(ctx, floorForChangeSQL, args).Scan(&before.Name, &before.Level); err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, changeSQL, pgx.StrictNamedArgs{"tenant": tenant, "id": f.ID, "name": f.Name, "level": f.Level}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "change", Object: "floor", ID: f.ID, Name: f.Name,
			Before: before, After: auditFloor{site, f.Name, f.Level},
		})
	})
}

// DropFloor removes a floor, or returns ErrNotFound.
func (d *Directory) DropFloor(ctx context.Context, tenant, site, id string) error {
	const dropSQL = `DELETE FROM floor WHERE tenant_id = @tenant::uuid AND id = @id::uuid`
	return d.inScope(ctx, pgx.ReadWrite, tenantScope(tenant), "remove floor", func(tx pgx.Tx) error {
		before := auditFloor{Site: site}
		args := pgx.StrictNamedArgs{"tenant": tenant, "id": id, "site": site}
		if err := tx.QueryRow(ctx, floorForChangeSQL, args).Scan(&before.Name, &before.Level); err != nil {
			return notFound(err)
		}
		if _, err := tx.Exec(ctx, dropSQL, pgx.StrictNamedArgs{"tenant": tenant, "id": id}); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: tenantScope(tenant).uuid(), Verb: "delete", Object: "floor", ID: id, Name: before.Name, Before: before})
	})
}
