package cluster

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// fleet is tools/fakefleet, which sends reports all the while and reads them back at
// the end.
type fleet struct {
	t       *testing.T
	machine *machine
	process *process
	dir     string
}

// verdict is what of its summary matters here.
type verdict struct {
	Due            int64   `json:"due"`
	Sent           int64   `json:"sent"`
	Again          int64   `json:"sent_again"`
	Acknowledged   int64   `json:"acknowledged"`
	Duplicates     int64   `json:"duplicates"`
	GivenUp        int64   `json:"given_up"`
	Unacknowledged int64   `json:"unacknowledged"`
	P99            float64 `json:"p99_ms"`
	Max            float64 `json:"max_ms"`
	Verify         *struct {
		Checked  int64    `json:"checked"`
		Missing  int64    `json:"missing"`
		Doubled  int64    `json:"doubled"`
		Unasked  int64    `json:"unasked"`
		Examples []string `json:"examples"`
	} `json:"verify"`
}

// Load of the campaign: enough that each moment has reports under way.
const (
	fleetTaps   = 60
	fleetPeriod = 2 * time.Second
)

// startFleet lets reports be due for length. It cuts one connection in 40 before the
// answer is read, so that reports are sent twice also without faults.
func startFleet(t *testing.T, n *network, bin, database string, seed uint64, length time.Duration) *fleet {
	t.Helper()
	m := n.observer
	m.dir, m.processes = filepath.Join(n.dir, "fleet"), map[string]*process{}
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f := &fleet{t: t, machine: m, dir: m.dir}
	f.process = m.start(t, "fakefleet", "", "sh", "-c", `exec "$@" >summary.json`, "sh", filepath.Join(bin, "fakefleet"),
		"-node", balanced, "-database", database, "-taps", strconv.Itoa(fleetTaps), "-tenants", "4", "-period", fleetPeriod.String(),
		"-bss", "20", "-stations", "20", "-for", length.String(), "-drain", "3m", "-most-pause", "5s", "-backlog", "5000", "-lose", "40",
		"-seed", strconv.FormatUint(seed, 10), "-verify", "-json")
	return f
}

// wait returns what the fleet found when it has ended, limit at the longest.
func (f *fleet) wait(limit time.Duration) verdict {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), limit)
	defer cancel()
	select {
	case <-f.process.ended:
	case <-ctx.Done():
		f.t.Fatalf("the fleet does not end: %s", tail(f.process.log, 2000))
	}
	b, err := os.ReadFile(filepath.Join(f.dir, "summary.json"))
	var v verdict
	if err != nil || json.Unmarshal(b, &v) != nil || v.Verify == nil {
		f.t.Fatalf("the fleet's summary: %v: %s\n%s", err, b, tail(f.process.log, 2000))
	}
	return v
}

// check fails the test unless every acknowledged report is stored once and every
// report was acknowledged in the end.
func (v verdict) check(t *testing.T) {
	t.Helper()
	if v.Verify.Missing+v.Verify.Doubled+v.Verify.Unasked > 0 {
		t.Errorf("of %d acknowledged reports %d are missing, %d doubled, %d not asked for: %v",
			v.Verify.Checked, v.Verify.Missing, v.Verify.Doubled, v.Verify.Unasked, v.Verify.Examples)
	}
	if v.GivenUp+v.Unacknowledged > 0 || v.Acknowledged != v.Due || v.Verify.Checked != v.Due {
		t.Errorf("of %d reports %d were acknowledged, %d checked, %d given up, %d left: taps did not catch up",
			v.Due, v.Acknowledged, v.Verify.Checked, v.GivenUp, v.Unacknowledged)
	}
	if v.Due == 0 {
		t.Error("no report was due: nothing is shown")
	}
}
