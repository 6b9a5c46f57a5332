package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Programs that behave as the real ones do towards this one, and write what
// happens to them into the file that $EVENTS names.
const (
	fakeNode = `#!/bin/sh
echo "node started $*" >>"$EVENTS"
trap 'echo "node stopped" >>"$EVENTS"; exit 0' TERM
trap 'echo "node interrupted" >>"$EVENTS"' INT
mkdir -p "$3"
echo '{"time":"2026-01-05T09:00:00Z","level":"WARN","msg":"something to know"}' >&2
echo '{"url":"https://127.0.0.1:1","version":"test","first_login":"https://127.0.0.1:1/first-login#x"}'
while :; do sleep 0.05; done
`
	fakeTap = `#!/bin/sh
trap 'echo "tap stopped" >>"$EVENTS"; exit 0' TERM
mkdir -p "$4"; echo '{}' >"$4/identity.json"
echo "tap started $*" >>"$EVENTS"
while :; do sleep 0.05; done
`
	fakeTool = `#!/bin/sh
echo "token asked $*" >>"$EVENTS"
echo picket1.secret
`
)

// A stand is a set of fake programs with a folder for data.
type stand struct {
	settings

	events string
}

func newStand(t *testing.T, node string) stand {
	t.Helper()
	dir := t.TempDir()
	s := stand{
		settings{data: filepath.Join(dir, "data"), bin: filepath.Join(dir, "bin"), listen: "127.0.0.1:1", demo: "always", sysfs: dir},
		filepath.Join(dir, "events"),
	}
	if err := os.Mkdir(s.bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{"noded": node, "tapd": fakeTap, "nodectl": fakeTool} {
		if err := os.WriteFile(filepath.Join(s.bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("EVENTS", s.events)
	return s
}

// play runs everything, interrupts when the events show the given word, and
// returns what was said, the events, and the error.
func (s stand) play(t *testing.T, until string, times int) (said, events string, err error) {
	t.Helper()
	out := &safeBuffer{}
	interrupted := make(chan os.Signal, 4)
	ended := make(chan error, 1)
	go func() { ended <- run(context.Background(), s.settings, &screen{out: out}, interrupted) }()
	deadline := time.After(20 * time.Second)
	for until != "" && !strings.Contains(s.read(t), until) {
		select {
		case err := <-ended:
			return out.String(), s.read(t), err
		case <-deadline:
			t.Fatalf("no %q in:\n%s\n%s", until, s.read(t), out)
		case <-time.After(10 * time.Millisecond):
		}
	}
	for range times {
		interrupted <- syscall.SIGINT
	}
	select {
	case err = <-ended:
	case <-deadline:
		t.Fatalf("did not stop:\n%s\n%s", s.read(t), out)
	}
	return out.String(), s.read(t), err
}

func (s stand) read(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(s.events)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func TestStartsInOrderAndStopsInReverse(t *testing.T) {
	s := newStand(t, fakeNode)
	said, events, err := s.play(t, "tap started", 1)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	last := -1
	for _, event := range []string{"node started serve -data ", "token asked ", "tap started -node https://127.0.0.1:1 -state ", "tap stopped", "node stopped"} {
		i := strings.Index(events, event)
		if i <= last {
			t.Errorf("%q is missing or out of order in:\n%s", event, events)
		}
		last = i
	}
	if strings.Contains(events, "interrupted") {
		t.Errorf("the node got the terminal's signal itself:\n%s", events)
	}
	for _, want := range []string{"-token picket1.secret", "office-radio-2g.pcap", "office-wire.pcap"} {
		if !strings.Contains(events, want) {
			t.Errorf("no %q in:\n%s", want, events)
		}
	}
	for _, want := range []string{"https://127.0.0.1:1/first-login#x", "WARN something to know", "demo-tap stopped", "node stopped"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q was not said:\n%s", want, said)
		}
	}
}

func TestSecondRunEnrolsNobodyAgain(t *testing.T) {
	s := newStand(t, fakeNode)
	if said, _, err := s.play(t, "tap started", 1); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := os.Remove(s.events); err != nil {
		t.Fatal(err)
	}
	_, events, err := s.play(t, "tap started", 1)
	if err != nil || strings.Contains(events, "token") {
		t.Errorf("%v\n%s", err, events)
	}
}

func TestNodeThatDoesNotStartIsTold(t *testing.T) {
	s := newStand(t, "#!/bin/sh\necho 'no database here' >&2\nexit 3\n")
	said, _, err := s.play(t, "", 0)
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(said, "no database here") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestNodeThatEndsByItselfStopsTheTap(t *testing.T) {
	s := newStand(t, strings.Replace(fakeNode, "while :;", "until grep -q 'tap started' \"$EVENTS\"; do sleep 0.05; done; exit 4; while :;", 1))
	_, events, err := s.play(t, "tap stopped", 0)
	if err == nil || !strings.Contains(err.Error(), "node ended by itself: exit status 4") || !strings.Contains(events, "tap stopped") {
		t.Errorf("%v\n%s", err, events)
	}
}

func TestThirdInterruptKills(t *testing.T) {
	s := newStand(t, strings.Replace(fakeNode, "exit 0", ":", 1))
	said, _, err := s.play(t, "tap started", 3)
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestDataIsOneRunsAtATime(t *testing.T) {
	s := newStand(t, fakeNode)
	if err := os.MkdirAll(s.data, 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(filepath.Join(s.data, "run.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, events, err := s.play(t, "", 0); err == nil || events != "" {
		t.Errorf("%v\n%s", err, events)
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
