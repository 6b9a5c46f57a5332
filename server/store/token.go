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
		err := tx.QueryRow(ctx, addTokenSQL, pgx.StrictNamedArgs{
			"hash": t.SecretHash[:], "tenant": tenant, "id": newID(), "site": t.Site, "uses": t.Uses, "lifetime": t.Lifetime,
		}).Scan(&id, &expires)
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenant, Verb: "create", Object: "enrolment-token", ID: id.String(),
			After: tokenAudit{Site: t.Site, Uses: t.Uses, ExpiresAt: expires},
		})
	})
	if err != nil {
		return uuid.Nil, time.Time{}, fmt.Errorf("store: add an enrolment token for site %q: %w", t.Site, notFound(err))
	}
	return id, expires, nil
}

// tokenAudit is what the audit log keeps of an enrolment token.
type tokenAudit struct {
	Site      string    `json:"site"` // slug
	Uses      int       `json:"uses"`
	ExpiresAt time.Time `json:"expires_at"`
}

// RevokeToken ends an enrolment token: nothing enrols with it from then on. Taps that
// did, and boxes that wait, stay. The error is ErrNotFound.
func (t *Taps) RevokeToken(ctx context.Context, tenant, token string) error {
	const revokeTokenSQL = `
UPDATE enrolment_token AS t
SET revoked_at = COALESCE(t.revoked_at, now())
FROM site AS s
WHERE t.tenant_id = @tenant
  AND t.id::text = @token
  AND (s.tenant_id, s.id) = (t.tenant_id, t.site_id)
RETURNING s.slug, t.uses_allowed, t.expires_at`
	err := t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
		var was tokenAudit
		err := tx.QueryRow(ctx, revokeTokenSQL, pgx.StrictNamedArgs{"tenant": of, "token": token}).Scan(&was.Site, &was.Uses, &was.ExpiresAt)
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, Entry{Scope: of, Verb: "revoke", Object: "enrolment-token", ID: token, Before: was})
	})
	if err != nil {
		return fmt.Errorf("store: revoke enrolment token: %w", err)
	}
	return nil
}
