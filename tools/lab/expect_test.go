package lab

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"picket/tools/lab/node"
	"picket/tools/lab/scenario"
)

// answers is a node that knows a few things by path.
type answers map[string]string

func (a answers) Get(_ context.Context, path string, _ time.Time) (any, error) {
	text, ok := a[path]
	if !ok {
		return nil, node.ErrUnknown
	}
	if text == "broken" {
		return nil, errors.New("no answer")
	}
	var v any
	return v, json.Unmarshal([]byte(text), &v)
}

const air = `{"total":3,"items":[
	{"bssid":"02:00:00:00:53:01","ssid":"Corp","channel":6,"signalDBm":-52.5,"features":["HE","WPS"],"tap":{"name":"a"},"frames":10},
	{"bssid":"02:00:00:00:53:02","ssid":null,"channel":36,"signalDBm":-70,"features":[],"tap":{"name":"b"},"frames":32},
	{"bssid":"02:00:00:00:53:03","ssid":"Corp","channel":37,"signalDBm":-80,"features":["HE"],"tap":{"name":"a"},"frames":8}]}`

func TestExpectationsAreComparedWithTheNode(t *testing.T) {
	type m = map[string]any
	for what, c := range map[string]struct {
		expect scenario.Expect
		holds  bool
	}{
		"something":               {scenario.Expect{Get: "bss"}, true},
		"by a text":               {scenario.Expect{Get: "bss", Where: m{"ssid": "Corp"}, Min: 2, Max: 2}, true},
		"too many":                {scenario.Expect{Get: "bss", Where: m{"ssid": "Corp"}, Min: 1, Max: 1}, false},
		"too few":                 {scenario.Expect{Get: "bss", Where: m{"ssid": "Corp"}, Min: 3}, false},
		"null":                    {scenario.Expect{Get: "bss", Where: m{"ssid": nil}, Min: 1, Max: 1}, true},
		"anything is not null":    {scenario.Expect{Get: "bss", Where: m{"ssid": scenario.Any{}}, Min: 2, Max: 2}, true},
		"a number":                {scenario.Expect{Get: "bss", Where: m{"channel": 6}}, true},
		"a range":                 {scenario.Expect{Get: "bss", Where: m{"signalDBm": scenario.Range{Min: -75, Max: -50}}, Min: 2, Max: 2}, true},
		"a range and no number":   {scenario.Expect{Get: "bss", Where: m{"ssid": scenario.Range{Min: 0, Max: 9}}}, false},
		"in a list":               {scenario.Expect{Get: "bss", Where: m{"features": scenario.Contains("HE")}, Min: 2, Max: 2}, true},
		"part of a text":          {scenario.Expect{Get: "bss", Where: m{"bssid": scenario.Contains("53:02")}, Min: 1, Max: 1}, true},
		"inside":                  {scenario.Expect{Get: "bss", Where: m{"tap.name": "a"}, Min: 2, Max: 2}, true},
		"inside of nothing":       {scenario.Expect{Get: "bss", Where: m{"ssid.name": "a"}}, false},
		"a sum":                   {scenario.Expect{Get: "bss", Sum: "frames", Min: 50, Max: 50}, true},
		"a sum of some":           {scenario.Expect{Get: "bss", Where: m{"tap.name": "a"}, Sum: "frames", Min: 19}, false},
		"none":                    {scenario.Expect{Get: "bss", Where: m{"ssid": "Guest"}, None: true}, true},
		"none, but there is":      {scenario.Expect{Get: "bss", Where: m{"ssid": "Corp"}, None: true}, false},
		"unknown is no entry":     {scenario.Expect{Get: "bss/02:00:00:00:53:09"}, false},
		"unknown is none":         {scenario.Expect{Get: "bss/02:00:00:00:53:09", None: true}, true},
		"the answer itself":       {scenario.Expect{Get: "bss", List: ".", Where: m{"total": 3}}, true},
		"the tap's id":            {scenario.Expect{Get: "taps/{tap}", List: "radios", Min: 1, Max: 1}, true},
		"at most":                 {scenario.Expect{Get: "bss", Max: 3}, true},
		"another list, not there": {scenario.Expect{Get: "bss", List: "gaps", None: true}, true},
	} {
		a := answers{"bss": air, "taps/7": `{"radios":[{}]}`}
		o, err := check(t.Context(), a, c.expect, "7", time.Now())
		if err != nil || o.holds != c.holds {
			t.Errorf("%s: holds %v (%s), want %v; %v", what, o.holds, o.seen, c.holds, err)
		}
	}
}

func TestWhatIsNearestIsTold(t *testing.T) {
	o, err := check(t.Context(), answers{"bss": air}, scenario.Expect{Get: "bss", Where: map[string]any{"ssid": "Corp", "channel": 6, "signalDBm": scenario.Range{Min: -40, Max: -30}}}, "", time.Now())
	if err != nil || o.holds || !strings.Contains(o.seen, "signalDBm is -52.5, not -40…-30") {
		t.Errorf("seen %q: %v", o.seen, err)
	}
}

func TestANodeThatDoesNotAnswerIsAnError(t *testing.T) {
	for what, a := range map[string]answers{"error": {"bss": "broken"}, "no list": {"bss": `{"items":7}`}} {
		if _, err := check(t.Context(), a, scenario.Expect{Get: "bss"}, "", time.Now()); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestExpectationsAreSentences(t *testing.T) {
	for want, e := range map[string]scenario.Expect{
		"bss: at least 1 entries":               {Get: "bss"},
		"the flood: 50 to 60 frames within 15s": {Say: "the flood", Get: "x", Sum: "frames", Min: 50, Max: 60, Within: 15 * time.Second},
		"the flood: exactly 5 entries":          {Say: "the flood", Min: 5, Max: 5},
		"no client is disconnected: none":       {Say: "no client is disconnected", None: true},
	} {
		if got := describe(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
