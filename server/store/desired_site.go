package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/desired"
)

// The lock keeps taps from enrolling at the site meanwhile (their foreign key
// waits for it), so that none begins with a revision that says less.
const lockSiteSQL = `
SELECT id
FROM site
WHERE tenant_id = @tenant::uuid
  AND slug = @site
FOR UPDATE`

// Locks are taken in the order of the key, as by those who store reports.
const lockTapsOfSiteSQL = `
SELECT id
FROM tap
WHERE tenant_id = @tenant::uuid
  AND site_id = @site
ORDER BY id
FOR NO KEY UPDATE`

func tapsOfSiteSQL() string {
	return `
SELECT t.name, ` + settingColumns("y") + `
FROM desired_setting AS y
JOIN tap AS t ON t.tenant_id = y.tenant_id AND t.id = y.tap_id
WHERE y.tenant_id = @tenant::uuid
  AND y.site_id IS NULL
  AND t.site_id = @site
  AND t.revoked_at IS NULL
ORDER BY t.id`
}

const bumpTapsOfSiteSQL = `
UPDATE tap` + newRevisionSQL + `
WHERE tenant_id = @tenant::uuid
  AND site_id = @site`

func siteSettingSQL() string {
	return `
SELECT ` + settingColumns("x") + `
FROM desired_setting AS x
WHERE x.tenant_id = @tenant::uuid
  AND x.site_id = @site
  AND x.tap_id IS NULL`
}

// PutSite replaces what was set for the taps of a site. The error is ErrNoSite, or
// a *desired.Error that says which setting is wrong.
func (d *Desired) PutSite(ctx context.Context, tenant, slug string, s desired.Settings, by string) error {
	s.Normalise()
	if err := s.Validate(); err != nil {
		return err
	}
	if s.Share != nil {
		return &desired.Error{Field: desired.FieldShare, Problem: "each tap of a site has a share of its own: set it for the tap"}
	}
	err := inTenant(ctx, d.pool, pgx.ReadWrite, tenant, func(tx pgx.Tx) error {
		var site uuid.UUID
		err := tx.QueryRow(ctx, lockSiteSQL, pgx.StrictNamedArgs{"tenant": tenant, "site": slug}).Scan(&site)
		if err != nil {
			return noSite(err)
		}
		args := pgx.StrictNamedArgs{"tenant": tenant, "site": site}
		if _, err := tx.Exec(ctx, lockTapsOfSiteSQL, args); err != nil {
			return err
		}
		if err := checkTaps(ctx, tx, args, s); err != nil {
			return err
		}
		var row settingRow
		err = tx.QueryRow(ctx, siteSettingSQL(), args).Scan(row.fields()...)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		before := row.layer().Settings
		if err := putSetting(ctx, tx, tenant, &site, nil, s, by); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, bumpTapsOfSiteSQL, args); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "change", Object: "site settings", ID: site.String(), Name: slug, Before: before, After: s,
		})
	})
	if err != nil {
		return fmt.Errorf("store: set desired state of site %q: %w", slug, err)
	}
	return nil
}

// checkTaps checks what a site's settings make together with those of each of its
// taps.
func checkTaps(ctx context.Context, tx pgx.Tx, args pgx.StrictNamedArgs, s desired.Settings) error {
	rows, err := tx.Query(ctx, tapsOfSiteSQL(), args)
	if err != nil {
		return err
	}
	var name string
	var row settingRow
	_, err = pgx.ForEachRow(rows, append([]any{&name}, row.fields()...), func() error {
		return checkTogether(s, row.layer().Settings, fmt.Sprintf("with what is set for tap %q", name))
	})
	return err
}
