package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// registryMerge brings the registries up to date with new reports.
type registryMerge struct {
	written map[uint64]seenRow
}

// queue adds the statements, table by table in one order everywhere and row by
// row in the order of the key.
func (r *registryMerge) queue(batch *pgx.Batch, m *merge) {
	r.written = make(map[uint64]seenRow)
	for _, t := range []func(*merge) *registry{
		bssRows, bssUnannouncedRows, bssSightingRows, stationRows, stationSightingRows, associationRows, probeRows,
		hostRows, hostDHCPRows, hostSightingRows, hostAddressRows, hostNameRows, channelSightingRows,
	} {
		t(m).queue(batch, m.store.seen, r.written)
	}
}

// A registry collects a table's rows from the reports of one merge: one a key,
// since a statement may not touch a row twice.
type registry struct {
	table   string // with the statement's variant, for the cache's keys
	sql     string
	every   time.Duration
	columns []registryColumn
	rows    map[string]*registryRow
}

// registryColumn is an array parameter of the statement; the first ones are key.
type registryColumn struct {
	name string // of the parameter
	cast string // SQL type of an element
}

// registryRow is one row. key sorts and identifies it; state is compared with
// what was written before.
type registryRow struct {
	first, last time.Time
	values      []any // in the order of the columns, times excluded
	stateFrom   int   // values from here to stateTo are state: a change of them is written at once
	stateTo     int
}

// newRegistry makes a registry whose statement has the parameters columns,
// "name type" each, then @firsts and @lasts.
func newRegistry(table string, every time.Duration, sql string, columns ...string) *registry {
	r := &registry{table: table, every: every, rows: make(map[string]*registryRow)}
	var params []string
	for _, c := range columns {
		name, cast, _ := strings.Cut(c, " ")
		r.columns = append(r.columns, registryColumn{name, cast})
		params = append(params, "@"+name+"::"+cast+"[]")
	}
	params = append(params, "@firsts::timestamptz[]", "@lasts::timestamptz[]")
	r.sql = strings.Replace(sql, "@rows", "unnest("+strings.Join(params, ", ")+")", 1)
	return r
}

// row returns the row of key with the span widened by first and last, and whether
// its values are to be set: it is new, or its last frame is the newest.
func (r *registry) row(key string, first, last time.Time) (row *registryRow, newest bool) {
	row = r.rows[key]
	if row == nil {
		row = &registryRow{first: first, last: last, values: make([]any, len(r.columns))}
		r.rows[key] = row
		return row, true
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

// queue adds the statement for the rows that the node has not just written.
func (r *registry) queue(batch *pgx.Batch, seen *seenCache, written map[uint64]seenRow) {
	args := make([][]any, len(r.columns))
	var firsts, lasts []time.Time
	for _, key := range slices.Sorted(maps.Keys(r.rows)) {
		row := r.rows[key]
		id := maphash.String(seen.seed, r.table+"\x00"+key)
		now := seenRow{state: row.stateHash(seen.seed), first: row.first.UnixMicro(), last: row.last.UnixMicro()}
		if seen.current(id, now, r.every) {
			continue
		}
		written[id] = now
		for i, v := range row.values {
			if id, ok := v.(uuid.UUID); ok { // whose own Value is text, and slow
				v = pgtype.UUID{Bytes: id, Valid: true}
			}
			args[i] = append(args[i], v)
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

func (r *registryRow) stateHash(seed maphash.Seed) uint64 {
	if r.stateTo <= r.stateFrom {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for _, v := range r.values[r.stateFrom:r.stateTo] {
		switch v := v.(type) {
		case nil:
			_ = h.WriteByte(0)
		case []byte:
			_, _ = h.Write(v)
		case net.HardwareAddr:
			_, _ = h.Write(v)
		case string:
			_, _ = h.WriteString(v)
		case bool:
			_ = h.WriteByte(octet(v))
		case int64:
			_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(v)))
		default:
			fmt.Fprint(&h, v)
		}
		_ = h.WriteByte(0xff)
	}
	return h.Sum64()
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

// staleSQL is the condition that the span is worth writing; see registryEvery.
const staleSQL = `EXCLUDED.last_heard_at >= b.last_heard_at + interval '5 minutes'
  OR EXCLUDED.first_heard_at < b.first_heard_at`

// sightingStaleSQL is staleSQL for sightings; see sightingEvery.
const sightingStaleSQL = `EXCLUDED.last_heard_at >= b.last_heard_at + interval '1 minute'
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
