package cluster

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"picket/shared/task"
)

// Bounds of a Waker.
const (
	wakeEvery = 500 * time.Millisecond // at most so often a node wakes the others
	maxWakes  = 1000                   // ids between two times; more are left to polling
	wakeLimit = 5 * time.Second
)

// A Waker tells all nodes that something changed: ids, gathered for half a second, so
// that a busy node notifies no more often than an idle one. What is lost here is found
// by polling. It is a task; Changed may be called concurrently.
type Waker struct {
	notify func(ctx context.Context, ids []string) error
	log    *slog.Logger

	mu  sync.Mutex
	ids map[string]struct{}
}

// NewWaker returns a waker that must be run.
func NewWaker(notify func(ctx context.Context, ids []string) error, log *slog.Logger) *Waker {
	return &Waker{notify: notify, log: log, ids: map[string]struct{}{}}
}

// String names the task.
func (w *Waker) String() string { return "wake-ups" }

// Changed notes that something of id changed.
func (w *Waker) Changed(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.ids) < maxWakes {
		w.ids[id] = struct{}{}
	}
}

func (w *Waker) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := make([]string, 0, len(w.ids))
	for id := range w.ids {
		ids = append(ids, id)
	}
	clear(w.ids)
	return ids
}

// Run notifies until ctx is done.
func (w *Waker) Run(ctx context.Context) error {
	tick := time.NewTicker(wakeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		ids := w.take()
		if len(ids) == 0 {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, wakeLimit)
		if err := w.notify(limited, ids); err != nil && ctx.Err() == nil {
			w.log.Debug("the other nodes are not woken and will look by themselves", "err", err)
		}
		cancel()
	}
}

// A Listener hears what wakers say, on whichever node. It is a task.
type Listener struct {
	// Listen blocks while it hears, calls begun when it does and wake for each id.
	Listen func(ctx context.Context, begun func(), wake func(channel, id string)) error
	// Hearing is called with true when what happens from now on is heard, and with
	// false when it is not any more.
	Hearing func(bool)
	Wake    func(channel, id string)
	Log     *slog.Logger
}

// String names the task.
func (l *Listener) String() string { return "listener" }

// Run listens until ctx is done, and connects again where the connection is lost.
func (l *Listener) Run(ctx context.Context) error {
	pause := task.Backoff{First: time.Second, Most: 15 * time.Second}
	for ctx.Err() == nil {
		err := l.Listen(ctx, func() {
			pause.Reset()
			l.Hearing(true)
		}, l.Wake)
		l.Hearing(false)
		if ctx.Err() == nil {
			wait := pause.Next()
			l.Log.Info("the database's notifications are not heard, looking by polling", "again_in", wait.Round(time.Millisecond).String(), "err", err)
			_ = task.Sleep(ctx, wait) // ends early with ctx, as the loop does
		}
	}
	return nil
}
