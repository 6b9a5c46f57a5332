package realpart_test

import (
	"testing"

	"picket/shared/build/realpart"
)

// recorder is a testing.TB that remembers how a test was ended.
type recorder struct {
	testing.TB

	skipped, failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skip(...any)           { r.skipped = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; panic(r) }

// run calls f as the testing package would, which ends a failed test's goroutine.
func (r *recorder) run(f func()) {
	defer func() { _ = recover() }()
	f()
}

func TestMissingPartIsSkippedOnADevelopersMachine(t *testing.T) {
	t.Setenv("PICKET_REQUIRE_REAL", "")
	var r recorder
	r.run(func() { realpart.Skip(&r, "no radio") })
	if !r.skipped || r.failed {
		t.Errorf("skipped %v, failed %v; want a skip", r.skipped, r.failed)
	}
}

func TestMissingPartFailsWhereItIsRequired(t *testing.T) {
	t.Setenv("PICKET_REQUIRE_REAL", "1")
	var r recorder
	r.run(func() { realpart.Program(&r, "picket-no-such-program") })
	if !r.failed || r.skipped {
		t.Errorf("skipped %v, failed %v; want a failure", r.skipped, r.failed)
	}
}

func TestProgramTakesTheFirstThatIsInstalled(t *testing.T) {
	if got := realpart.Program(t, "picket-no-such-program", "sh"); got == "" {
		t.Error("sh was not found")
	}
}
