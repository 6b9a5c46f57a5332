package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Tenant is a tenant as its directory lists it.
type Tenant struct {
	ID   uuid.UUID
	Slug string
	Name string
}

// EnsureDefaults gives a new database its first organisation, tenant "default" and
// site "main"; it does nothing where there is a tenant.
func (s *Store) EnsureDefaults(ctx context.Context) error {
	const (
		lockSQL         = `SELECT pg_advisory_xact_lock($1)`
		haveSQL         = `SELECT EXISTS (SELECT FROM tenant)`
		organisationSQL = `INSERT INTO organisation (id, name) VALUES ($1, 'Default')`
		tenantSQL       = `INSERT INTO tenant (id, organisation_id, slug, name) VALUES ($1, $2, 'default', 'Default')`
		siteSQL         = `INSERT INTO site (tenant_id, id, slug, name) VALUES ($1, $2, 'main', 'Main site')`
		defaultsLock    = 0x5069636b65740002
	)
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockSQL, int64(defaultsLock)); err != nil {
			return err
		}
		var have bool
		if err := tx.QueryRow(ctx, haveSQL).Scan(&have); err != nil || have {
			return err
		}
		organisation, tenant, site := newID(), newID(), newID()
		if _, err := tx.Exec(ctx, organisationSQL, organisation); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, tenantSQL, tenant, organisation); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, siteSQL, tenant, site)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: make the first tenant: %w", err)
	}
	return nil
}

// Tenants lists the tenants by name.
func (s *Store) Tenants(ctx context.Context) ([]Tenant, error) {
	const tenantsSQL = `
SELECT id, slug, name
FROM tenant
ORDER BY name, slug`
	rows, err := s.api.Query(ctx, tenantsSQL)
	if err != nil {
		return nil, fmt.Errorf("store: list tenants: %w", err)
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowToStructByName[Tenant])
	if err != nil {
		return nil, fmt.Errorf("store: list tenants: %w", err)
	}
	return tenants, nil
}

// TenantBySlug returns a tenant, or ErrNotFound.
func (s *Store) TenantBySlug(ctx context.Context, slug string) (Tenant, error) {
	const tenantBySlugSQL = `
SELECT id, slug, name
FROM tenant
WHERE slug = $1`
	var t Tenant
	err := s.api.QueryRow(ctx, tenantBySlugSQL, slug).Scan(&t.ID, &t.Slug, &t.Name)
	if err != nil {
		return Tenant{}, fmt.Errorf("store: tenant %q: %w", slug, notFound(err))
	}
	return t, nil
}

// newID makes a UUID that sorts by time (version 7).
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) } // errs only where the system has no randomness
