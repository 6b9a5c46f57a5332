package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Taps changes who taps are, and lets boxes in, as people do; who that is stands in
// the context (auth.WithActor). Its methods may be called concurrently.
type Taps struct{ store *Store }

// Taps returns what changes taps. It is valid until s is closed.
func (s *Store) Taps() *Taps { return &Taps{store: s} }

// in calls f in a transaction of a tenant, whose id is text.
func (t *Taps) in(ctx context.Context, tenant string, f func(id uuid.UUID, tx pgx.Tx) error) error {
	id, err := uuid.Parse(tenant)
	if err != nil {
		return ErrNotFound
	}
	return t.store.InTenant(ctx, id, func(tx pgx.Tx) error { return f(id, tx) })
}

// tapAudit is what the audit log keeps of a tap.
type tapAudit struct {
	Name    string `json:"name"`
	Site    string `json:"site"` // slug
	Revoked bool   `json:"revoked"`
}

const lockTapSQL = `
SELECT t.name, s.slug, t.revoked_at IS NOT NULL
FROM tap AS t
JOIN site AS s ON (s.tenant_id, s.id) = (t.tenant_id, t.site_id)
WHERE t.tenant_id = @tenant
  AND t.id = @tap
FOR NO KEY UPDATE OF t`

// lockTap locks a tap of the tenant. The error is ErrNotFound where it has no such.
func lockTap(ctx context.Context, tx pgx.Tx, tenant uuid.UUID, tap string) (id uuid.UUID, now tapAudit, err error) {
	if id, err = uuid.Parse(tap); err != nil {
		return id, now, ErrNotFound
	}
	err = tx.QueryRow(ctx, lockTapSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": id}).Scan(&now.Name, &now.Site, &now.Revoked)
	return id, now, notFound(err)
}

// TapChange is what is to change; nil leaves something as it is.
type TapChange struct {
	Name *string // 1 to 64 characters
	Site *string // slug
}

const changeTapSQL = `
UPDATE tap` + newRevisionSQL + `,
  name = @name,
  site_id = s.id
FROM site AS s
WHERE tap.tenant_id = @tenant
  AND tap.id = @tap
  AND s.tenant_id = @tenant
  AND s.slug = @site`

// Change renames a tap, or moves it to another site of its tenant, with its past:
// what it heard goes with it. Errors: ErrNotFound, ErrNoSite, and a *desired.Error
// where what is set for the tap does not go together with what is set for the site.
func (t *Taps) Change(ctx context.Context, tenant, tap string, c TapChange) error {
	err := t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
		id, before, err := lockTap(ctx, tx, of, tap)
		if err != nil {
			return err
		}
		after := before
		if c.Name != nil {
			after.Name = plain(*c.Name)
		}
		if c.Site != nil && *c.Site != before.Site {
			after.Site = *c.Site
			if err := checkMove(ctx, tx, tenant, tap, after.Site); err != nil {
				return err
			}
		}
		if after == before {
			return nil
		}
		_, err = tx.Exec(ctx, changeTapSQL, pgx.StrictNamedArgs{"tenant": of, "tap": id, "name": after.Name, "site": after.Site})
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: of, Verb: "change", Object: "tap", ID: tap, Name: after.Name, Before: before, After: after})
	})
	if err != nil {
		return fmt.Errorf("store: change tap %s: %w", tap, err)
	}
	return nil
}

// checkMove checks that what is set for a tap may stand at another site.
func checkMove(ctx context.Context, tx pgx.Tx, tenant, tap, site string) error {
	now, err := readTapDesired(ctx, tx, tenant, tap)
	if err != nil {
		return err
	}
	var s SiteDesired
	var row settingRow
	err = tx.QueryRow(ctx, siteDesiredSQL(), pgx.StrictNamedArgs{"tenant": tenant, "site": site}).
		Scan(append([]any{&s.Slug, &s.Name, &s.Taps}, row.fields()...)...)
	if err != nil {
		return noSite(err)
	}
	return checkTogether(row.layer().Settings, now.Tap.Settings, fmt.Sprintf("with what is set for the taps of %q", s.Name))
}

// RevokeTap ends a tap's right to report and to enrol again. It waits for reports
// that are being stored, and none is stored after it returns, by any node. The
// error is ErrNotFound where the tenant has no such tap.
func (s *Store) RevokeTap(ctx context.Context, tenant, tap uuid.UUID) error {
	const revokeTapSQL = `
UPDATE tap
SET revoked_at = now()
WHERE tenant_id = @tenant
  AND id = @tap`
	err := s.InTenant(ctx, tenant, func(tx pgx.Tx) error {
		_, before, err := lockTap(ctx, tx, tenant, tap.String())
		if err != nil || before.Revoked {
			return err
		}
		if _, err := tx.Exec(ctx, revokeTapSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap}); err != nil {
			return err
		}
		after := before
		after.Revoked = true
		return audit(ctx, tx, Entry{Scope: tenant, Verb: "revoke", Object: "tap", ID: tap.String(), Name: before.Name, Before: before, After: after})
	})
	if err != nil {
		return fmt.Errorf("store: revoke tap %s: %w", tap, err)
	}
	return nil
}

// Revoke is RevokeTap for ids as text.
func (t *Taps) Revoke(ctx context.Context, tenant, tap string) error {
	of, errTenant := uuid.Parse(tenant)
	id, errTap := uuid.Parse(tap)
	if err := errors.Join(errTenant, errTap); err != nil {
		return fmt.Errorf("store: revoke tap %q: %w", tap, ErrNotFound)
	}
	return t.store.RevokeTap(ctx, of, id)
}
