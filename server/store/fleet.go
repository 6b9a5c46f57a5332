package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// FleetTap is a tap to be added without enrolment, for tests and measurements.
type FleetTap struct {
	Name      string // 1 to 64 characters
	Site      string // slug; made where it does not exist
	KeyID     string
	PublicKey []byte // Ed25519
}

const addFleetSitesSQL = `
INSERT INTO site (tenant_id, id, slug, name)
SELECT @tenant::uuid, u.id, u.slug, u.slug
FROM unnest(@ids::uuid[], @slugs::text[]) AS u (id, slug)
ON CONFLICT (tenant_id, slug) DO NOTHING`

const addFleetTapsSQL = `
INSERT INTO tap (tenant_id, id, site_id, name, version, arch)
SELECT s.tenant_id, u.id, s.id, u.name, 'fakefleet', 'none'
FROM unnest(@ids::uuid[], @names::text[], @sites::text[], @key_ids::text[]) AS u (id, name, site, key_id)
JOIN site AS s ON s.tenant_id = @tenant AND s.slug = u.site
WHERE NOT EXISTS (SELECT FROM tap_key AS k WHERE k.key_id = u.key_id)`

const addFleetKeysSQL = `
INSERT INTO tap_key (key_id, tenant_id, tap_id, public_key)
SELECT u.key_id, t.tenant_id, t.id, u.public_key
FROM unnest(@ids::uuid[], @key_ids::text[], @keys::bytea[]) AS u (id, key_id, public_key)
JOIN tap AS t ON t.tenant_id = @tenant AND t.id = u.id
ON CONFLICT DO NOTHING`

// AddFleet makes a tenant, where it does not exist, its sites, and taps whose keys
// the caller has, and does nothing for keys that are there: what enrolment does for
// one tap at a time. It is for databases of tests, and as trusted as whoever can
// connect as owner.
func (s *Store) AddFleet(ctx context.Context, tenantSlug string, taps []FleetTap) (uuid.UUID, error) {
	tenant, err := s.fleetTenant(ctx, tenantSlug)
	if err != nil {
		return uuid.Nil, fmt.Errorf("store: add fleet: tenant %q: %w", tenantSlug, err)
	}
	var ids []uuid.UUID
	var names, sites, keyIDs []string
	var keys [][]byte
	first := make(map[string]bool)
	var siteIDs []uuid.UUID
	var slugs []string
	for _, t := range taps {
		ids, names, sites = append(ids, newID()), append(names, t.Name), append(sites, t.Site)
		keyIDs, keys = append(keyIDs, t.KeyID), append(keys, t.PublicKey)
		if !first[t.Site] {
			first[t.Site] = true
			siteIDs, slugs = append(siteIDs, newID()), append(slugs, t.Site)
		}
	}
	batch := new(pgx.Batch)
	batch.Queue(addFleetSitesSQL, pgx.StrictNamedArgs{"tenant": tenant, "ids": siteIDs, "slugs": slugs})
	batch.Queue(addFleetTapsSQL, pgx.StrictNamedArgs{"tenant": tenant, "ids": ids, "names": names, "sites": sites, "key_ids": keyIDs})
	batch.Queue(addFleetKeysSQL, pgx.StrictNamedArgs{"tenant": tenant, "ids": ids, "key_ids": keyIDs, "keys": keys})
	err = s.InTenant(ctx, tenant, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
	if err != nil {
		return uuid.Nil, fmt.Errorf("store: add fleet: %w", err)
	}
	return tenant, nil
}

const addFleetTenantSQL = `
INSERT INTO tenant (id, organisation_id, slug, name)
SELECT @id, o.id, @slug, @slug
FROM organisation AS o
ORDER BY o.created_at, o.id
LIMIT 1
ON CONFLICT (slug) DO NOTHING`

func (s *Store) fleetTenant(ctx context.Context, slug string) (uuid.UUID, error) {
	if _, err := s.owner.Exec(ctx, addFleetTenantSQL, pgx.StrictNamedArgs{"id": newID(), "slug": slug}); err != nil {
		return uuid.Nil, err
	}
	t, err := s.TenantBySlug(ctx, slug)
	return t.ID, err
}

// BootReports says what is stored of one start of a tap.
type BootReports struct {
	Boot      uuid.UUID `db:"boot_id"`
	Sequences []int64   `db:"sequences"` // of rows in report, ascending
	Observed  []int64   `db:"observed"`  // of rows in air_raw, ascending
}

const bootReportsSQL = `
SELECT r.boot_id, r.sequences, COALESCE(a.sequences, '{}') AS observed
FROM (
  SELECT boot_id, array_agg(sequence ORDER BY sequence) AS sequences
  FROM report
  WHERE tenant_id = @tenant
    AND window_start >= @from
  GROUP BY boot_id
) AS r
LEFT JOIN (
  SELECT boot_id, array_agg(sequence ORDER BY sequence) AS sequences
  FROM air_raw
  WHERE tenant_id = @tenant
    AND window_start >= @from
  GROUP BY boot_id
) AS a USING (boot_id)
ORDER BY r.boot_id`

// BootReports lists which reports of a tenant's boots are stored, by windows that
// began at from or later: for checks that nothing was lost or stored twice.
func (s *Store) BootReports(ctx context.Context, tenant uuid.UUID, from time.Time) ([]BootReports, error) {
	var boots []BootReports
	err := s.InTenant(ctx, tenant, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, bootReportsSQL, pgx.StrictNamedArgs{"tenant": tenant, "from": from})
		if err != nil {
			return err
		}
		boots, err = pgx.CollectRows(rows, pgx.RowToStructByName[BootReports])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: read reports back: %w", err)
	}
	return boots, nil
}
