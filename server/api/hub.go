package api

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"picket/server/store"
)

// How often tenants that somebody watches are looked at.
const (
	pollEvery      = time.Second            // while nobody tells of changes
	pollSeldom     = 5                      // times pollEvery, while somebody does
	pollAfterAWake = 200 * time.Millisecond // after a change is told, for all that are told meanwhile
)

// changes says how far a tenant's data have come.
type changes interface {
	Change(ctx context.Context, tenant string) (store.Change, error)
}

// Hub looks at the tenants that somebody watches, when Wake tells that they changed and
// every few seconds, once for all who watch together, and tells them what changed. It
// is a task; its other methods may be called concurrently.
type Hub struct {
	changes changes
	log     *slog.Logger
	stopped chan struct{}
	woken   chan struct{}

	mu      sync.Mutex
	topics  map[string]*topic   // by the tenant's id
	wakes   map[string]struct{} // watched tenants of which changes were told
	hearing bool                // changes are told at all
}

type topic struct {
	last     store.Change
	known    bool
	watchers map[chan store.Change]struct{}
}

// NewHub returns a hub that must be run.
func NewHub(c changes, log *slog.Logger) *Hub {
	return &Hub{
		changes: c, log: log, stopped: make(chan struct{}), woken: make(chan struct{}, 1),
		topics: map[string]*topic{}, wakes: map[string]struct{}{},
	}
}

// String names the task.
func (h *Hub) String() string { return "event hub" }

// Run polls until ctx is done, and ends all streams then.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.stopped)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	soon := time.NewTimer(time.Hour)
	defer soon.Stop()
	away := false
	for n := 0; ; {
		var look []string
		select {
		case <-ctx.Done():
			return nil
		case <-h.woken:
			soon.Reset(pollAfterAWake)
			continue
		case <-soon.C:
			look = h.told()
		case <-tick.C:
			if n++; h.isHearing() && !away && n%pollSeldom != 0 {
				continue
			}
			look = h.watched()
		}
		err := h.poll(ctx, look)
		if (err != nil) != away && ctx.Err() == nil {
			away = err != nil
			h.log.Info("event hub looks for changes", "database_away", away, "err", err)
		}
	}
}

// Wake makes the hub look at a tenant now, by its id.
func (h *Hub) Wake(tenant string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake(tenant)
}

// wake is Wake for who holds the lock.
func (h *Hub) wake(tenant string) {
	if h.topics[tenant] == nil {
		return
	}
	h.wakes[tenant] = struct{}{}
	if len(h.wakes) > 1 {
		return // is to look already
	}
	select {
	case h.woken <- struct{}{}:
	default:
	}
}

// Hearing says whether Wake is called for each change from now on.
func (h *Hub) Hearing(hearing bool) {
	h.mu.Lock()
	h.hearing = hearing
	h.mu.Unlock()
}

func (h *Hub) isHearing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hearing
}

// told takes the tenants of which changes were told.
func (h *Hub) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	tenants := slices.Collect(maps.Keys(h.wakes))
	clear(h.wakes)
	return tenants
}

// Streams returns how many browsers watch.
func (h *Hub) Streams() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.topics {
		n += len(t.watchers)
	}
	return n
}

func (h *Hub) poll(ctx context.Context, tenants []string) error {
	for _, tenant := range tenants {
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		change, err := h.changes.Change(limited, tenant)
		cancel()
		if err != nil {
			return err
		}
		h.tell(tenant, change)
	}
	return nil
}

func (h *Hub) watched() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	tenants := make([]string, 0, len(h.topics))
	for t := range h.topics {
		tenants = append(tenants, t)
	}
	return tenants
}

func (h *Hub) tell(tenant string, change store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[tenant]
	if t == nil || t.known && t.last == change {
		return
	}
	t.last, t.known = change, true
	for w := range t.watchers {
		// Who is slow misses all but the newest: it says to read again, and
		// once is enough.
		select {
		case <-w:
		default:
		}
		w <- change
	}
}

// watch returns a channel of the tenant's changes, the present state first, and
// what ends it.
func (h *Hub) watch(tenant string) (<-chan store.Change, func()) {
	w := make(chan store.Change, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[tenant]
	if t == nil {
		t = &topic{watchers: map[chan store.Change]struct{}{}}
		h.topics[tenant] = t
		h.wake(tenant) // for its first state
	}
	t.watchers[w] = struct{}{}
	if t.known {
		w <- t.last
	}
	return w, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(t.watchers, w)
		if len(t.watchers) == 0 && h.topics[tenant] == t {
			delete(h.topics, tenant)
		}
	}
}
