package ingest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestATapCatchesUpAndAWildOneWaits(t *testing.T) {
	d := DefaultLimits()
	l := newLimiters[uuid.UUID](d.TapRate, d.TapBurst)
	now, tap, other := time.Unix(1_790_000_000, 0), uuid.New(), uuid.New()
	for range 30 { // five minutes at one report in 10 s
		if wait := l.take(tap, now); wait > 0 {
			t.Fatalf("a report every 10 s waits %v", wait)
		}
		now = now.Add(10 * time.Second)
	}
	for i := range d.TapBurst {
		if wait := l.take(tap, now); wait > 0 {
			t.Fatalf("report %d of a burst waits %v", i, wait)
		}
	}
	wait := l.take(tap, now)
	if wait <= 0 || wait > time.Second {
		t.Errorf("after the burst the next waits %v", wait)
	}
	if l.take(other, now) > 0 {
		t.Error("another tap waits as well")
	}
	if l.take(tap, now.Add(wait)) > 0 {
		t.Error("it still waits after the time it was told")
	}
}

func TestQuietTapsAreForgotten(t *testing.T) {
	l := newLimiters[uuid.UUID](5, 300)
	now := time.Unix(1_790_000_000, 0)
	for range 1000 {
		l.take(uuid.New(), now)
	}
	l.take(uuid.New(), now.Add(3*time.Minute))
	if n := l.heard(); n != 1 {
		t.Errorf("%d limiters are kept", n)
	}
}

func TestSpreadGrowsWithTheTaps(t *testing.T) {
	for taps, want := range map[int]time.Duration{1: 0, 49: 0, 100: 200 * time.Millisecond, 2000: 4 * time.Second, 100_000: 8 * time.Second} {
		if got := spread(taps, 10*time.Second); got != want {
			t.Errorf("%d taps spread over %v, want %v", taps, got, want)
		}
	}
}

func TestRefusalsAreLoggedOnceInAWhile(t *testing.T) {
	var out bytes.Buffer
	r := newRefusals(slog.New(slog.NewTextHandler(&out, nil)))
	now := time.Unix(1_790_000_000, 0)
	for range 1000 {
		r.note(slog.LevelWarn, "malformed", "tap-1", "no header", now)
	}
	r.note(slog.LevelWarn, "old", "tap-1", "3 days", now)
	r.note(slog.LevelWarn, "malformed", "tap-1", "no header", now.Add(refusalPause))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.Contains(lines[2], "unlogged_before=999") || !strings.Contains(lines[1], "reason=old") {
		t.Errorf("logged\n%s", out.String())
	}
	for i := range 2 * maxRefusalKinds {
		r.note(slog.LevelDebug, "unknown", uuid.New().String(), "", now.Add(time.Duration(i)))
	}
	if len(r.kinds) > maxRefusalKinds {
		t.Errorf("%d kinds are kept", len(r.kinds))
	}
}
