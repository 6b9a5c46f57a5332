package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// A level is a rollup above the ten minutes: a row is a key's span (a day, or a
// month), with arrays whose subscript is the slot in it (the hour, or the day).
type level struct {
	name  string        // after the table's _; of rollup_due
	unit  time.Duration // of a slot
	wait  time.Duration // from the end of a slot until it is closed: what is below comes first
	below string        // name of the level below; empty: ten minutes

	tables []levelTable
}

// levelTable is a family's table of a level.
type levelTable struct {
	name string
	sql  string // builds one slot of one tap
}

// tapFamily is the family of a tap's own state: no key but the tap.
func tapFamily() rollup.Family {
	f := rollup.Family{Name: "tap"}
	for _, n := range []string{"reports", "window_ms", "frames", "bytes", "kernel_drops", "process_cpu_permille_sum"} {
		f.Values = append(f.Values, rollup.Value{Name: n, Rule: rollup.Sum})
	}
	for _, n := range []string{"process_memory_bytes_max", "temperature_mc_max", "spool_reports_max"} {
		f.Values = append(f.Values, rollup.Value{Name: n, Rule: rollup.Greatest})
	}
	return f
}

// leveled are the families that have hours and days. The tap is the last: its slot
// says that the others were built.
func leveled() []rollup.Family {
	return append(slices.DeleteFunc(rollup.Families(), func(f rollup.Family) bool {
		return f.ID == rollup.Disconnect || f.ID == rollup.Handshake
	}), tapFamily())
}

func levels() []level {
	hour := level{name: "1h", unit: time.Hour, wait: time.Minute}
	day := level{name: "1d", unit: 24 * time.Hour, wait: 5 * time.Minute, below: "1h"}
	for _, f := range leveled() {
		hour.tables = append(hour.tables, levelTable{f.Name + "_1h", levelSQL(&f, "1h", hourSource(&f))})
		day.tables = append(day.tables, levelTable{f.Name + "_1d", levelSQL(&f, "1d", daySource(&f))})
	}
	return []level{hour, day}
}

// span returns the start of the row that holds a slot, and the slot's subscript.
func (l *level) span(slot time.Time) (time.Time, int) {
	slot = slot.UTC()
	if l.unit == time.Hour {
		return slot.Truncate(24 * time.Hour), slot.Hour()
	}
	return time.Date(slot.Year(), slot.Month(), 1, 0, 0, 0, 0, time.UTC), slot.Day()
}

// hourSource says what an hour is put together from: FROM and WHERE, each value
// as the alias u's column.
func hourSource(f *rollup.Family) string {
	if f.Name == "tap" {
		return `
  FROM tap_10m AS u
  WHERE u.tenant_id = @tenant::uuid
    AND u.tap_id = @tap::uuid
    AND u.bucket >= @from::timestamptz
    AND u.bucket < @to::timestamptz`
	}
	names := columns(f)
	return fmt.Sprintf(`
  FROM %s_10m AS t
  CROSS JOIN LATERAL unnest(t.%s) AS u (%s)
  WHERE t.tenant_id = @tenant::uuid
    AND t.tap_id = @tap::uuid
    AND t.bucket >= @from::timestamptz
    AND t.bucket < @to::timestamptz`, f.Name, strings.Join(names, ", t."), strings.Join(names, ", "))
}

// daySource is the same for a day: the elements of one row of each key.
func daySource(f *rollup.Family) string {
	var list []string
	for _, k := range f.Keys {
		list = append(list, "t."+k.Name)
	}
	for _, v := range f.Values {
		list = append(list, "t."+v.Name+"[i] AS "+v.Name)
	}
	return fmt.Sprintf(`
  FROM (
    SELECT %s
    FROM %s_1h AS t
    CROSS JOIN LATERAL generate_subscripts(t.%s, 1) AS i
    WHERE t.tenant_id = @tenant::uuid
      AND t.tap_id = @tap::uuid
      AND t.span_start = @from::timestamptz
      AND t.%s[i] IS NOT NULL) AS u
  WHERE @to::timestamptz > @from`, strings.Join(list, ", "), f.Name, f.Values[0].Name, f.Values[0].Name)
}

// levelSQL sets slot @slot of the rows that start at @span for one tap.
func levelSQL(f *rollup.Family, level, source string) string {
	var keys, group, inner, outer, set []string
	for _, k := range f.Keys {
		expr := "u." + k.Name
		if k.Part == rollup.B {
			expr = "COALESCE(" + expr + ", '00:00:00:00:00:00')"
		}
		keys, group = append(keys, k.Name), append(group, expr)
		inner = append(inner, expr+" AS "+k.Name)
	}
	for _, v := range f.Values {
		inner = append(inner, aggregate(v)+" AS "+v.Name)
		outer = append(outer, "array_fill(e."+v.Name+", '{1}', ARRAY[@slot::int])")
		set = append(set, v.Name+"[@slot::int] = EXCLUDED."+v.Name+"[@slot::int]")
	}
	names := columns(f)
	having, order := "HAVING count(*) > 0", ""
	if len(keys) > 0 {
		having, order = "GROUP BY "+strings.Join(group, ", "), "\nORDER BY e."+strings.Join(keys, ", e.")
	}
	selected := append([]string{"@tenant::uuid", "@tap::uuid", "@span::timestamptz"}, prefixed("e.", keys)...)
	return fmt.Sprintf(`
INSERT INTO %[1]s_%[2]s AS r (tenant_id, tap_id, span_start, %[3]s)
SELECT %[4]s
FROM (
  SELECT %[5]s%[6]s
  %[7]s) AS e%[8]s
ON CONFLICT (%[9]s) DO UPDATE
SET %[10]s`, f.Name, level, strings.Join(names, ", "), strings.Join(append(selected, outer...), ", "),
		strings.Join(inner, ", "), source, having, order,
		strings.Join(append([]string{"tenant_id", "tap_id", "span_start"}, keys...), ", "), strings.Join(set, ", "))
}

func prefixed(prefix string, names []string) []string {
	return each(names, func(n string) string { return prefix + n })
}

// aggregate puts a value's rows together by its rule.
func aggregate(v rollup.Value) string {
	kind := kindType(v.Kind)
	filter := ""
	if v.Kind == rollup.Power {
		filter = " FILTER (WHERE u.signal_count > 0)" // elsewhere it means nothing
	}
	switch v.Rule {
	case rollup.Sum:
		return fmt.Sprintf("LEAST(COALESCE(sum(u.%s), 0), 9223372036854775807)::%s", v.Name, kind)
	case rollup.Least:
		return fmt.Sprintf("min(u.%s)%s::%s", v.Name, filter, kind)
	default:
		return fmt.Sprintf("max(u.%s)%s::%s", v.Name, filter, kind)
	}
}

// queue builds one slot of a tap and marks what is above it.
func (l *level) queue(batch *pgx.Batch, due dueSlot) {
	span, slot := l.span(due.bucket)
	args := pgx.StrictNamedArgs{
		"tenant": due.tenant, "tap": due.tap, "from": due.bucket, "to": due.bucket.Add(l.unit), "span": span, "slot": slot,
	}
	for _, t := range l.tables {
		batch.Queue(t.sql, args)
	}
	if l.unit == time.Hour {
		queueDue(batch, "1d", due.tapKey, due.bucket.UTC().Truncate(24*time.Hour))
	}
	batch.Queue(notDueSQL, pgx.StrictNamedArgs{"level": l.name, "bucket": due.bucket, "tenant": due.tenant, "tap": due.tap})
}

const notDueSQL = `
DELETE FROM rollup_due
WHERE level = @level
  AND bucket = @bucket
  AND tenant_id = @tenant
  AND tap_id = @tap`

// A mark is updated, not left alone, where there is one: that waits for whoever is
// building the slot and has not seen what we wrote, and marks anew behind it.
const dueHourSQL = `
INSERT INTO rollup_due AS d (level, bucket, tenant_id, tap_id, again)
VALUES ('1h', @bucket, @tenant::uuid, @tap::uuid, COALESCE((
  SELECT reports[@slot::int] IS NOT NULL
  FROM tap_1h
  WHERE tenant_id = @tenant
    AND tap_id = @tap
    AND span_start = @span::timestamptz), false))
ON CONFLICT (tenant_id, tap_id, level, bucket) DO UPDATE
SET marked_at = now()`

const dueDaySQL = `
INSERT INTO rollup_due AS d (level, bucket, tenant_id, tap_id, again)
VALUES ('1d', @bucket, @tenant::uuid, @tap::uuid, COALESCE((
  SELECT reports[@slot::int] IS NOT NULL
  FROM tap_1d
  WHERE tenant_id = @tenant
    AND tap_id = @tap
    AND span_start = @span::timestamptz), false))
ON CONFLICT (tenant_id, tap_id, level, bucket) DO UPDATE
SET marked_at = now()`

// queueDue marks a slot of a level to be built. Whoever queues several does so in
// the order of their keys, hours before days.
func queueDue(batch *pgx.Batch, name string, key tapKey, slot time.Time) {
	l := level{unit: time.Hour}
	sql := dueHourSQL
	if name == "1d" {
		l.unit, sql = 24*time.Hour, dueDaySQL
	}
	span, n := l.span(slot)
	batch.Queue(sql, pgx.StrictNamedArgs{"bucket": slot, "tenant": key.tenant, "tap": key.tap, "span": span, "slot": n})
}
