package store

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// A tenTable writes a family's rows of ten minutes: packed, a row a tap and bucket
// with an array a column; or, of what is rare, a row each.
type tenTable struct {
	rollup.Family

	packed bool
	sql    string
}

func tenTables() []tenTable {
	var tables []tenTable
	for _, f := range rollup.Families() {
		t := tenTable{Family: f, packed: f.ID != rollup.Disconnect && f.ID != rollup.Handshake}
		t.sql = t.upsertSQL()
		tables = append(tables, t)
	}
	return tables
}

// columns are the names of the family's columns, keys first.
func columns(f *rollup.Family) []string {
	var names []string
	for _, k := range f.Keys {
		names = append(names, k.Name)
	}
	for _, v := range f.Values {
		names = append(names, v.Name)
	}
	return names
}

// The number of reports is as of tap_10m, whose row is locked: a bucket that gets
// more of them is not this one any more.
const reportsOfBucketSQL = `(SELECT reports FROM tap_10m WHERE tenant_id = @tenant AND tap_id = @tap AND bucket = @bucket)`

// upsertSQL replaces the row of a bucket, or the rows: reports are only ever added
// to a bucket, so that what was there is there again.
func (t *tenTable) upsertSQL() string {
	names := columns(&t.Family)
	set := make([]string, len(names))
	for i, n := range names {
		set[i] = n + " = EXCLUDED." + n
	}
	if !t.packed {
		keys := []string{"tenant_id", "tap_id", "bucket"}
		args := make([]string, 0, len(names))
		for _, k := range t.Keys {
			keys = append(keys, k.Name)
			args = append(args, "@"+k.Name+"::"+sqlType(k.Part)+"[]")
		}
		for _, v := range t.Values {
			args = append(args, "@"+v.Name+"::"+kindType(v.Kind)+"[]")
		}
		return fmt.Sprintf(`
INSERT INTO %[1]s_10m (tenant_id, tap_id, bucket, %[2]s)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, u.*
FROM unnest(%[3]s) AS u
ON CONFLICT (%[4]s) DO UPDATE
SET %[5]s`, t.Name, strings.Join(names, ", "), strings.Join(args, ", "), strings.Join(keys, ", "),
			strings.Join(set[len(t.Keys):], ", "))
	}
	args := make([]string, len(names))
	for i, n := range names {
		args[i] = "@" + n
	}
	if t.ID == rollup.Coverage {
		names, args, set = append(names, "reports"), append(args, reportsOfBucketSQL), append(set, "reports = EXCLUDED.reports")
	}
	return fmt.Sprintf(`
INSERT INTO %[1]s_10m (tenant_id, tap_id, bucket, %[2]s)
VALUES (@tenant, @tap, @bucket, %[3]s)
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET %[4]s`, t.Name, strings.Join(names, ", "), strings.Join(args, ", "), strings.Join(set, ", "))
}

func sqlType(p rollup.Part) string {
	return [...]string{"macaddr", "macaddr", "macaddr", "bytea", "text", "integer", "integer", "boolean", "boolean"}[p]
}

func kindType(k rollup.Kind) string { return [...]string{"bigint", "smallint", "timestamptz"}[k] }

// queue writes what b has of the family; nothing where it has nothing.
func (t *tenTable) queue(batch *pgx.Batch, key tapBucket, b *rollup.Builder) {
	keys, rows := b.Rows(t.ID)
	if len(keys) == 0 {
		return
	}
	args := key.args()
	for _, k := range t.Keys {
		args[k.Name] = keyColumn(k.Part, keys, t.packed)
	}
	for i, v := range t.Values {
		args[v.Name] = valueColumn(v.Kind, i, rows)
	}
	batch.Queue(t.sql, args)
}

// keyColumn is a column of keys as an array. A packed table's address that is none
// is NULL.
func keyColumn(p rollup.Part, keys []rollup.Key, packed bool) any {
	switch p {
	case rollup.A, rollup.B, rollup.C:
		macs := make([]net.HardwareAddr, len(keys))
		for i := range keys {
			mac := [...]*[6]byte{&keys[i].A, &keys[i].B, &keys[i].C}[p]
			if packed && p != rollup.A && *mac == ([6]byte{}) {
				continue
			}
			macs[i] = mac[:]
		}
		return macs
	case rollup.Octets:
		return each(keys, func(k rollup.Key) []byte { return []byte(k.Text) })
	case rollup.Text:
		return each(keys, func(k rollup.Key) string { return plain(k.Text) })
	case rollup.MHz:
		return each(keys, func(k rollup.Key) int32 { return k.MHz })
	case rollup.Reason:
		return each(keys, func(k rollup.Key) int32 { return k.Reason })
	case rollup.Disassociation:
		return each(keys, func(k rollup.Key) bool { return k.Disassociation })
	default:
		return each(keys, func(k rollup.Key) bool { return k.Protected })
	}
}

// valueColumn is a column of values as an array; a power that was not measured is
// 0 there, and its count too.
func valueColumn(kind rollup.Kind, i int, rows []*rollup.Row) any {
	switch kind {
	case rollup.Power:
		return each(rows, func(r *rollup.Row) int16 {
			if r[i] == rollup.None {
				return 0
			}
			return int16(r[i])
		})
	case rollup.Time:
		return each(rows, func(r *rollup.Row) time.Time { return time.UnixMicro(r[i]).UTC() })
	default:
		return each(rows, func(r *rollup.Row) int64 { return r[i] })
	}
}

// readSQL returns what a packed table has of a bucket, a row a key: for the buckets
// of which an earlier release stored a part.
func (t *tenTable) readSQL() string {
	names := columns(&t.Family)
	list := slices.Clone(names)
	for i, v := range t.Values {
		name := "u." + v.Name
		switch v.Kind {
		case rollup.Time:
			name = "(extract(epoch FROM " + name + ") * 1000000)::bigint"
		case rollup.Power:
			name = "CASE WHEN u.signal_count > 0 THEN " + name + "::bigint END"
		default:
			name += "::bigint"
		}
		list[len(t.Keys)+i] = name
	}
	for i, k := range t.Keys {
		list[i] = "u." + k.Name
	}
	return fmt.Sprintf(`
SELECT %s
FROM %s_10m AS t
CROSS JOIN LATERAL unnest(%s) AS u (%s)
WHERE t.tenant_id = @tenant
  AND t.tap_id = @tap
  AND t.bucket = @bucket`, strings.Join(list, ", "), t.Name, "t."+strings.Join(names, ", t."), strings.Join(names, ", "))
}

// scan puts the rows of readSQL into b.
func (t *tenTable) scan(rows pgx.Rows, b *rollup.Builder) error {
	macs := make([]net.HardwareAddr, 2)
	var octets []byte
	var text string
	var mhz int32
	values := make([]*int64, len(t.Values))
	var into []any
	for _, k := range t.Keys {
		into = append(into, map[rollup.Part]any{
			rollup.A: &macs[0], rollup.B: &macs[1], rollup.Octets: &octets, rollup.Text: &text, rollup.MHz: &mhz,
		}[k.Part])
	}
	for i := range values {
		into = append(into, &values[i])
	}
	_, err := pgx.ForEachRow(rows, into, func() error {
		key := rollup.Key{Text: string(octets) + text, MHz: mhz}
		copy(key.A[:], macs[0])
		copy(key.B[:], macs[1])
		var row rollup.Row
		for i, v := range values {
			row[i] = rollup.None
			if v != nil {
				row[i] = *v
			} else if t.Values[i].Rule == rollup.Sum {
				row[i] = 0
			}
		}
		b.Add(&t.Family, key, &row)
		return nil
	})
	return err
}
