package hop

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"picket/shared/wlan"
)

// A Tuner changes the channel of a monitor interface, and with it of its wiphy. It
// returns when the adapter listens there. The error wraps fs.ErrNotExist when there
// is no such interface; any other is taken for the channel's.
type Tuner interface {
	Tune(ifindex uint32, f wlan.MHz) error
}

// A Radio is an adapter and the interface through which it is tuned. Generation
// tells one claim of the adapter from the next: when it changes, nothing is known
// of the channel that the adapter is on.
type Radio struct {
	Adapter

	Ifindex    uint32
	Generation uint64
}

// Config is what a Hopper needs. Its functions are called from the goroutine of the
// adapter that they are about, which listens to nothing new until they return.
type Config struct {
	Tuner Tuner
	Seed  uint64 // of the plan's chance

	// Tuned, when not nil, tells that the adapter was deaf from just before the
	// request until at, and has listened to f since. No call means that an
	// adapter stays where it was.
	Tuned func(adapter string, f wlan.MHz, from, at time.Time)

	// Failed, when not nil, tells that the adapter could not be tuned to f.
	Failed func(adapter string, f wlan.MHz, err error)
}

// A Hopper is the task that follows a plan: it tunes every adapter, each in a
// goroutine of its own. Its methods are safe for concurrent use, also before it runs.
type Hopper struct {
	cfg     Config
	log     *slog.Logger
	changed chan struct{} // that the radios are others

	mu      sync.Mutex
	planner *Planner
	radios  []Radio
	visits  map[string]Current
	replan  chan struct{} // closed when what was planned no longer holds
}

// A Current is where an adapter listens now.
type Current struct {
	Adapter   string
	Frequency wlan.MHz
	Reason    Reason
	Since     time.Time // when it was last tuned there
}

// New returns a Hopper without radios.
func New(cfg Config, log *slog.Logger) *Hopper {
	if cfg.Tuned == nil {
		cfg.Tuned = func(string, wlan.MHz, time.Time, time.Time) {}
	}
	if cfg.Failed == nil {
		cfg.Failed = func(string, wlan.MHz, error) {}
	}
	return &Hopper{
		cfg: cfg, log: log, changed: make(chan struct{}, 1),
		planner: NewPlanner(cfg.Seed), visits: make(map[string]Current), replan: make(chan struct{}),
	}
}

// String names the task.
func (h *Hopper) String() string { return "hop" }

// SetAdapters replaces the radios. It does not wait for those that are no longer
// wanted: a request under way may still reach their interface. Of several with one
// name the first counts.
func (h *Hopper) SetAdapters(radios []Radio) {
	var wanted []Radio
	var adapters []Adapter
	for _, r := range radios {
		if slices.ContainsFunc(wanted, func(w Radio) bool { return w.Name == r.Name }) {
			continue
		}
		r.Frequencies = slices.Clone(r.Frequencies)
		wanted = append(wanted, r)
		adapters = append(adapters, r.Adapter)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.radios = wanted
	h.planner.SetAdapters(adapters, time.Now())
	h.wake()
	select {
	case h.changed <- struct{}{}:
	default: // Run has not seen the last change yet, and will see both
	}
}

// SetPolicy replaces the policy at once, also in the middle of a visit.
func (h *Hopper) SetPolicy(p Policy) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.planner.SetPolicy(p, time.Now())
	h.wake()
}

// Heard tells what an adapter heard; see Planner.Heard.
func (h *Hopper) Heard(heard Heard) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.planner.Heard(heard)
}

// Guaranteed returns how long f goes without a visit at most; see Planner.Guaranteed.
func (h *Hopper) Guaranteed(f wlan.MHz) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.planner.Guaranteed(f)
}

// Current returns where the adapters listen, by name. One that is not tuned is left out.
func (h *Hopper) Current() []Current {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]Current, 0, len(h.visits))
	for _, c := range h.visits {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Current) int { return strings.Compare(a.Adapter, b.Adapter) })
	return all
}

// wake makes all adapters ask anew. The caller holds the lock.
func (h *Hopper) wake() {
	close(h.replan)
	h.replan = make(chan struct{})
}

// Run tunes the adapters until ctx is done, and returns when none is tuned any more.
func (h *Hopper) Run(ctx context.Context) error {
	running := make(map[string]*follower)
	defer func() {
		for _, f := range running { // all end together
			f.cancel()
		}
		for _, f := range running {
			f.stop()
		}
	}()
	for {
		h.mu.Lock()
		wanted := h.radios
		h.mu.Unlock()
		for name, f := range running {
			if !slices.ContainsFunc(wanted, f.serves) {
				f.stop()
				delete(running, name)
			}
		}
		for _, r := range wanted {
			if running[r.Name] == nil {
				running[r.Name] = h.follow(ctx, r)
			}
		}
		select {
		case <-h.changed:
		case <-ctx.Done():
			return nil
		}
	}
}
