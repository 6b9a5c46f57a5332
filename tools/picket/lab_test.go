package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"picket/tools/lab/scenario"
)

func TestLabListNamesEveryScenarioWithASentence(t *testing.T) {
	var plain, asJSON, stderr bytes.Buffer
	if err := run(t.Context(), []string{"lab", "list"}, &plain, &stderr); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"lab", "list", "--json"}, &asJSON, &stderr); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(&asJSON)
	for _, s := range scenario.All() {
		if !strings.Contains(plain.String(), s.Name) || !strings.Contains(plain.String(), s.Sentence) {
			t.Errorf("%s is not listed", s.Name)
		}
		var line struct{ Name, Sentence string }
		if err := lines.Decode(&line); err != nil || line.Name != s.Name || line.Sentence == "" {
			t.Errorf("line %+v for %s: %v", line, s.Name, err)
		}
	}
}

func TestLabRunTakesFlagsAfterNames(t *testing.T) {
	var stderr bytes.Buffer
	err := run(t.Context(), []string{"lab", "run", "no-such-scenario", "--json", "--timeout", "1s"}, &stderr, &stderr)
	if err == nil || !strings.Contains(err.Error(), "no-such-scenario") {
		t.Errorf("error %v", err)
	}
	if err := run(t.Context(), []string{"lab", "run", "office", "--no-such-flag"}, &stderr, &stderr); !errors.Is(err, errUsage) {
		t.Errorf("error %v, want usage", err)
	}
}

func TestLabRunChoosesEachScenarioOnce(t *testing.T) {
	all, err := labChoose([]string{"sample", "all", "office"})
	if err != nil || len(all) != len(scenario.All()) {
		t.Errorf("%d scenarios, want %d: %v", len(all), len(scenario.All()), err)
	}
	if _, err := labChoose(nil); err == nil {
		t.Error("nothing to run is no error")
	}
}

func TestLabWithoutACommandShowsHowToUseIt(t *testing.T) {
	for _, args := range [][]string{{"lab"}, {"lab", "fly"}} {
		var stderr bytes.Buffer
		if err := run(t.Context(), args, &stderr, &stderr); !errors.Is(err, errUsage) || !strings.Contains(stderr.String(), "picket lab run") {
			t.Errorf("%q: %v: %s", args, err, stderr.String())
		}
	}
}
