package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Site is a place.
type Site struct {
	ID   string
	Slug string
	Name string
}

const sitesSQL = `
SELECT id::text AS id,
       slug,
       name
FROM site
WHERE tenant_id = @tenant::uuid
  AND (@site = '' OR slug = @site)
ORDER BY name, slug`

// Sites returns the sites of a tenant by name.
func (r *Reader) Sites(ctx context.Context, tenant string) (sites []Site, err error) {
	err = r.read(ctx, tenant, Span{}, "sites", func(v *view) error {
		sites, err = v.sites(ctx)
		return err
	})
	return sites, err
}

func (v *view) sites(ctx context.Context) ([]Site, error) {
	return collect[Site](ctx, v, sitesSQL, pgx.StrictNamedArgs{"tenant": v.tenant, "site": v.span.Site})
}
