// Package realpart says what a test does when a real part is missing: a radio
// simulation, a browser, tshark, PostgreSQL, the right to open a packet socket.
//
// On a developer's machine such a test is skipped, with the reason. Where
// PICKET_REQUIRE_REAL is 1, as in CI, a missing part is a failure: a run that
// left out half of its tests must not look like one that passed.
package realpart

import (
	"os"
	"os/exec"
	"testing"
)

// requireEnv is the environment variable that turns skips into failures.
const requireEnv = "PICKET_REQUIRE_REAL"

// Required reports whether a missing real part is a failure here.
func Required() bool { return os.Getenv(requireEnv) == "1" }

// Skip ends the test because a real part is missing; reason names the part and
// how to get it. The test is skipped, or failed where Required.
//
// It is not for the corpus of captures, which may be absent anywhere: that is
// a plain t.Skip.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if Required() {
		t.Fatalf("%s=1 and a real part is missing: %s", requireEnv, reason)
	}
	t.Skip(reason)
}

// Program returns the path of the first of names that is installed, and ends
// the test as Skip does when none is.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Skip(t, names[0]+" is not installed; tools/setup test installs it")
	return ""
}
