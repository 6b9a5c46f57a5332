package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"picket/tools/lab/node"
	"picket/tools/lab/scenario"
)

// An asker answers questions about what the node knows.
type asker interface {
	Get(ctx context.Context, path string, from time.Time) (any, error)
}

// An outcome is how an expectation stands.
type outcome struct {
	holds bool
	seen  string
	at    time.Duration // after the tap's start, when it held first
}

// check asks once whether an expectation holds.
func check(ctx context.Context, a asker, e scenario.Expect, tap string, from time.Time) (outcome, error) {
	answer, err := a.Get(ctx, strings.ReplaceAll(e.Get, "{tap}", tap), from)
	if errors.Is(err, node.ErrUnknown) {
		answer, err = map[string]any{}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	entries, err := entriesOf(answer, e.List)
	if err != nil {
		return outcome{}, fmt.Errorf("%s: %w", e.Get, err)
	}
	total := 0.0
	var last any
	for _, entry := range entries {
		if !matches(entry, e.Where) {
			continue
		}
		last = entry
		if e.Sum == "" {
			total++
			continue
		}
		if n, ok := reach(entry, e.Sum).(float64); ok {
			total += n
		}
	}
	low, high := bounds(e)
	o := outcome{holds: total >= low && (high < 0 || total <= high), seen: fmt.Sprintf("%g of %d entries", total, len(entries))}
	switch {
	case e.Sum != "":
		o.seen = fmt.Sprintf("%g as the sum of %s", total, e.Sum)
	case !o.holds && last == nil && len(entries) > 0:
		o.seen += nearest(entries, e.Where)
	}
	return o, nil
}

// bounds are the least and the most; the most is -1 where there is none.
func bounds(e scenario.Expect) (low, high float64) {
	switch {
	case e.None:
		return 0, 0
	case e.Max == 0 && e.Min == 0:
		return 1, -1
	case e.Max == 0:
		return e.Min, -1
	}
	return e.Min, e.Max
}

func entriesOf(answer any, list string) ([]any, error) {
	if list == "." {
		return []any{answer}, nil
	}
	if list == "" {
		list = "items"
	}
	found := reach(answer, list)
	if found == nil {
		return nil, nil
	}
	entries, ok := found.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is no list", list)
	}
	return entries, nil
}

// reach returns the value at a path of names with dots, nil where there is none.
func reach(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

func matches(entry any, where map[string]any) bool {
	for path, want := range where {
		if !equal(reach(entry, path), want) {
			return false
		}
	}
	return true
}

func equal(got, want any) bool {
	switch w := want.(type) {
	case scenario.Any:
		return got != nil
	case scenario.Range:
		n, ok := got.(float64)
		return ok && n >= w.Min && n <= w.Max
	case scenario.Contains:
		if text, ok := got.(string); ok {
			return strings.Contains(text, string(w))
		}
		list, ok := got.([]any)
		return ok && slices.ContainsFunc(list, func(v any) bool { return v == any(string(w)) })
	}
	b, err := json.Marshal(want)
	if err != nil {
		return false
	}
	var plain any
	return json.Unmarshal(b, &plain) == nil && reflect.DeepEqual(got, plain)
}

// nearest tells of the entry that has most of where, and what differs: a person
// wants to know why nothing matched.
func nearest(entries []any, where map[string]any) string {
	best, text := -1, ""
	for _, entry := range entries {
		same := 0
		var differs []string
		for path, want := range where {
			if got := reach(entry, path); equal(got, want) {
				same++
			} else {
				differs = append(differs, fmt.Sprintf("%s is %s, not %s", path, brief(got), brief(want)))
			}
		}
		if same > best {
			slices.Sort(differs)
			best, text = same, "; nearest: "+strings.Join(differs, ", ")
		}
	}
	return text
}

func brief(v any) string {
	switch v := v.(type) {
	case scenario.Any:
		return "anything"
	case scenario.Range:
		return fmt.Sprintf("%g…%g", v.Min, v.Max)
	case scenario.Contains:
		return fmt.Sprintf("with %q", string(v))
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(b) > 80 {
		return string(b[:80]) + "…"
	}
	return string(b)
}

// describe tells a person what an expectation is.
func describe(e scenario.Expect) string {
	text := e.Say
	if text == "" {
		text = e.Get
	}
	low, high := bounds(e)
	what := "entries"
	if e.Sum != "" {
		what = e.Sum
	}
	switch {
	case e.None:
		text += ": none"
	case high < 0:
		text += fmt.Sprintf(": at least %g %s", low, what)
	case low == high:
		text += fmt.Sprintf(": exactly %g %s", low, what)
	default:
		text += fmt.Sprintf(": %g to %g %s", low, high, what)
	}
	if e.Within > 0 {
		text += " within " + e.Within.String()
	}
	return text
}
