package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Change marks how far a tenant's data have come: whoever sees another mark
// than before reads again. It is comparable.
type Change struct {
	Sequences int64 // sum of the taps' newest
	At        int64 // when the newest report was received or tap enrolled, µs since 1970; 0: never
	Taps      int64
}

// One row a tap, by its primary key: cheap enough for once a second.
const changeSQL = `
SELECT coalesce(sum(last_sequence), 0)::bigint AS sequences,
       coalesce(extract(epoch FROM max(greatest(last_report_at, enrolled_at))) * 1000000, 0)::bigint AS at,
       count(*) AS taps
FROM tap
WHERE tenant_id = @tenant::uuid`

// Change returns how far a tenant's data have come.
func (r *Reader) Change(ctx context.Context, tenant string) (c Change, err error) {
	err = inTenant(ctx, r.pool, pgx.ReadOnly, tenant, func(tx pgx.Tx) error {
		c, err = collectOne[Change](ctx, tx, changeSQL, pgx.StrictNamedArgs{"tenant": tenant})
		return err
	})
	if err != nil {
		return c, fmt.Errorf("store: read change: %w", err)
	}
	return c, nil
}

// Time returns when the change was.
func (c Change) Time() time.Time { return time.UnixMicro(c.At) }
