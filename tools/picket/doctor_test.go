package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"strings"
	"testing"
)

func TestDoctorExaminesThisMachine(t *testing.T) {
	var text, stderr bytes.Buffer
	if err := run(t.Context(), []string{"doctor", "-state", t.TempDir()}, &text, &stderr); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	for _, want := range []string{"A tap ", "RADIOS\n", "WIRED INTERFACES\n", "THIS MACHINE\n", "  memory\n", "  disk\n", "  enrolment\n", "has reached no node"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, &text)
		}
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"doctor", "--json"}, &out, &stderr); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Ready  *bool
		Radios []any
		Wired  []any
		Tap    struct{ State string }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || report.Ready == nil || report.Radios == nil || report.Wired == nil || report.Tap.State == "" {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestDoctorRefusesWhatItDoesNotKnow(t *testing.T) {
	for args, want := range map[string]error{"doctor extra": errUsage, "doctor -nosuch": errUsage, "doctor --help": flag.ErrHelp} {
		var out, stderr bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out, &stderr); !errors.Is(err, want) || stderr.Len() == 0 {
			t.Errorf("%s: error %v, want %v; said %q", args, err, want, &stderr)
		}
	}
}
