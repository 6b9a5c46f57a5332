package monitor

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"picket/radio/nl80211"
)

// keeping is a Keeper that runs in a world.
type keeping struct {
	*Keeper
	w    *world
	stop func() // and wait

	mu       sync.Mutex
	adapters []Adapter
	events   []Event
}

// keep runs a Keeper until the test stops it, at the latest at its end.
func keep(t *testing.T, w *world, cfg Config) *keeping {
	t.Helper()
	k := &keeping{w: w}
	cfg.Kernel = w.kernel
	cfg.Changed = func(all []Adapter) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.adapters = all
	}
	cfg.Event = func(e Event) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.events = append(k.events, e)
	}
	k.Keeper = New(cfg, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stopped := false
	k.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(k.stop)
	synctest.Wait()
	return k
}

// after lets time pass and everything settle.
func (k *keeping) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (k *keeping) adapter(t *testing.T, name string) Adapter {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, a := range k.adapters {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no adapter %s among %+v", name, k.adapters)
	return Adapter{}
}

// told returns the texts of events of a kind, and forgets all events.
func (k *keeping) told(kind EventKind) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var texts []string
	for _, e := range k.events {
		if e.Kind == kind {
			texts = append(texts, e.Text)
		}
	}
	k.events = nil
	return texts
}

// want fails the test unless an adapter is in a state, with words in its text.
func (k *keeping) want(t *testing.T, name string, state State, words ...string) Adapter {
	t.Helper()
	a := k.adapter(t, name)
	if a.State != state {
		t.Errorf("%s is %v (%s), want %v", name, a.State, a.Text, state)
	}
	for _, word := range words {
		if !strings.Contains(a.Text, word) {
			t.Errorf("%s: %q, want %q in it", name, a.Text, word)
		}
	}
	if state == Listening {
		k.w.mu.Lock()
		defer k.w.mu.Unlock()
		f := k.w.faces[a.Ifindex]
		if f == nil || f.Type != nl80211.TypeMonitor || !f.up || f.Name != a.Interface || f.Wiphy != a.Wiphy {
			t.Errorf("%s listens as %q (%d), which is %+v", name, a.Interface, a.Ifindex, f)
		}
	}
	return a
}

// asFound fails the test unless everything is as others want it.
func (w *world) asFound(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, index := range slices.Sorted(maps.Keys(w.faces)) {
		f := w.faces[index]
		if ours(f.Name) {
			t.Errorf("%s is still there", f.Name)
			continue
		}
		if f.Type != f.willType || !f.seen.missed && f.up != (f.willUp && !w.isBlocked(f.Wiphy)) {
			t.Errorf("%s is of type %v and up: %v; want %v and %v", f.Name, f.Type, f.up, f.willType, f.willUp)
		}
	}
	for _, p := range w.wiphys {
		if p.soft != p.willSoft && !p.seen.missed {
			t.Errorf("%s is blocked: %v, want %v", p.Name, p.soft, p.willSoft)
		}
	}
}
