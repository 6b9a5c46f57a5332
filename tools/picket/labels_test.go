package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"picket/appliance/labcaptures"
	"picket/tools/picket/facts"
	"picket/tools/picket/summary"
)

// replayed returns the tables that picket replay prints of captures together.
func replayed(t *testing.T, names ...string) *summary.Tables {
	t.Helper()
	args := []string{"replay", "--json"}
	for _, name := range names {
		args = append(args, labCapture(name))
	}
	out, _, err := picket(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	var tables summary.Tables
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&tables); err != nil {
		t.Fatal(err)
	}
	return &tables
}

func labels(t *testing.T) map[string]labcaptures.Label {
	t.Helper()
	all, err := labcaptures.Labels()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 27 {
		t.Fatalf("%d labelled captures, want at least the first 27", len(all))
	}
	return all
}

func TestReplayShowsWhatCapturesAreLabelledWith(t *testing.T) {
	for name, label := range labels(t) {
		t.Run(name, func(t *testing.T) {
			want, err := facts.Parse(label["facts"])
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range want.Check(replayed(t, append([]string{name}, want.With...)...)) {
				t.Error(wrong)
			}
		})
	}
}

// Every fact must be one that can fail: each number of it, moved out of its range,
// and each text of it, changed, is noticed.
func TestAlteredFactsAreNoticed(t *testing.T) {
	altered := 0
	for name, label := range labels(t) {
		want, err := facts.Parse(label["facts"])
		if err != nil {
			t.Fatal(err)
		}
		tables := replayed(t, append([]string{name}, want.With...)...)
		for _, fact := range strings.Split(label["facts"], " ; ") {
			if strings.HasPrefix(fact, "with=") {
				continue
			}
			for _, other := range alterations(fact) {
				changed, err := facts.Parse(other)
				if err != nil {
					t.Fatal(err)
				}
				if altered++; len(changed.Check(tables)) == 0 {
					t.Errorf("%s: %s holds as well as %s", name, other, fact)
				}
			}
		}
	}
	if altered < 500 {
		t.Errorf("only %d altered facts were tried", altered)
	}
	t.Logf("%d altered facts were noticed", altered)
}

// Words of a fact, and numbers and ranges among them.
var (
	word   = regexp.MustCompile(`"[^"]*"|[^ "]+`)
	figure = regexp.MustCompile(`^(-?[0-9]+)?(\.\.)?(-?[0-9]+)?$`)
)

// alterations returns fact with one of its expectations made wrong, for each of them.
func alterations(fact string) []string {
	var all []string
	words := word.FindAllString(fact, -1)
	for i := 2; i < len(words); i += 2 {
		was := words[i]
		for _, wrong := range wrongs(words[i-1], was) {
			words[i] = wrong
			all = append(all, strings.Join(words, " "))
		}
		words[i] = was
	}
	return all
}

// wrongs returns values of a field that a value that is right excludes.
func wrongs(field, value string) []string {
	isList := field == "channels" || field == "switchTo"
	switch found := figure.FindStringSubmatch(value); {
	case value == "true":
		return []string{"false"}
	case value == "false":
		return []string{"true"}
	case strings.HasPrefix(value, `"`):
		return []string{`"x` + value[1:]}
	case found == nil || isList:
		return []string{value + "x"}
	case found[2] == "":
		return []string{moved(found[1], -1), moved(found[1], 1)}
	case found[1] == "":
		return []string{moved(found[3], 1)}
	case found[3] == "":
		return []string{moved(found[1], -1)}
	default:
		return []string{moved(found[1], -1), moved(found[3], 1)}
	}
}

func moved(number string, by int) string {
	n, _ := strconv.Atoi(number) // the pattern lets numbers through alone
	return strconv.Itoa(n + by)
}
