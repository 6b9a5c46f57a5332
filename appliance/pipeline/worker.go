package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// Pauses between attempts to open a source that failed.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
	tick       = 100 * time.Millisecond // how often a source that does not run looks at the clock
	observe    = int64(100 * time.Millisecond)
)

// worker runs one input: the only one to touch its shard.
type worker struct {
	input   Input
	lengths *lengths
	shard   *aggregate.Shard
	free    chan *aggregate.Window
	done    chan<- closed
	log     *slog.Logger
	stop    func() // ends the worker; may be called before it runs
	stopped chan struct{}

	end      int64    // of the current window
	observed int64    // when Heard was told last
	followed uint64   // how much of Tuning
	moves    []move   // scratch
	place    wlan.MHz // where the radio was tuned last
	linkType uint16
	problem  string // why the source does not run; empty: it does
	drops    uint64
}

func newWorker(in Input, defs *aggregate.Definitions, l *lengths, done chan<- closed, log *slog.Logger) *worker {
	w := &worker{
		input: in, lengths: l, done: done, log: log,
		shard:   aggregate.NewShard(defs, in.Driver),
		free:    make(chan *aggregate.Window, 2),
		stopped: make(chan struct{}),
	}
	w.stop = sync.OnceFunc(func() { close(w.stopped) })
	w.shard.Window = aggregate.NewWindow()
	w.free <- aggregate.NewWindow()
	return w
}

// isClock tells the worker that has no source.
func (w *worker) isClock() bool { return w.input.Open == nil }

// run captures until ctx is done or the input is removed, whatever happens to the
// source.
func (w *worker) run(ctx context.Context, begin int64) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-w.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	w.begin(begin)
	w.shard.Window.ListenFrom(time.Now().UnixNano())
	pause := firstPause
	for ctx.Err() == nil {
		if w.isClock() {
			w.wait(ctx, lastPause)
			continue
		}
		opened := time.Now()
		err := w.capture(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(opened) > lastPause {
			pause = firstPause
		}
		w.problem = err.Error()
		w.shard.Window.Deaf(time.Now().UnixNano())
		w.log.Warn("capture stopped; opening it again", "err", err, "pause", pause)
		w.wait(ctx, pause)
		pause = min(2*pause, lastPause)
	}
	now := time.Now().UnixNano()
	w.shard.Window.Close(max(now, w.shard.Window.Start+int64(time.Millisecond)))
	w.done <- closed{worker: w, window: w.shard.Window, state: w.state(), last: true}
}

// begin starts the window at start.
func (w *worker) begin(start int64) {
	length := w.lengths.at(start)
	w.shard.Window.Reset(start, length)
	w.end = start + int64(length)
}

// capture opens the source and reads it until it fails or ctx is done.
func (w *worker) capture(ctx context.Context) error {
	src, err := w.input.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	w.problem = ""
	defer w.count(src)
	if w.place != 0 {
		w.shard.Window.Tune(w.place, time.Now().UnixNano())
	}
	// A source that is never idle for 100 ms must end with ctx all the same.
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	var p capture.Packet
	for {
		err := src.Next(&p)
		if t := w.input.Tuning; t != nil && t.moved.Load() != w.followed {
			w.move(src)
		}
		switch {
		case err == nil:
			w.at(src, p.Time)
			w.linkType = uint16(p.LinkType)
			w.shard.Add(w.linkType, p.Time, p.Length, p.Data)
		case errors.Is(err, capture.ErrIdle):
			w.at(src, time.Now().UnixNano())
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%s: no more frames", w.input.Name)
		default:
			return err
		}
		if stop.Load() {
			return nil
		}
	}
}

// at does what time t asks for.
func (w *worker) at(src capture.Source, t int64) {
	if t >= w.end {
		w.count(src)
		w.roll(t)
	}
	if w.input.Heard != nil && t-w.observed >= observe {
		w.tell(t)
	}
}

// tell tells who plans what was heard up to t.
func (w *worker) tell(t int64) {
	w.observed = t
	w.shard.Window.Observe(t, func(s aggregate.Sight) { w.input.Heard(time.Unix(0, t), s) })
}

// move follows the radio to where it was tuned within the current window. What
// was dropped so far was dropped before.
func (w *worker) move(src capture.Source) {
	w.moves, w.followed = w.input.Tuning.take(w.moves[:0], w.end)
	for _, m := range w.moves {
		if m.frequency == 0 {
			w.count(src)
			w.shard.Window.Deaf(m.at)
			continue
		}
		w.place = m.frequency
		w.shard.Window.Tune(m.frequency, m.at)
	}
}

// count takes the kernel's drops since it was last asked.
func (w *worker) count(src capture.Source) {
	if s, err := src.Stats(); err == nil {
		w.drops += s.Drops
		w.shard.Window.Dropped(s.Drops)
	}
}

// roll hands over windows until t falls into the current one, so that a quiet
// time is reported as listened to.
func (w *worker) roll(t int64) {
	for t >= w.end {
		// A clock that leapt ahead is followed, not filled with empty windows.
		next := w.end
		if length := w.lengths.at(next); t-next > 2*int64(length) {
			next = align(t, length)
		}
		w.shard.Window.Close(w.end)
		if w.input.Heard != nil {
			w.tell(w.end)
		}
		place := w.shard.Window.Place()
		w.done <- closed{worker: w, window: w.shard.Window, state: w.state()}
		w.shard.Window = <-w.free
		w.begin(next)
		w.shard.Window.Follow(place)
	}
}

func (w *worker) state() *wirepb.Capture {
	c := state(w.input.Name, w.input.Kind, w.linkType, w.shard.Window, w.drops, w.problem)
	w.drops = 0
	if w.input.Tuning != nil {
		c.Hops, c.FailedHops = w.input.Tuning.counts()
	}
	return c
}

// wait lets time pass without a source; windows go on, and say why they are empty.
func (w *worker) wait(ctx context.Context, pause time.Duration) {
	until := time.Now().Add(pause)
	t := time.NewTicker(tick)
	defer t.Stop()
	for time.Now().Before(until) {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if now.UnixNano() >= w.end {
				w.roll(now.UnixNano())
			}
		}
	}
}
