package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/desired"
	"picket/shared/wlan"
)

// SiteDesired is what was set for all taps of a site.
type SiteDesired struct {
	Layer

	Slug string
	Name string
	Taps int // that are not revoked
}

const siteOfTapSQL = `
SELECT s.slug, s.name
FROM tap AS t
JOIN site AS s ON s.tenant_id = t.tenant_id AND s.id = t.site_id
WHERE t.tenant_id = @tenant::uuid
  AND t.id = @tap::uuid`

// Tap returns what the centre wants of a tap, or ErrNotFound.
func (d *Desired) Tap(ctx context.Context, tenant, tap string) (t TapDesired, err error) {
	err = inTenant(ctx, d.pool, pgx.ReadOnly, tenant, func(tx pgx.Tx) error {
		if t, err = readTapDesired(ctx, tx, tenant, tap); err != nil {
			return err
		}
		return tx.QueryRow(ctx, siteOfTapSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap}).Scan(&t.SiteSlug, &t.SiteName)
	})
	if err != nil {
		return TapDesired{}, fmt.Errorf("store: desired state of tap %s: %w", tap, err)
	}
	return t, nil
}

func siteDesiredSQL() string {
	return `
SELECT s.slug, s.name,
  (SELECT count(*) FROM tap AS t WHERE t.tenant_id = s.tenant_id AND t.site_id = s.id AND t.revoked_at IS NULL),
  ` + settingColumns("x") + `
FROM site AS s
LEFT JOIN desired_setting AS x ON x.tenant_id = s.tenant_id AND x.site_id = s.id AND x.tap_id IS NULL
WHERE s.tenant_id = @tenant::uuid
  AND s.slug = @site`
}

// Site returns what was set for the taps of a site, or ErrNoSite.
func (d *Desired) Site(ctx context.Context, tenant, slug string) (s SiteDesired, err error) {
	err = inTenant(ctx, d.pool, pgx.ReadOnly, tenant, func(tx pgx.Tx) error {
		var row settingRow
		err := tx.QueryRow(ctx, siteDesiredSQL(), pgx.StrictNamedArgs{"tenant": tenant, "site": slug}).
			Scan(append([]any{&s.Slug, &s.Name, &s.Taps}, row.fields()...)...)
		s.Layer = row.layer()
		return noSite(err)
	})
	if err != nil {
		return SiteDesired{}, fmt.Errorf("store: desired state of site %q: %w", slug, err)
	}
	return s, nil
}

func noSite(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNoSite
	}
	return err
}

// newRevisionSQL is the assignment that gives a tap a new revision.
const newRevisionSQL = `
SET desired_revision = GREATEST(desired_revision + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
  desired_at = GREATEST(desired_at, clock_timestamp())`

const bumpTapSQL = `
UPDATE tap` + newRevisionSQL + `
WHERE tenant_id = @tenant::uuid
  AND id = @tap::uuid
RETURNING desired_at`

const putSettingSQL = `
INSERT INTO desired_setting (tenant_id, site_id, tap_id, window_ms, radio_use, radio_country, radio_own_mhz, radio_only_mhz,
  radio_exclude_mhz, radio_share_index, radio_share_of, radio_revisit_ms, changed_by, changed_at)
VALUES (@tenant, @site, @tap, @window, @use, @country, @own, @only, @exclude, @share_index, @share_of, @revisit, @by, now())
ON CONFLICT ON CONSTRAINT desired_setting_unique DO UPDATE
SET window_ms = EXCLUDED.window_ms,
  radio_use = EXCLUDED.radio_use,
  radio_country = EXCLUDED.radio_country,
  radio_own_mhz = EXCLUDED.radio_own_mhz,
  radio_only_mhz = EXCLUDED.radio_only_mhz,
  radio_exclude_mhz = EXCLUDED.radio_exclude_mhz,
  radio_share_index = EXCLUDED.radio_share_index,
  radio_share_of = EXCLUDED.radio_share_of,
  radio_revisit_ms = EXCLUDED.radio_revisit_ms,
  changed_by = EXCLUDED.changed_by,
  changed_at = EXCLUDED.changed_at`

// putSetting replaces a layer, that of a site or of a tap: the other is nil.
func putSetting(ctx context.Context, tx pgx.Tx, tenant string, site, tap *uuid.UUID, s desired.Settings, by string) error {
	args := pgx.StrictNamedArgs{
		"tenant": tenant, "site": site, "tap": tap, "window": s.WindowMS, "use": s.Use, "country": s.Country,
		"own": integers(s.Own), "only": integers(s.Only), "exclude": integers(s.Exclude),
		"share_index": nil, "share_of": nil, "revisit": s.Revisit, "by": by,
	}
	if s.Share != nil {
		args["share_index"], args["share_of"] = s.Share.Index, s.Share.Of
	}
	_, err := tx.Exec(ctx, putSettingSQL, args)
	return err
}

// integers converts to a column; nil stays nil.
func integers(list []wlan.MHz) []int32 {
	if list == nil {
		return nil
	}
	column := make([]int32, len(list))
	for i, f := range list {
		column[i] = int32(f)
	}
	return column
}

// PutTap replaces what was set for a tap. The error is ErrNotFound, or a
// *desired.Error that says which setting is wrong.
func (d *Desired) PutTap(ctx context.Context, tenant, tap string, s desired.Settings, by string) error {
	s.Normalise()
	if err := s.Validate(); err != nil {
		return err
	}
	id, err := uuid.Parse(tap)
	if err != nil {
		return fmt.Errorf("store: set desired state of tap %q: %w", tap, ErrNotFound)
	}
	err = inTenant(ctx, d.pool, pgx.ReadWrite, tenant, func(tx pgx.Tx) error {
		if _, err := bumpTap(ctx, tx, tenant, tap); err != nil {
			return err
		}
		before, err := readTapDesired(ctx, tx, tenant, tap)
		if err != nil {
			return err
		}
		if err := checkTogether(before.Site.Settings, s, "with what is set for the site"); err != nil {
			return err
		}
		if err := putSetting(ctx, tx, tenant, nil, &id, s, by); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenantScope(tenant).uuid(), Verb: "change", Object: "tap settings", ID: tap, Before: before.Tap.Settings, After: s,
		})
	})
	if err != nil {
		return fmt.Errorf("store: set desired state of tap %s: %w", tap, err)
	}
	return nil
}

// checkTogether checks what two layers that are right by themselves make.
func checkTogether(site, tap desired.Settings, why string) error {
	merged := desired.Merge(site, tap)
	err := merged.Radio.Validate()
	var wrong *desired.Error
	if errors.As(err, &wrong) {
		return &desired.Error{Field: wrong.Field, Problem: why + ": " + wrong.Problem}
	}
	return err
}
