package facts

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"picket/tools/picket/summary"
)

// Check returns a sentence for each fact that the tables do not show.
func (f Facts) Check(t *summary.Tables) []string {
	var wrong []string
	for i := range f.facts {
		if found := f.facts[i].check(t); found != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s", f.facts[i].text, found))
		}
	}
	return wrong
}

// check returns what was found instead, "" when the fact holds.
func (f *fact) check(t *summary.Tables) string {
	all := f.table.rows(t)
	var named, left []reflect.Value
	for i := range all.Len() {
		row := all.Index(i).Elem()
		if !f.names(row) {
			continue
		}
		named = append(named, row)
		if !slices.ContainsFunc(f.wants, func(w want) bool { return !f.table.counts(w) && !w.fits(row) }) {
			left = append(left, row)
		}
	}
	counting := false
	for _, w := range f.wants {
		if !f.table.counts(w) {
			continue
		}
		counting = true
		if n := w.sum(left); n < w.low || n > w.high {
			return fmt.Sprintf("%s is %d in %s", w.name, n, describe(left, len(named)))
		}
	}
	if !counting && len(left) == 0 {
		return "found " + describe(named, len(named))
	}
	return ""
}

// describe shows rows; of a flood the first few.
func describe(rows []reflect.Value, named int) string {
	const shown = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d such rows", len(rows), named)
	for _, row := range rows[:min(len(rows), shown)] {
		b.WriteString("; ")
		for i := range row.NumField() {
			if name, _, _ := strings.Cut(row.Type().Field(i).Tag.Get("json"), ","); name != "" && !row.Field(i).IsZero() {
				fmt.Fprintf(&b, "%s=%v ", name, reflect.Indirect(row.Field(i)))
			}
		}
	}
	return strings.TrimSpace(b.String())
}

// names reports whether the fact speaks of row.
func (f *fact) names(row reflect.Value) bool {
	if t := f.table; t.fixed != "" && row.Field(t.byName[t.fixed]).String() != t.fixedAs {
		return false
	}
	for i, id := range f.ids {
		if id != "*" && row.Field(f.table.byName[f.table.ids[i]]).String() != id {
			return false
		}
	}
	return true
}

// counts reports whether w is about a sum rather than about each row.
func (t *table) counts(w want) bool {
	if w.field < 0 {
		return true
	}
	kind := t.row.Field(w.field).Type.Kind()
	return kind != reflect.String && kind != reflect.Slice && kind != reflect.Bool && !t.selected[w.name]
}

// fits reports whether the row is as w says.
func (w *want) fits(row reflect.Value) bool {
	v := row.Field(w.field)
	switch v.Kind() {
	case reflect.String:
		return v.String() == w.text
	case reflect.Bool:
		return v.Bool() == (w.text == "true")
	case reflect.Slice:
		return fitsList(v.Interface().([]string), w.text)
	case reflect.Pointer:
		if v.IsNil() {
			return false // heard without
		}
		v = v.Elem()
	}
	n := number(v)
	return n >= w.low && n <= w.high
}

func fitsList(list []string, text string) bool {
	if part, ok := strings.CutPrefix(text, "+"); ok {
		return slices.Contains(list, part)
	}
	return strings.Join(list, ",") == text
}

func (w *want) sum(rows []reflect.Value) int64 {
	if w.field < 0 {
		return int64(len(rows))
	}
	sum := int64(0)
	for _, row := range rows {
		sum += number(row.Field(w.field))
	}
	return sum
}

func number(v reflect.Value) int64 {
	if v.CanUint() {
		return int64(v.Uint())
	}
	return v.Int()
}
