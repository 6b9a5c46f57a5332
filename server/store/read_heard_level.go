package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"picket/server/store/rollup"
)

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
  AND t.span_start < @to::timestamptz`, strings.Join(list, ", "), f.Name, p.level, q.conditions(), span)
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
