package main

import (
	"os/exec"
	"testing"

	"picket/shared/build/realpart"
)

func TestDebianVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3":                      "1.2.3",
		"1.2.3":                       "1.2.3",
		"v1.2.3-dirty":                "1.2.3+dirty",
		"v1.2.3-rc1":                  "1.2.3~rc1",
		"v1.2.3-14-g50b8c47":          "1.2.3+14.g50b8c47",
		"v1.2.3-rc1-14-g50b8c47":      "1.2.3~rc1+14.g50b8c47",
		"v1.2.3-14-g50b8c47-dirty":    "1.2.3+14.g50b8c47+dirty",
		"50b8c47":                     "0~git20261122180000.50b8c47",
		"50b8c47-dirty":               "0~git20261122180000.50b8c47+dirty",
		"devel":                       "0~devel20261122180000",
		"../../etc; reboot":           "0~devel20261122180000",
		"v1.2.3-rc.1-beta_underscore": "0~devel20261122180000",
	} {
		if got := debianVersion(version, date()); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

// Each is what dpkg takes for newer than the one before.
func TestNewerBuildsSortBehindOlderOnes(t *testing.T) {
	dpkg := realpart.Program(t, "dpkg")
	older := "0~devel"
	for _, version := range []string{"50b8c47", "v0.9.0-rc1", "v0.9.0-rc1-2-g50b8c47", "v0.9.0-rc2", "v0.9.0", "v0.9.0-2-g50b8c47", "v0.9.0-10-g50b8c47", "v0.10.0"} {
		newer := debianVersion(version, date())
		if out, err := exec.CommandContext(t.Context(), dpkg, "--validate-version", newer).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", newer, err, out)
		}
		if err := exec.CommandContext(t.Context(), dpkg, "--compare-versions", older, "lt", newer).Run(); err != nil {
			t.Errorf("%s is not older than %s", older, newer)
		}
		older = newer
	}
}

func TestSourceDate(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795370400")
	if got, err := sourceDate(t.Context()); err != nil || !got.Equal(date()) {
		t.Errorf("%v, %v; want %v", got, err, date())
	}
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if _, err := sourceDate(t.Context()); err == nil {
		t.Error("a time that is no number was taken")
	}
}
