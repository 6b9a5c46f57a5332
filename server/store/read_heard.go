package store

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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

// conditions are those of hours and days, on the table's alias t.
func (q *question) conditions() string {
	s := ""
	if !q.all {
		s += "\n  AND t.tap_id = ANY(@taps::text[]::uuid[])"
	}
	if q.where != "" {
		s += "\n  AND t." + q.where + " = ANY(@addresses::text[]::macaddr[])"
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
