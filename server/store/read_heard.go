package store

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"picket/server/store/pack"
	"picket/server/store/rollup"
)

// A question asks what the taps heard in the view's range.
type question struct {
	family    rollup.ID
	from, to  time.Time
	slot      time.Duration // the longest that a level's slots may be; 0: as short as there is
	step      time.Duration // of the answer's slots, from grid on; 0: one for all
	grid      time.Time
	slots     int      // at most; 0: any
	where     string   // column of an address; empty: all that there is
	addresses []string // that the column has; not empty where where is not
	taps      []string // not empty; those of a site, or one
	all       bool     // taps are all of the tenant's
	by        []string // key columns of the answer
	values    []string // of the answer, all others being empty
	bounds    reading

	heardBy pairs // who of taps heard which of addresses; set by ask where there are addresses
}

// heardAt says of whom, when and what a row is.
type heardAt struct {
	tap  string
	slot int
	key  rollup.Key
}

// hearing is the answer: what each tap heard in each slot, by key.
type hearing map[heardAt]*rollup.Row

// ask answers a question from all levels.
func (v *view) ask(ctx context.Context, q question) (hearing, error) {
	f := rollup.Families()[q.family]
	answer := make(hearing)
	if len(q.taps) == 0 || q.where != "" && len(q.addresses) == 0 {
		return answer, nil
	}
	add := func(at heardAt, row *rollup.Row) {
		if have := answer[at]; have != nil {
			f.Merge(have, row)
			return
		}
		kept := *row
		answer[at] = &kept
	}
	if q.where != "" {
		var err error
		if q.heardBy, err = v.heardBy(ctx, &q); err != nil {
			return nil, fmt.Errorf("who heard: %w", err)
		}
		if len(q.heardBy.taps) == 0 {
			return answer, nil
		}
	}
	pieces, err := v.pieces(ctx, q.from, q.to, q.slot)
	if err != nil {
		return nil, err
	}
	if q.slot == 0 {
		raw, err := v.opens(ctx, q.bounds, q.from, q.to, q.heard())
		if err != nil {
			return nil, err
		}
		if raw {
			pieces = []piece{{"raw", q.from, q.to}}
		}
	}
	long := q.to.Sub(q.from) > longRange
	for _, p := range pieces {
		switch p.level {
		case "", "raw":
			if p.level == "" && long {
				continue
			}
			err = v.askRaw(ctx, &f, &q, p, add)
		case "10m":
			err = v.askTens(ctx, &f, &q, p, add)
		default:
			err = v.askLevel(ctx, &f, &q, p, add)
		}
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", f.Name, p.level, err)
		}
	}
	return answer, nil
}

func (q *question) args(v *view, p piece) pgx.NamedArgs {
	return pgx.NamedArgs{
		"tenant": v.tenant, "from": p.from, "to": p.to, "taps": q.taps, "addresses": q.addresses, "heard_by": q.heardBy.taps,
		"grid": q.grid, "step": q.step.Seconds(),
	}
}

// conditions are those of all levels, on the alias of the table and of its row.
func (q *question) conditions(t, u string) string {
	s := ""
	if !q.all {
		s += "\n  AND " + t + ".tap_id = ANY(@taps::text[]::uuid[])"
	}
	if q.where != "" {
		s += "\n  AND " + u + "." + q.where + " = ANY(@addresses::text[]::macaddr[])"
	}
	return s
}

// selected are the columns of the answer, of rows of the alias u, whose time is at.
func (q *question) selected(f *rollup.Family) (columns, group string) {
	list := []string{"u.tap_id::text", "0"} // grouped by the uuid: texts compare slowly
	if q.step > 0 {
		list[1] = "floor(date_part('epoch', u.at - @grid::timestamptz) / @step::float8)::int"
	}
	groups := []string{"u.tap_id", "2"}
	for _, name := range q.by {
		list = append(list, "u."+name)
		groups = append(groups, "u."+name)
	}
	for _, name := range q.values {
		v := f.Values[f.Value(name)]
		expr := aggregate(v)
		switch v.Kind {
		case rollup.Time:
			expr = "(date_part('epoch', " + expr + ") * 1000000)::bigint"
		case rollup.Power:
			expr += "::bigint"
		}
		list = append(list, expr)
	}
	return strings.Join(list, ", "), strings.Join(groups, ", ")
}

// needed are the columns that selected reads.
func (q *question) needed(f *rollup.Family) []string {
	names := slices.Clone(q.by)
	for _, name := range q.values {
		names = append(names, name)
		if f.Values[f.Value(name)].Kind == rollup.Power && !slices.Contains(q.values, "signal_count") && !slices.Contains(names, "signal_count") {
			names = append(names, "signal_count")
		}
	}
	return names
}

// askLevel reads hours or days. The arrays come as they are: to take them apart here
// costs a tenth of what it costs in SQL.
func (v *view) askLevel(ctx context.Context, f *rollup.Family, q *question, p piece, add func(heardAt, *rollup.Row)) error {
	span, unit := "1 day", time.Hour
	if p.level == "1d" {
		span, unit = "1 month", day
	}
	first := f.Values[0].Name
	list := append([]string{"t.tap_id::text", "t.span_start", "array_lower(t." + first + ", 1)"}, prefixed("t.", q.by)...)
	list = append(list, "t."+first)
	list = append(list, prefixed("t.", q.values)...)
	sql := fmt.Sprintf(`
SELECT %s
FROM %s_%s AS t
WHERE t.tenant_id = @tenant::uuid%s
  AND t.span_start > @from::timestamptz - interval '%s'
  AND t.span_start < @to::timestamptz`, strings.Join(list, ", "), f.Name, p.level, q.conditions("t", "t"), span)
	rows, err := v.Query(ctx, sql, q.args(v, p))
	if err != nil {
		return err
	}
	var tap string
	var start time.Time
	var lower int
	var key scannedKey
	var present pgtype.FlatArray[pgtype.Int8]
	values := make([]slotArray, len(q.values))
	into := append([]any{&tap, &start, &lower}, key.into(f, q.by)...)
	into = append(into, &present)
	for i, name := range q.values {
		values[i].kind = f.Values[f.Value(name)].Kind
		into = append(into, values[i].into())
	}
	places := each(q.values, f.Value)
	empty := f.Empty()
	_, err = pgx.ForEachRow(rows, into, func() error {
		at := heardAt{tap: tap, key: key.key()}
		for i := range present {
			slot := lower + i
			if p.level == "1d" {
				slot--
			}
			when := start.Add(time.Duration(slot) * unit)
			if !present[i].Valid || when.Before(p.from) || !when.Before(p.to) {
				continue
			}
			if q.step > 0 {
				at.slot = q.slotOf(int(when.Sub(q.grid) / q.step))
			}
			row := empty
			for n := range values {
				row[places[n]] = values[n].at(i, empty[places[n]])
			}
			add(at, &row)
		}
		return nil
	})
	return err
}

// slotArray is an array of one value, of whichever type.
type slotArray struct {
	kind   rollup.Kind
	counts pgtype.FlatArray[pgtype.Int8]
	powers pgtype.FlatArray[pgtype.Int2]
	times  pgtype.FlatArray[pgtype.Timestamptz]
}

func (a *slotArray) into() any {
	switch a.kind {
	case rollup.Power:
		return &a.powers
	case rollup.Time:
		return &a.times
	default:
		return &a.counts
	}
}

// at returns element i; none where it is NULL or not there.
func (a *slotArray) at(i int, none int64) int64 {
	switch {
	case a.kind == rollup.Power && i < len(a.powers) && a.powers[i].Valid:
		return int64(a.powers[i].Int16)
	case a.kind == rollup.Time && i < len(a.times) && a.times[i].Valid:
		return a.times[i].Time.UnixMicro()
	case a.kind == rollup.Count && i < len(a.counts) && a.counts[i].Valid:
		return a.counts[i].Int64
	default:
		return none
	}
}

// scannedKey reads the columns of a key.
type scannedKey struct {
	macs   [3]net.HardwareAddr
	octets []byte
	text   string
	mhz    int32
}

func (k *scannedKey) into(f *rollup.Family, by []string) (into []any) {
	for _, name := range by {
		switch part := f.Keys[slices.IndexFunc(f.Keys, func(c rollup.KeyColumn) bool { return c.Name == name })].Part; part {
		case rollup.A, rollup.B, rollup.C:
			into = append(into, &k.macs[part])
		case rollup.Octets:
			into = append(into, &k.octets)
		case rollup.Text:
			into = append(into, &k.text)
		default:
			into = append(into, &k.mhz)
		}
	}
	return into
}

func (k *scannedKey) key() rollup.Key {
	key := rollup.Key{Text: string(k.octets) + k.text, MHz: k.mhz}
	copy(key.A[:], k.macs[0])
	copy(key.B[:], k.macs[1])
	copy(key.C[:], k.macs[2])
	return key
}

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

// query runs a statement of selected columns.
func (q *question) query(ctx context.Context, v *view, f *rollup.Family, sql string, args pgx.NamedArgs, add func(heardAt, *rollup.Row)) error {
	rows, err := v.Query(ctx, sql, args)
	if err != nil {
		return err
	}
	var at heardAt
	var key scannedKey
	into := append([]any{&at.tap, &at.slot}, key.into(f, q.by)...)
	values := make([]*int64, len(q.values))
	for i := range values {
		into = append(into, &values[i])
	}
	empty := f.Empty()
	_, err = pgx.ForEachRow(rows, into, func() error {
		at.slot = q.slotOf(at.slot)
		at.key = key.key()
		row := empty
		for i, name := range q.values {
			if values[i] != nil {
				row[f.Value(name)] = *values[i]
			}
		}
		add(at, &row)
		return nil
	})
	return err
}

// slotOf keeps a slot in the answer's: what began before the range is its first's.
func (q *question) slotOf(slot int) int {
	slot = max(0, slot)
	if q.slots > 0 {
		slot = min(slot, q.slots-1)
	}
	return slot
}

const dirtyTensSQL = `
SELECT tap_id,
       bucket
FROM tap_10m
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND bucket > @from::timestamptz - interval '10 minutes'
  AND bucket < @to::timestamptz
  AND (dirty_since IS NOT NULL OR @all)
ORDER BY bucket DESC, tap_id
LIMIT @most`

// eachWindow calls do with the windows of a piece, the newest ten minutes first, as
// far as bounds allow: all of a raw piece, else those that are in no rollup yet.
func (v *view) eachWindow(ctx context.Context, family pack.Family, taps []string, p piece, bounds reading, do func(heardWindow)) error {
	most := bounds.windows / int(Bucket/usualWindow)
	rows, err := v.Query(ctx, dirtyTensSQL, pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": taps, "from": p.from, "to": p.to, "most": most + 1, "all": p.level == "raw",
	})
	if err != nil {
		return err
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k tapBucket, err error) {
		err = row.Scan(&k.tap, &k.bucket)
		return k, err
	})
	if err != nil || len(due) > most && bounds == listReading {
		return err // a list tells nothing rather than of some taps alone
	}
	tenant, err := uuid.Parse(v.tenant)
	if err != nil {
		return err
	}
	table := airRaw()
	if family == pack.Wire {
		table = wireRaw()
	}
	for start := 0; start < len(due); {
		end, of := start, []uuid.UUID(nil) // the taps of one bucket at once
		for ; end < len(due) && due[end].bucket.Equal(due[start].bucket); end++ {
			of = append(of, due[end].tap)
		}
		from, to := later(due[start].bucket, p.from), earlier(due[start].bucket.Add(Bucket), p.to)
		if _, err := table.each(ctx, v.Tx, tenant, of, from, to, do); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// askRaw opens what is not rolled up yet.
func (v *view) askRaw(ctx context.Context, f *rollup.Family, q *question, p piece, add func(heardAt, *rollup.Row)) error {
	wanted := make(map[[6]byte]bool, len(q.addresses))
	for _, a := range q.addresses {
		if mac, err := net.ParseMAC(a); err == nil && len(mac) == 6 {
			wanted[[6]byte(mac)] = true
		}
	}
	part := rollup.A
	if i := slices.IndexFunc(f.Keys, func(k rollup.KeyColumn) bool { return k.Name == q.where }); i >= 0 {
		part = f.Keys[i].Part
	}
	family := pack.Air
	if f.ID == rollup.Host {
		family = pack.Wire
	}
	families := rollup.Families()
	return v.eachWindow(ctx, family, q.heard(), p, q.bounds, func(w heardWindow) {
		var b rollup.Builder
		at := heardAt{tap: w.tap.String()}
		if q.step > 0 {
			at.slot = q.slotOf(int(w.start.Sub(q.grid) / q.step))
		}
		window := rollup.Window{Start: w.start, Length: w.length}
		if family == pack.Wire {
			b.AddWire(families, window, w.report)
		} else {
			b.AddAir(families, window, captureNames(w.report), w.report)
		}
		b.Each(f.ID, func(key rollup.Key, row *rollup.Row) {
			if q.where != "" && !wanted[*key.Address(part)] {
				return
			}
			at.key = f.Only(key, q.by)
			add(at, row)
		})
	})
}
