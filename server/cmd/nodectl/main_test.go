package main

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
)

// What the commands do to a database is tested with a node, in noded.
func TestRunRefuses(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"bad: no such command", "-data d nonsense", "no command"},
		{"bad: no database", "taps", "-data DIR or -database URL"},
		{"bad: no node has been there", "-data /nonexistent taps", "no node has run"},
		{"bad: no uses", "-data d token -uses 0", "-uses"},
		{"bad: lasts for ever", "-data d token -expires 10000h", "-expires"},
		{"bad: a word too much", "-data d taps now", "now"},
		{"bad: no command of db", "-data d db nonsense", "no command of db"},
		{"bad: no such option", "-data d token -nonsense", "nonsense"},
	}
	for _, tt := range tests {
		var out, errs bytes.Buffer
		err := run(t.Context(), strings.Fields(tt.args), &out, &errs)
		if err == nil || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
			t.Errorf("%s: %v, want one that names %q", tt.name, err, tt.want)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"", "-help", "--help", "help", "token -help", "taps --help"} {
		var out, errs bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out, &errs); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("nodectl %s: %v", args, err)
		}
		if !strings.Contains(errs.String(), "nodectl") || !strings.Contains(errs.String(), "Options:") {
			t.Errorf("nodectl %s says %q", args, errs.String())
		}
	}
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"--version"}, &out, &errs); err != nil || out.String() != "nodectl devel\n" {
		t.Errorf("--version: %v, %q", err, out.String())
	}
}
