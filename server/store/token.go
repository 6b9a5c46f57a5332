package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TokenRequest describes an enrolment token to be made.
type TokenRequest struct {
	SecretHash [32]byte // SHA-256 of the secret, which is not stored
	Site       string   // slug
	Uses       int      // 1 to 100,000
	Lifetime   time.Duration
}

const addTokenSQL = `
INSERT INTO enrolment_token (secret_hash, tenant_id, id, site_id, uses_allowed, expires_at)
SELECT @hash, s.tenant_id, @id, s.id, @uses, now() + @lifetime::interval
FROM site AS s
WHERE s.tenant_id = @tenant
  AND s.slug = @site
RETURNING id, expires_at`

// AddToken stores an enrolment token of a tenant's site and returns its id and
// when it expires. The error is ErrNotFound where the site does not exist.
func (s *Store) AddToken(ctx context.Context, tenant uuid.UUID, t TokenRequest) (id uuid.UUID, expires time.Time, err error) {
	err = s.InTenant(ctx, tenant, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, addTokenSQL, pgx.StrictNamedArgs{
			"hash": t.SecretHash[:], "tenant": tenant, "id": newID(), "site": t.Site, "uses": t.Uses, "lifetime": t.Lifetime,
		}).Scan(&id, &expires)
	})
	if err != nil {
		return uuid.Nil, time.Time{}, fmt.Errorf("store: add an enrolment token for site %q: %w", t.Site, notFound(err))
	}
	return id, expires, nil
}

// RevokeTap ends a tap's right to report and to enrol again. It waits for reports
// that are being stored, and none is stored after it returns. The error is
// ErrNotFound where the tenant has no such tap.
func (s *Store) RevokeTap(ctx context.Context, tenant, tap uuid.UUID) error {
	const revokeTapSQL = `
UPDATE tap
SET revoked_at = COALESCE(revoked_at, now())
WHERE tenant_id = @tenant
  AND id = @tap`
	err := s.InTenant(ctx, tenant, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, revokeTapSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap})
		if err == nil && tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: revoke tap %s: %w", tap, err)
	}
	return nil
}
