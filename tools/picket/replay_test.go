package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func labCapture(name string) string {
	return filepath.Join("..", "..", "appliance", "labcaptures", name+".pcap")
}

func picket(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, &out, &errs)
	return out.String(), errs.String(), err
}

func TestReplayCountsPrintsALineAFile(t *testing.T) {
	path := labCapture("deauth-disassoc-mdk4")
	out, _, err := picket(t, "replay", "--counts", path, path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 || lines[0] != lines[1] || !strings.HasPrefix(lines[0], path+"\tpackets=303 ; bytes=") ||
		!strings.Contains(lines[0], " ; deauth=") {
		t.Errorf("printed:\n%s", out)
	}
}

func TestReplayRepeatsTheFiles(t *testing.T) {
	out, _, err := picket(t, "replay", "--repeat", "3", labCapture("csa-spoof"))
	if err != nil || !strings.Contains(out, "\n360 frames in ") || !strings.Contains(out, "02:00:00:00:01:00") {
		t.Errorf("error %v, printed:\n%s", err, out)
	}
}

func TestReplayPrintsJSON(t *testing.T) {
	out, _, err := picket(t, "replay", "--json", labCapture("legit-wpa3-sae"))
	var tables struct {
		Networks []struct{ SSID, Security string }
	}
	if err != nil || json.Unmarshal([]byte(out), &tables) != nil {
		t.Fatalf("error %v, printed:\n%s", err, out)
	}
	if n := tables.Networks; len(n) == 0 || n[0].SSID != "Corp-SAE" || n[0].Security != "WPA3-SAE" {
		t.Errorf("networks %v", n)
	}
}

func TestReplayCountsUpToTheDamage(t *testing.T) {
	whole, err := os.ReadFile(labCapture("csa-spoof"))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(cut, whole[:len(whole)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := picket(t, "replay", "--counts", cut)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(out, "packets=119 ; ") {
		t.Errorf("error %v, printed %q", err, out)
	}
}

func TestWrongCommandLinesAreExplained(t *testing.T) {
	for args, want := range map[string]string{
		"":                             "Usage:",
		"nonsense":                     "no command",
		"replay":                       "no file",
		"replay --repeat 0 x":          "--repeat",
		"replay --window 10m x":        "--window",
		"replay --node https://a x":    "--token",
		"replay --counts --node a x":   "exclude each other",
		"replay --no-such-flag x.pcap": "no-such-flag",
	} {
		if _, errs, err := picket(t, strings.Fields(args)...); !errors.Is(err, errUsage) || !strings.Contains(errs, want) {
			t.Errorf("picket %s: error %v, said %q", args, err, errs)
		}
	}
	if _, _, err := picket(t, "replay", "/no/such/file"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestInterruptedReplayStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := run(ctx, []string{"replay", "--repeat", "1000", labCapture("auth-flood-mdk4"), labCapture("wps-reaver")}, io.Discard, io.Discard)
	if err == nil {
		t.Error("it ran to the end")
	}
}

// BenchmarkReplay is the whole of picket replay on the file that PICKET_REPLAY
// names, or on the laboratory's. default.pgo, by which the compiler lays out
// picket and tapd, is its profile on long captures:
//
//	PICKET_REPLAY=FILE go test -run xxx -bench Replay -cpuprofile default.pgo ./tools/picket
func BenchmarkReplay(b *testing.B) {
	path := os.Getenv("PICKET_REPLAY")
	if path == "" {
		path = labCapture("auth-flood-mdk4")
	}
	for b.Loop() {
		if err := replay(b.Context(), []string{path}, io.Discard, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
