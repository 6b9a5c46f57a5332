package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListOfTestsIsRead(t *testing.T) {
	out := "FuzzDecode\nFuzzFrame\nok  \tpicket/appliance/dissect/dot11\t0.01s\n" +
		"?   \tpicket/tools/run\t[no test files]\nok  \tpicket/shared/wlan\t0.01s\nTestSoakKill\nok  \tpicket/tools/kill\t0.01s\n"
	want := []test{
		{"FuzzDecode", "picket/appliance/dissect/dot11", "appliance/dissect/dot11"},
		{"FuzzFrame", "picket/appliance/dissect/dot11", "appliance/dissect/dot11"},
		{"TestSoakKill", "picket/tools/kill", "tools/kill"},
	}
	if diff := cmp.Diff(want, parseList([]byte(out)), cmp.AllowUnexported(test{})); diff != "" {
		t.Error(diff)
	}
}

func TestFigureIsFound(t *testing.T) {
	for out, want := range map[string]string{
		"=== RUN x\n    kill_test.go:9: figure: 100 rounds, 0 lost\n--- PASS: x\nok  p 9s\n":                             "100 rounds, 0 lost",
		"fuzz: elapsed: 3s, execs: 10 (3/sec)\nfuzz: elapsed: 6s, execs: 90 (30/sec), new interesting: 1\nPASS\nok p 6s": "6s, execs: 90 (30/sec), new interesting: 1",
		"ok  \tpicket/x\t1.0s\n": "ok  \tpicket/x\t1.0s",
		"":                       "",
	} {
		if got := figureOf([]byte(out)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheEndOfItsTimeIsNoFinding(t *testing.T) {
	const count = "fuzz: elapsed: 3s, execs: 10 (0/sec)\n"
	for out, want := range map[string]bool{
		count + "--- FAIL: FuzzDecode (3.26s)\n    context deadline exceeded\nFAIL\nexit status 1\nFAIL\tpicket/x\t3.3s\n":                                                          true,
		count + "--- FAIL: FuzzDecode (3.26s)\n    --- FAIL: FuzzDecode (0.00s)\n        x_test.go:9: wrong\n    \n    Failing input written to testdata/fuzz/FuzzDecode/1\nFAIL\n": false,
		count + "--- FAIL: FuzzDecode (3.26s)\n    context deadline exceeded\nFAIL\n    Failing input written to testdata/fuzz/FuzzDecode/1\n":                                      false,
		count + "--- FAIL: FuzzDecode (3.26s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\nFAIL\n":                                                          false,
		count + "PASS\nok  \tpicket/x\t3.3s\n": false,
	} {
		if got := onlyEnded([]byte(out)); got != want {
			t.Errorf("%q: %v, want %v", out, got, want)
		}
	}
}

func TestStateIsKeptForTheSameRevisionAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "soak", "state.json")
	first := newState(path, "v1")
	first.Results["a"] = result{Figure: "7 rounds", Seconds: 3}
	if err := first.save(); err != nil {
		t.Fatal(err)
	}
	for revision, want := range map[string]string{"v1": "ok in 3 s: 7 rounds", "v2": "not run"} {
		s := newState(path, revision)
		if err := s.load(); err != nil {
			t.Fatal(err)
		}
		if got := s.figure("a"); got != want {
			t.Errorf("at %s: %q, want %q", revision, got, want)
		}
	}
}
