package facts

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"picket/tools/picket/summary"
)

// Facts are what a capture must show.
type Facts struct {
	With  []string // names of captures that belong to it
	facts []fact
}

// A fact speaks of some rows of a table.
type fact struct {
	text  string // as written
	table *table
	ids   []string // as many as the table has; "*" is any, "" none
	wants []want
}

// want is what one field must be.
type want struct {
	name  string // of the field, or rows
	field int    // index in the row; -1: the number of rows
	text  string
	low   int64
	high  int64
}

// table tells how rows are named. fixed fields have one value in all of them.
type table struct {
	key      string
	row      reflect.Type
	rows     func(*summary.Tables) reflect.Value
	ids      []string // JSON names
	between  string   // what stands between two ids
	fixed    string   // JSON name
	fixedAs  string
	byName   map[string]int // fields by JSON name
	selected map[string]bool
}

// selecting are numbers whose sum means nothing.
func selecting() map[string]bool {
	return map[string]bool{"reason": true, "signalDBm": true, "widthMHz": true, "frequencyMHz": true, "saeGroup": true, "lastFailure": true}
}

func tables() []*table {
	list := []*table{
		{key: "network", rows: rows(func(t *summary.Tables) []*summary.Network { return t.Networks }), ids: []string{"bssid"}},
		{key: "client", rows: rows(func(t *summary.Tables) []*summary.Client { return t.Clients }), ids: []string{"station", "bssid"}, between: "@"},
		{key: "handshake", rows: rows(func(t *summary.Tables) []*summary.Handshake { return t.Handshakes }), ids: []string{"station", "bssid"}, between: "@"},
		{key: "deauth", rows: disconnects, ids: []string{"from", "to"}, between: ">", fixed: "kind", fixedAs: "deauthentication"},
		{key: "disassoc", rows: disconnects, ids: []string{"from", "to"}, between: ">", fixed: "kind", fixedAs: "disassociation"},
		{key: "channel", rows: rows(func(t *summary.Tables) []*summary.Channel { return t.Channels }), ids: []string{"channel"}},
		{key: "capture", rows: rows(func(t *summary.Tables) []*summary.Capture { return t.Captures }), ids: []string{"name"}},
	}
	for _, t := range list {
		t.row = t.rows(&summary.Tables{}).Type().Elem().Elem()
		t.byName, t.selected = map[string]int{}, selecting()
		for i := range t.row.NumField() {
			if name, _, _ := strings.Cut(t.row.Field(i).Tag.Get("json"), ","); name != "" {
				t.byName[name] = i
			}
		}
	}
	return list
}

func rows[V any](list func(*summary.Tables) []*V) func(*summary.Tables) reflect.Value {
	return func(t *summary.Tables) reflect.Value { return reflect.ValueOf(list(t)) }
}

func disconnects(t *summary.Tables) reflect.Value { return reflect.ValueOf(t.Disconnects) }

// Parse reads facts. The error names the fact and what is wrong with it.
func Parse(text string) (Facts, error) {
	var all Facts
	known := tables()
	for part := range strings.SplitSeq(text, " ; ") {
		part = strings.TrimSpace(part)
		key, value, ok := strings.Cut(part, "=")
		if !ok || value == "" {
			return Facts{}, fmt.Errorf("fact %q: not of the form key=value", part)
		}
		if key == "with" {
			all.With = append(all.With, value)
			continue
		}
		f := fact{text: part}
		for _, t := range known {
			if t.key == key {
				f.table = t
			}
		}
		if f.table == nil {
			return Facts{}, fmt.Errorf("fact %q: there is no key %q", part, key)
		}
		if err := f.parse(value); err != nil {
			return Facts{}, fmt.Errorf("fact %q: %w", part, err)
		}
		all.facts = append(all.facts, f)
	}
	if len(all.facts) == 0 {
		return Facts{}, fmt.Errorf("facts %q: they state nothing", text)
	}
	return all, nil
}

func (f *fact) parse(value string) error {
	words, err := split(value)
	if err != nil {
		return err
	}
	f.ids = []string{words[0]}
	if f.table.between != "" {
		f.ids = strings.Split(words[0], f.table.between)
	}
	if len(f.ids) != len(f.table.ids) {
		return fmt.Errorf("%q does not name %s", words[0], strings.Join(f.table.ids, f.table.between))
	}
	for i, id := range f.ids {
		if id == "-" {
			f.ids[i] = ""
		}
	}
	if len(words)%2 != 1 {
		return fmt.Errorf("%q has no value", words[len(words)-1])
	}
	for i := 1; i < len(words); i += 2 {
		w, err := f.table.want(words[i], words[i+1])
		if err != nil {
			return err
		}
		f.wants = append(f.wants, w)
	}
	return nil
}

func (t *table) want(name, value string) (want, error) {
	w := want{name: name, text: value, field: -1}
	if name != "rows" {
		i, ok := t.byName[name]
		if !ok {
			return w, fmt.Errorf("%s has no field %q", t.key, name)
		}
		w.field = i
		switch t.row.Field(i).Type.Kind() {
		case reflect.String, reflect.Slice:
			return w, nil
		case reflect.Bool:
			if value != "true" && value != "false" {
				return w, fmt.Errorf("%s: %q is neither true nor false", name, value)
			}
			return w, nil
		}
	}
	var err error
	w.low, w.high, err = span(value)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return w, err
}

// farthest is beyond any count.
const farthest = 1 << 60

// span reads N, MIN..MAX, MIN.. or ..MAX.
func span(text string) (low, high int64, err error) {
	first, last, isSpan := strings.Cut(text, "..")
	if !isSpan {
		low, err = strconv.ParseInt(text, 10, 64)
		return low, low, err
	}
	low, high = -farthest, farthest
	if first != "" {
		if low, err = strconv.ParseInt(first, 10, 64); err != nil {
			return 0, 0, err
		}
	}
	if last != "" {
		if high, err = strconv.ParseInt(last, 10, 64); err != nil {
			return 0, 0, err
		}
	}
	if first == "" && last == "" || low > high {
		return 0, 0, fmt.Errorf("%q is no range", text)
	}
	return low, high, nil
}

// split cuts text into words at spaces; a word in double quotes may hold them. There
// is at least one word.
func split(text string) ([]string, error) {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		if text[0] != '"' {
			word, rest, _ := strings.Cut(text, " ")
			words, text = append(words, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quoted, err)
		}
		words, text = append(words, word), text[len(quoted):]
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("%q is empty", text)
	}
	return words, nil
}
