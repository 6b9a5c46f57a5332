package lab

import (
	"os"
	"strings"
	"testing"
	"time"

	"picket/shared/build/realpart"
	"picket/tools/lab/image"
	"picket/tools/lab/protocol"
	"picket/tools/lab/scenario"
)

// TestSoakLab plays the sample of the laboratory's scenarios in one guest, and all
// of them with PICKET_SOAK=full. PICKET_LAB=apart leaves it to a run of its own:
// what it measures in seconds, other tests at the same time would spoil.
// PICKET_LAB_ONLY names scenarios, with commas.
func TestSoakLab(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("boots a virtual machine: not in the fast part")
	case os.Getenv("PICKET_LAB") == "apart":
		t.Skip("PICKET_LAB=apart: it has a run of its own")
	}
	if missing := Missing(); len(missing) > 0 {
		realpart.Skip(t, "the packages "+strings.Join(missing, ", ")+" are not installed; tools/setup test installs them")
	}
	tree, err := FindTree(".")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := image.DefaultCache()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Options{Tree: tree, Cache: cache, Say: func(text string) { t.Log(text) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	t.Logf("figure: the guest answers %.1f s after it was started (%s)", s.guest.Ready.Seconds(), s.guest.Accelerator)
	played, passed := 0, 0
	for _, sc := range chosen(t) {
		t.Run(sc.Name, func(t *testing.T) {
			r, err := s.Play(t.Context(), sc)
			if err != nil {
				t.Fatal(err)
			}
			if played++; r.Passed {
				passed++
			} else {
				t.Errorf("%s\nexpected %q\nseen %q", r.Error, r.Expected, r.Seen)
			}
		})
	}
	t.Logf("figure: %d of %d scenarios passed", passed, played)
	for _, trouble := range troubles() {
		t.Run(trouble.Name, func(t *testing.T) { survive(t, s, trouble) })
	}
}

// troubles are scenarios that cannot end well: a step hangs, and the guest dies.
func troubles() []scenario.Scenario {
	exec := func(line string) scenario.Step {
		return scenario.Step{Do: protocol.DoExec, Limit: 2 * time.Second, Args: protocol.Exec{Command: protocol.Command{Argv: []string{"sh", "-c", line}}}}
	}
	hang := scenario.Scenario{Name: "trouble-hang", Radios: []protocol.Radio{{Name: "one"}}, Steps: []scenario.Step{exec("sleep 1000 & sleep 1000")}}
	crash := scenario.Scenario{Name: "trouble-crash", Steps: []scenario.Step{exec("echo c >/proc/sysrq-trigger")}}
	if os.Getenv("PICKET_SOAK") == "full" {
		return []scenario.Scenario{hang, crash}
	}
	return []scenario.Scenario{hang}
}

// survive plays a scenario that fails, and another that finds a guest as new.
func survive(t *testing.T, s *Session, trouble scenario.Scenario) {
	t.Helper()
	r, err := s.Play(t.Context(), trouble)
	if err != nil || r.Passed || r.Error == "" || r.Seconds > 30 {
		t.Errorf("%+v: %v", r, err)
	}
	r, err = s.Play(t.Context(), scenario.Scenario{Name: "after-" + trouble.Name, Radios: []protocol.Radio{{Name: "one"}}, Steps: []scenario.Step{
		{Do: protocol.DoExec, Args: protocol.Exec{Command: protocol.Command{Argv: []string{"sh", "-c", "test $(ls /sys/class/ieee80211 | wc -l) = 1 && ! pidof sleep"}}}},
	}})
	if err != nil || !r.Passed {
		t.Errorf("after it: %+v: %v", r, err)
	}
}

// chosen are the scenarios to play.
func chosen(t *testing.T) []scenario.Scenario {
	t.Helper()
	if names := os.Getenv("PICKET_LAB_ONLY"); names != "" {
		all, err := Choose(strings.Split(names, ","))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	var all []scenario.Scenario
	for _, sc := range scenario.All() {
		if sc.Sample || os.Getenv("PICKET_SOAK") == "full" {
			all = append(all, sc)
		}
	}
	return all
}
