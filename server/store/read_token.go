package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Token is an enrolment token without its secret.
type Token struct {
	ID          string
	SiteSlug    string
	SiteName    string
	UsesAllowed int
	Uses        int
	CreatedAt   time.Time
	ExpiresAt   time.Time
	State       string // valid, used, expired, revoked
}

const tokensSQL = `
SELECT t.id::text AS id,
       s.slug AS site_slug,
       s.name AS site_name,
       t.uses_allowed,
       t.uses,
       t.created_at,
       t.expires_at,
       CASE
         WHEN t.revoked_at IS NOT NULL THEN 'revoked'
         WHEN t.uses >= t.uses_allowed THEN 'used'
         WHEN t.expires_at <= now() THEN 'expired'
         ELSE 'valid'
       END AS state
FROM enrolment_token t
JOIN site s ON s.tenant_id = t.tenant_id AND s.id = t.site_id
WHERE t.tenant_id = @tenant::uuid
  AND (@id = '' OR t.id = nullif(@id, '')::uuid)
ORDER BY t.created_at DESC, t.id
LIMIT 1000`

// Tokens returns the enrolment tokens of a tenant, newest first.
func (r *Reader) Tokens(ctx context.Context, tenant string) (tokens []Token, err error) {
	err = r.read(ctx, tenant, Span{}, "enrolment tokens", func(v *view) error {
		tokens, err = collect[Token](ctx, v, tokensSQL, pgx.StrictNamedArgs{"tenant": tenant, "id": ""})
		return err
	})
	return tokens, err
}

// Token returns an enrolment token, or ErrNotFound.
func (r *Reader) Token(ctx context.Context, tenant, id string) (token Token, err error) {
	err = r.read(ctx, tenant, Span{}, "enrolment token", func(v *view) error {
		token, err = collectOne[Token](ctx, v, tokensSQL, pgx.StrictNamedArgs{"tenant": tenant, "id": id})
		return err
	})
	return token, err
}
