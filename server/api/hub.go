package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"picket/server/store"
)

// pollEvery is how often a tenant that somebody watches is looked at, and so
// the most events that it makes.
const pollEvery = time.Second

// changes says how far a tenant's data have come.
type changes interface {
	Change(ctx context.Context, tenant string) (store.Change, error)
}

// Hub looks at the tenants that somebody watches, once a second for all who
// watch together, and tells them what changed. It is a task; its other methods
// may be called concurrently.
type Hub struct {
	changes changes
	log     *slog.Logger
	stopped chan struct{}

	mu     sync.Mutex
	topics map[string]*topic // by the tenant's id
}

type topic struct {
	last     store.Change
	known    bool
	watchers map[chan store.Change]struct{}
}

// NewHub returns a hub that must be run.
func NewHub(c changes, log *slog.Logger) *Hub {
	return &Hub{changes: c, log: log, stopped: make(chan struct{}), topics: map[string]*topic{}}
}

// String names the task.
func (h *Hub) String() string { return "event hub" }

// Run polls until ctx is done, and ends all streams then.
func (h *Hub) Run(ctx context.Context) error {
	defer close(h.stopped)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	away := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := h.poll(ctx)
		if (err != nil) != away && ctx.Err() == nil {
			away = err != nil
			h.log.Info("event hub looks for changes", "database_away", away, "err", err)
		}
	}
}

func (h *Hub) poll(ctx context.Context) error {
	for _, tenant := range h.watched() {
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
