package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// pairs are taps with an address that each heard.
type pairs struct{ taps, addresses []string }

const heardBySQL = `
SELECT DISTINCT tap_id::text,
       %[1]s::text
FROM %[2]s_sighting
WHERE tenant_id = @tenant::uuid
  AND %[1]s = ANY(@addresses::text[]::macaddr[])
  AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
  AND first_heard_at < @to::timestamptz`

// heardBy returns which taps of a question heard which of its addresses in its range:
// what is not looked for costs nothing, and few taps hear one thing.
func (v *view) heardBy(ctx context.Context, q *question) (pairs, error) {
	kind := "station"
	switch q.family {
	case rollup.BSS:
		kind = "bss"
	case rollup.Host:
		kind = "host"
	}
	rows, err := v.Query(ctx, fmt.Sprintf(heardBySQL, q.where, kind), pgx.StrictNamedArgs{
		"tenant": v.tenant, "addresses": q.addresses, "from": q.from, "to": q.to, "sighting_lag": sightingLag,
	})
	if err != nil {
		return pairs{}, err
	}
	asked := make(map[string]bool, len(q.taps))
	for _, tap := range q.taps {
		asked[tap] = true
	}
	var p pairs
	var tap, address string
	_, err = pgx.ForEachRow(rows, []any{&tap, &address}, func() error {
		if asked[tap] {
			p.taps, p.addresses = append(p.taps, tap), append(p.addresses, address)
		}
		return nil
	})
	return p, err
}

// heard are the taps that can have heard of the addresses, or all that are asked for.
func (q *question) heard() []string {
	if q.where == "" {
		return q.taps
	}
	return slices.Compact(slices.Sorted(slices.Values(q.heardBy.taps)))
}
