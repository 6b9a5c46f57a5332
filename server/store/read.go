package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Reader reads what the console shows. Each method is one transaction under
// the role picket_api with the tenant set, so that row-level security stands
// behind every predicate. Its methods may be called concurrently.
type Reader struct{ pool *pgxpool.Pool }

// Reader returns what reads for the console. It is valid until s is closed.
func (s *Store) Reader() *Reader { return &Reader{pool: s.api} }

// ErrNoSite is returned for a site that the tenant does not have. It is an
// ErrNotFound.
var ErrNoSite = fmt.Errorf("site: %w", ErrNotFound)

// statementTimeout bounds each query of the console.
const statementTimeout = 15 * time.Second

// Compiling the console's queries takes longer than running them. They are planned
// for what they ask: a plan for any range of time and any number of addresses reads
// what it need not.
const enterTenantSQL = `
SELECT set_config('picket.tenant_id', @tenant, true),
       set_config('jit', 'off', true),
       set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('statement_timeout', @timeout, true)`

// inTenant runs f in a transaction that sees one tenant, or none where tenant
// is empty.
func inTenant(ctx context.Context, pool *pgxpool.Pool, mode pgx.TxAccessMode, tenant string, f func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: mode}, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, enterTenantSQL, pgx.StrictNamedArgs{
			"tenant":  tenant,
			"timeout": fmt.Sprintf("%dms", statementTimeout.Milliseconds()),
		})
		if err != nil {
			return fmt.Errorf("enter tenant: %w", err)
		}
		return f(tx)
	})
}

// view is a transaction of a Reader for one request, and what every query of it needs.
type view struct {
	pgx.Tx
	tenant string
	span   Span
	taps   map[string]TapName // of the tenant and, where one is asked for, the site
	ids    []string           // of taps
	keep   Retention          // of the tenant

	builtTo *builtTo // nil: not read yet
}

// TapName is a tap as others refer to it.
type TapName struct {
	ID            string
	Name          string
	SiteSlug      string
	SiteName      string
	Demonstration bool
}

// read runs f on a view of the tenant.
func (r *Reader) read(ctx context.Context, tenant string, span Span, what string, f func(*view) error) error {
	err := inTenant(ctx, r.pool, pgx.ReadOnly, tenant, func(tx pgx.Tx) error {
		v := &view{Tx: tx, tenant: tenant, span: span, taps: map[string]TapName{}, ids: []string{}}
		if err := v.loadTaps(ctx); err != nil {
			return err
		}
		var err error
		if v.keep, err = readRetention(ctx, tx, tenant); err != nil {
			return err
		}
		return f(v)
	})
	if err != nil {
		return fmt.Errorf("store: read %s: %w", what, err)
	}
	return nil
}

const siteExistsSQL = `
SELECT EXISTS (
  SELECT FROM site
  WHERE tenant_id = @tenant::uuid
    AND slug = @site)`

const tapNamesSQL = `
SELECT t.id::text AS id,
       t.name,
       s.slug AS site_slug,
       s.name AS site_name,
       t.demonstration
FROM tap t
JOIN site s ON s.tenant_id = t.tenant_id AND s.id = t.site_id
WHERE t.tenant_id = @tenant::uuid
  AND (@site = '' OR s.slug = @site)
ORDER BY t.id`

func (v *view) loadTaps(ctx context.Context) error {
	args := pgx.StrictNamedArgs{"tenant": v.tenant, "site": v.span.Site}
	if v.span.Site != "" {
		var exists bool
		if err := v.QueryRow(ctx, siteExistsSQL, args).Scan(&exists); err != nil {
			return err
		}
		if !exists {
			return ErrNoSite
		}
	}
	taps, err := collect[TapName](ctx, v, tapNamesSQL, args)
	if err != nil {
		return err
	}
	for _, t := range taps {
		v.taps[t.ID] = t
		v.ids = append(v.ids, t.ID)
	}
	return nil
}

// arguments are those of a query; none for nil.
func arguments(args pgx.QueryRewriter) []any {
	if args == nil {
		return nil
	}
	return []any{args}
}

// collect runs a query whose columns are the fields of T.
func collect[T any](ctx context.Context, tx pgx.Tx, sql string, args pgx.QueryRewriter) ([]T, error) {
	rows, err := tx.Query(ctx, sql, arguments(args)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// collectOne is collect for a query of one row; it is ErrNotFound where there is none.
func collectOne[T any](ctx context.Context, tx pgx.Tx, sql string, args pgx.QueryRewriter) (T, error) {
	rows, err := tx.Query(ctx, sql, arguments(args)...)
	if err != nil {
		var zero T
		return zero, err
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return row, ErrNotFound
	}
	return row, err
}
