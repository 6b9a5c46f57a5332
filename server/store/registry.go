package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// registryMerge brings the registries up to date with new reports.
type registryMerge struct {
	tables []*registry
	hashes []reportHashes // a report of merge.fresh each
	known  []knownRow     // to remember when the merge is committed
	limits *limiter
}

// knownRow is what a merge wrote or found of a row.
type knownRow struct {
	key uint64
	row seenRow
}

// collect finds the rows that the node does not know to be written, table by table
// in one order everywhere: what an entity has follows the entity.
func (r *registryMerge) collect(m *merge) {
	c := m.store.seen
	r.hashes = make([]reportHashes, len(m.fresh))
	for i, in := range m.fresh {
		c.hashes(in, &r.hashes[i])
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, rows := range []func(*merge) *registry{
		bssRows, bssUnannouncedRows, bssSightingRows, stationRows, stationSightingRows, associationRows, probeRows,
		hostRows, hostDHCPRows, hostSightingRows, hostAddressRows, hostNameRows, channelSightingRows,
	} {
		if t := rows(m); len(t.rows) > 0 {
			t.sort()
			r.tables = append(r.tables, t)
		}
	}
}

// lookUp reads which of the rows that the node knows nothing of are there, and drops
// those that need no writing. What is new counts against the limits.
func (r *registryMerge) lookUp(ctx context.Context, tx pgx.Tx, m *merge) error {
	batch := new(pgx.Batch)
	for _, t := range r.tables {
		t.queueLookUp(batch, r)
	}
	if batch.Len() > 0 {
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("look up: %w", err)
		}
	}
	r.limits = newLimiter(m)
	m.store.seen.mu.RLock()
	defer m.store.seen.mu.RUnlock()
	for _, t := range r.tables {
		t.decide(r)
	}
	return nil
}

// queue adds the statements, row by row in the order of the key.
func (r *registryMerge) queue(batch *pgx.Batch) {
	for _, t := range r.tables {
		t.queue(batch)
	}
}

// A registry collects a table's rows from the reports of one merge: one a key,
// since a statement may not touch a row twice.
type registry struct {
	table   string
	variant uint64 // of the statement: for the cache's keys
	of      entity
	sql     string
	look    string // statement that looks for rows by their keys
	keys    int    // columns of the key
	columns []registryColumn
	rows    map[string]*registryRow
	sorted  []*registryRow

	seen *seenCache
	now  sighted
}

// sighted is what the report that is looked at says of a row.
type sighted struct {
	id, parent uint64
	row        seenRow
	known      bool
	tap        tapKey
	report     *Incoming
}

// registryColumn is an array parameter of the statement; the first ones are key.
type registryColumn struct {
	name string // of the parameter
	cast string // SQL type of an element
}

// registryRow is one row; key sorts and identifies it.
type registryRow struct {
	sighted

	key         string
	first, last time.Time
	values      []any // in the order of the columns, times excluded
	found       bool  // by the look-up
	drop        bool  // is not to be written
}

// newRegistry makes a registry of a table whose statement has the parameters columns,
// "name type column" each with the column for those that are key, then @firsts and
// @lasts.
func newRegistry(m *merge, table string, variant uint64, of entity, sql string, columns ...string) *registry {
	r := &registry{table: table, variant: variant, of: of, seen: m.store.seen, rows: make(map[string]*registryRow)}
	var params, keys, equal []string
	for _, c := range columns {
		f := strings.Fields(c)
		param := "@" + f[0] + "::" + f[1] + "[]"
		if len(f) == 3 {
			r.keys++
			keys = append(keys, param)
			equal = append(equal, fmt.Sprintf("b.%[1]s = u.%[1]s", f[2]))
		}
		r.columns = append(r.columns, registryColumn{f[0], f[1]})
		params = append(params, param)
	}
	params = append(params, "@firsts::timestamptz[]", "@lasts::timestamptz[]")
	r.sql = strings.Replace(sql, "@rows", "unnest("+strings.Join(params, ", ")+")", 1)
	var names []string
	for _, e := range equal {
		names = append(names, strings.TrimPrefix(e[strings.LastIndex(e, " ")+1:], "u."))
	}
	r.look = fmt.Sprintf(`
SELECT u.ordinality - 1, b.first_heard_at, b.last_heard_at
FROM unnest(%s) WITH ORDINALITY AS u (%s, ordinality)
CROSS JOIN LATERAL (
  SELECT first_heard_at, last_heard_at
  FROM %s AS b
  WHERE %s
  OFFSET 0) AS b`, strings.Join(keys, ", "), strings.Join(names, ", "), table, strings.Join(equal, "\n    AND "))
	return r
}

// wants reports whether a report's row is worth writing as far as the node knows: it
// says something new or is stale. id identifies the row and parent the entity that it
// is of (0: it is one); the row is the next that is asked for (row).
func (r *registry) wants(in *Incoming, h *reportHashes, id, parent, state uint64) bool {
	id = join(id, r.variant)
	if parent != 0 {
		parent = join(parent, r.of.parent())
	}
	now := seenRow{state, h.start, h.end}
	was, known := r.seen.get(id)
	if known {
		switch {
		case was.state == notRegistered:
			if !due(id, was.last, h.start, h.end) {
				return false
			}
			known = false
		case now.first < was.first:
		case now.last < was.last: // late: the present state is newer
			return false
		case !changed(was.state, now.state) && !due(id, was.last, h.start, h.end):
			return false
		}
	}
	r.now = sighted{id: id, parent: parent, row: now, known: known, tap: in.tapKey(), report: in}
	return true
}

// row returns the row of key with the span widened by first and last, and whether
// its values are to be set: it is new, or its last frame is the newest.
func (r *registry) row(key string, first, last time.Time) (row *registryRow, newest bool) {
	row = r.rows[key]
	if row == nil {
		row = &registryRow{sighted: r.now, key: key, first: first, last: last, values: make([]any, len(r.columns))}
		r.rows[key] = row
		return row, true
	}
	row.row.first = min(row.row.first, r.now.row.first)
	if r.now.row.last >= row.row.last {
		row.row.last, row.row.state = r.now.row.last, newerState(row.row.state, r.now.row.state)
	}
	if first.Before(row.first) {
		row.first = first
	}
	newest = !last.Before(row.last)
	if newest {
		row.last = last
	}
	return row, newest
}

func (r *registry) sort() {
	r.sorted = make([]*registryRow, 0, len(r.rows))
	for _, row := range r.rows {
		r.sorted = append(r.sorted, row)
	}
	slices.SortFunc(r.sorted, func(a, b *registryRow) int { return strings.Compare(a.key, b.key) })
}

// queueLookUp adds the statement that looks for rows of which the node knows nothing.
func (r *registry) queueLookUp(batch *pgx.Batch, m *registryMerge) {
	var rows []*registryRow
	for _, row := range r.sorted {
		if !row.known {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	args := pgx.StrictNamedArgs{}
	for i, c := range r.columns[:r.keys] {
		values := make([]any, len(rows))
		for j, row := range rows {
			values[j] = argument(row.values[i])
		}
		args[c.name] = values
	}
	batch.Queue(r.look, args).Query(func(found pgx.Rows) error {
		var at int
		var first, last time.Time
		_, err := pgx.ForEachRow(found, []any{&at, &first, &last}, func() error {
			row := rows[at]
			f, l := uint32(first.Unix()), uint32(last.Unix())
			row.found = true
			// A change that happened while the node did not look is written when the row
			// is stale.
			if row.drop = f <= row.row.first && !due(row.id, l, row.row.first, row.row.last); row.drop {
				m.known = append(m.known, knownRow{row.id, seenRow{row.row.state, f, max(l, row.row.first)}})
			}
			return nil
		})
		return err
	})
}

// decide notes what becomes of the rows.
func (r *registry) decide(m *registryMerge) {
	for _, row := range r.sorted {
		if row.drop {
			continue
		}
		if !row.known && !row.found && !m.limits.allow(r, row) {
			row.drop, row.row.state = true, notRegistered
		}
		m.known = append(m.known, knownRow{row.id, row.row})
	}
}

// queue adds the statement for the rows that are to be written.
func (r *registry) queue(batch *pgx.Batch) {
	args := make([][]any, len(r.columns))
	var firsts, lasts []time.Time
	for _, row := range r.sorted {
		if row.drop {
			continue
		}
		for i, v := range row.values {
			args[i] = append(args[i], argument(v))
		}
		firsts, lasts = append(firsts, row.first), append(lasts, row.last)
	}
	if len(firsts) == 0 {
		return
	}
	named := pgx.StrictNamedArgs{"firsts": firsts, "lasts": lasts}
	for i, c := range r.columns {
		named[c.name] = args[i]
	}
	batch.Queue(r.sql, named)
}

// argument is a value as the database's library takes it fast.
func argument(v any) any {
	if id, ok := v.(uuid.UUID); ok { // whose own Value is text, and slow
		return pgtype.UUID{Bytes: id, Valid: true}
	}
	return v
}

// newestSQL is the SET list that takes the newest known value of each column: the
// row's where it is newer than what is stored (as b), else only what was missing.
func newestSQL(columns ...string) string {
	var set []string
	for _, c := range columns {
		set = append(set, fmt.Sprintf(`%[1]s = CASE
    WHEN EXCLUDED.last_heard_at >= b.last_heard_at THEN COALESCE(EXCLUDED.%[1]s, b.%[1]s)
    ELSE COALESCE(b.%[1]s, EXCLUDED.%[1]s)
  END`, c))
	}
	return strings.Join(set, ",\n  ")
}

// changedSQL is the condition that a newer row says something else of a column.
func changedSQL(columns ...string) string {
	var or []string
	for _, c := range columns {
		or = append(or, fmt.Sprintf("EXCLUDED.%[1]s IS DISTINCT FROM b.%[1]s AND EXCLUDED.%[1]s IS NOT NULL", c))
	}
	return "EXCLUDED.last_heard_at >= b.last_heard_at AND (" + strings.Join(or, "\n    OR ") + ")"
}

// spanSQL widens the span of a row.
const spanSQL = `first_heard_at = LEAST(b.first_heard_at, EXCLUDED.first_heard_at),
  last_heard_at = GREATEST(b.last_heard_at, EXCLUDED.last_heard_at)`

// staleSQL is the condition that the span is worth writing, should another node have
// written it meanwhile; see registryEvery.
const staleSQL = `EXCLUDED.last_heard_at >= b.last_heard_at + interval '4 minutes'
  OR EXCLUDED.first_heard_at < b.first_heard_at`

// keyOf makes a key whose order is the database's: octets, one field after
// another, the last of variable length.
func keyOf(tenant uuid.UUID, parts ...[]byte) string {
	n := 16
	for _, p := range parts {
		n += len(p)
	}
	b := make([]byte, 0, n)
	b = append(b, tenant[:]...)
	for _, p := range parts {
		b = append(b, p...)
	}
	return string(b)
}

func octets4(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// known returns n, or nil where 0 means that it is not known.
func known[T cmp.Ordered](n T) any {
	var zero T
	if n == zero {
		return nil
	}
	return n
}
