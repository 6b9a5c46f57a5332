package store

import (
	"context"
	"fmt"
	"strings"

	"picket/server/store/rollup"
)

// askTens reads the ten minutes that are rolled up.
func (v *view) askTens(ctx context.Context, f *rollup.Family, q *question, p piece, add func(heardAt, *rollup.Row)) error {
	rows, from, args := len(q.taps), q.allTens, q.args(v, p)
	if q.where != "" {
		rows, from, args["addresses"] = len(q.heardBy.taps), q.someTens, q.heardBy.addresses
	}
	if int(p.to.Sub(p.from)/Bucket+1)*rows > q.bounds.tens {
		return nil
	}
	columns, group := q.selected(f)
	sql := fmt.Sprintf(`
SELECT %s
FROM (%s) AS u
GROUP BY %s`, columns, from(f), group)
	return q.query(ctx, v, f, sql, args, add)
}

// The ten minutes of a tap are looked up one tap after another: their key begins
// with the tap, and the statistics of a day that has begun tell nothing.
const tensOfTapSQL = `
CROSS JOIN LATERAL (
  SELECT bucket
  FROM tap_10m
  WHERE tenant_id = @tenant::uuid
    AND tap_id = p.tap_id
    AND bucket > @from::timestamptz - interval '10 minutes'
    AND bucket < @to::timestamptz
    AND dirty_since IS NULL
  OFFSET 0) AS b
JOIN %s_10m AS t
  ON t.tenant_id = @tenant::uuid
 AND t.tap_id = p.tap_id
 AND t.bucket = b.bucket
 AND t.bucket > @from::timestamptz - interval '10 minutes'
 AND t.bucket < @to::timestamptz`

// allTens is all that the taps heard.
func (q *question) allTens(f *rollup.Family) string {
	names := q.needed(f)
	return fmt.Sprintf(`
SELECT p.tap_id, t.bucket AS at, e.*
FROM unnest(@taps::text[]::uuid[]) AS p (tap_id)`+tensOfTapSQL+`
CROSS JOIN LATERAL unnest(%s) AS e (%s)`, f.Name, strings.Join(prefixed("t.", names), ", "), strings.Join(names, ", "))
}

// someTens is what they heard of the addresses: taken by its place in the arrays,
// since to take apart all that a tap heard costs a hundred times as much.
func (q *question) someTens(f *rollup.Family) string {
	list := each(q.needed(f), func(name string) string { return "t." + name + "[i] AS " + name })
	return fmt.Sprintf(`
SELECT p.tap_id, t.bucket AS at, %s
FROM unnest(@heard_by::text[]::uuid[], @addresses::text[]::macaddr[]) AS p (tap_id, address)`+tensOfTapSQL+`
CROSS JOIN LATERAL unnest(array_positions(t.%s, p.address)) AS i`, strings.Join(list, ", "), f.Name, q.where)
}
