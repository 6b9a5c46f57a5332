package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
)

func TestSimHopPrintsItsFiguresAsJSON(t *testing.T) {
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"sim", "hop", "--json", "--environments", "4", "--seed", "9"}, &out, &errs); err != nil {
		t.Fatal(err, errs.String())
	}
	var got map[string]float64
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%v: %q", err, out.String())
	}
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{"burst_gain", "burst_vs_uniform", "first_sweep_s", "stations_gain", "stations_vs_uniform"}
	if !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	if got["first_sweep_s"] > 6 || got["stations_gain"] < 0.6 || got["burst_gain"] < 0.6 || got["stations_vs_uniform"] <= 1 || got["burst_vs_uniform"] <= 1 {
		t.Errorf("figures %v", got)
	}
	first := out.String()
	out.Reset()
	if err := run(t.Context(), []string{"sim", "hop", "--json", "--environments", "4", "--seed", "9"}, &out, &errs); err != nil || out.String() != first {
		t.Errorf("%v: the same seed gives %q and %q", err, first, out.String())
	}
}

func TestSimHopComparesStrategies(t *testing.T) {
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"sim", "hop", "--environments", "1", "--adapters", "2"}, &out, &errs); err != nil {
		t.Fatal(err, errs.String())
	}
	for _, want := range []string{"2 adapters, 10 minutes, medians of 1 environment\n", "uniform 250 ms", "static 1 s", "picket", "oracle for stations", "oracle for bursts", "gain of picket"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestSimHopSaysWhatIsWrong(t *testing.T) {
	for args, want := range map[string]string{
		"sim":                            "only simulation is hop",
		"sim walk":                       "only simulation is hop",
		"sim hop --environments 0":       "--environments: 0 is not between",
		"sim hop --adapters 9":           "--adapters: 9 is not between",
		"sim hop --switch 2s":            "--switch: 2s is not between",
		"sim hop --rate 0":               "--rate",
		"sim hop --rate NaN":             "--rate",
		"sim hop --on 1ms":               "--on",
		"sim hop there":                  `"there"`,
		"sim hop --dwell 3":              "flag provided but not defined",
		"sim hop --json --environments=": "invalid value",
	} {
		var out, errs bytes.Buffer
		err := run(t.Context(), strings.Fields(args), &out, &errs)
		if !errors.Is(err, errUsage) || !strings.Contains(errs.String(), want) || out.Len() != 0 {
			t.Errorf("%s: %v, %q", args, err, errs.String())
		}
	}
	for _, args := range []string{"sim --help", "sim hop --help"} {
		var out, errs bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out, &errs); !errors.Is(err, flag.ErrHelp) || !strings.Contains(errs.String(), "picket sim hop") {
			t.Errorf("%s: %v, %q", args, err, errs.String())
		}
	}
}
