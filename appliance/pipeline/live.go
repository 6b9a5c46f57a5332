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
)

// Input is one source of frames of a live run.
type Input struct {
	Name   string
	Kind   wirepb.Capture_Kind
	Driver string // of the kernel, "" when there is none

	// Open opens the source, again after each failure.
	Open func() (capture.Source, error)
}

// Pauses between attempts to open a source that failed.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
	tick       = 100 * time.Millisecond // how often a source that does not run looks at the clock
)

// Live summarises inputs by the clock. Make it with NewLive; it is a task.
type Live struct {
	assemble assembler
	inputs   []Input
	log      *slog.Logger
}

// NewLive returns a run of at least one input.
func NewLive(cfg Config, inputs []Input, log *slog.Logger) *Live {
	return &Live{assemble: assembler{Config: cfg}, inputs: inputs, log: log}
}

// String names the task.
func (l *Live) String() string { return "capture" }

// closed is a window that an input is done with.
type closed struct {
	input  int
	window *aggregate.Window
	state  *wirepb.Capture
	last   bool // the input has ended
}

// Run captures until ctx is done, emits what the open windows hold, and returns
// nil; or returns the first error of Emit.
func (l *Live) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan closed, len(l.inputs))
	workers := make([]*worker, len(l.inputs))
	begin := align(time.Now().UnixNano(), l.assemble.Window)
	var running sync.WaitGroup
	for i, in := range l.inputs {
		workers[i] = newWorker(i, in, l.assemble.Config, done, l.log.With("capture", in.Name))
		running.Go(func() { workers[i].run(ctx, begin) })
	}
	err := l.merge(workers, done)
	if err != nil {
		cancel()
		go func() { // workers may be waiting to hand over
			for c := range done {
				workers[c.input].free <- c.window
			}
		}()
	}
	running.Wait()
	close(done)
	return err
}

// merge collects the windows of all inputs that cover the same time.
func (l *Live) merge(workers []*worker, done <-chan closed) error {
	latest := make([]*closed, len(workers)) // of each input, what is not emitted yet
	for {
		for range missing(latest) {
			c := <-done
			latest[c.input] = &c
		}
		now := earliest(latest)
		if now == nil {
			return nil
		}
		start := now.window.Start // a window that is given back is its worker's
		err := l.emit(latest, start)
		for i, c := range latest {
			switch {
			case c == ended || err == nil && c.window.Start != start:
			case c.last:
				latest[i] = ended
			default:
				workers[i].free <- c.window
				latest[i] = nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// ended stands for an input that sends no more.
var ended = &closed{last: true}

func missing(latest []*closed) int {
	n := 0
	for _, c := range latest {
		if c == nil {
			n++
		}
	}
	return n
}

// earliest returns the window that starts first, nil when all inputs have ended.
// They start together, unless the clock leapt and one saw it before the others.
func earliest(latest []*closed) *closed {
	var first *closed
	for _, c := range latest {
		if c != ended && (first == nil || c.window.Start < first.window.Start) {
			first = c
		}
	}
	return first
}

func (l *Live) emit(latest []*closed, start int64) error {
	var windows []*aggregate.Window
	var of []uint32
	states := make([]*wirepb.Capture, len(latest))
	length := time.Duration(0)
	for i, c := range latest {
		if c == ended || c.window.Start != start {
			states[i] = state(l.inputs[i].Name, l.inputs[i].Kind, 0, nil, 0, "not running")
			continue
		}
		windows = append(windows, c.window)
		of = append(of, uint32(i+1))
		states[i] = c.state
		length = max(length, c.window.Length)
	}
	return l.assemble.emit(windows, of, states, start, length)
}

// worker runs one input: the only one to touch its shard.
type worker struct {
	index    int
	input    Input
	window   time.Duration
	shard    *aggregate.Shard
	free     chan *aggregate.Window
	done     chan<- closed
	log      *slog.Logger
	end      int64 // of the current window
	linkType uint16
	problem  string // why the source does not run; empty: it does
	drops    uint64
}

func newWorker(index int, in Input, cfg Config, done chan<- closed, log *slog.Logger) *worker {
	w := &worker{
		index: index, input: in, window: cfg.Window, done: done, log: log,
		shard: aggregate.NewShard(cfg.Definitions, in.Driver),
		free:  make(chan *aggregate.Window, 2),
	}
	w.shard.Window = aggregate.NewWindow()
	w.free <- aggregate.NewWindow()
	return w
}

// run captures until ctx is done, whatever happens to the source.
func (w *worker) run(ctx context.Context, begin int64) {
	w.shard.Window.Reset(begin, w.window)
	w.shard.Window.ListenFrom(time.Now().UnixNano())
	w.end = begin + int64(w.window)
	pause := firstPause
	for ctx.Err() == nil {
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
	w.done <- closed{input: w.index, window: w.shard.Window, state: w.state(), last: true}
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
	// A source that is never idle for 100 ms must end with ctx all the same.
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	var p capture.Packet
	for {
		err := src.Next(&p)
		switch {
		case err == nil:
			if p.Time >= w.end {
				w.count(src)
				w.roll(p.Time)
			}
			w.linkType = uint16(p.LinkType)
			w.shard.Add(w.linkType, p.Time, p.Length, p.Data)
		case errors.Is(err, capture.ErrIdle):
			if now := time.Now().UnixNano(); now >= w.end {
				w.count(src)
				w.roll(now)
			}
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

// count takes the kernel's drops since it was last asked.
func (w *worker) count(src capture.Source) {
	if s, err := src.Stats(); err == nil {
		w.drops += s.Drops
	}
}

// roll hands over windows until t falls into the current one, so that a quiet
// time is reported as listened to.
func (w *worker) roll(t int64) {
	for t >= w.end {
		// A clock that leapt ahead is followed, not filled with empty windows.
		next := w.end
		if t-w.end > 2*int64(w.window) {
			next = align(t, w.window)
		}
		w.shard.Window.Close(w.end)
		tuned := w.shard.Window.Tuned()
		w.done <- closed{input: w.index, window: w.shard.Window, state: w.state()}
		w.shard.Window = <-w.free
		w.shard.Window.Reset(next, w.window)
		w.shard.Window.Follow(tuned)
		w.end = next + int64(w.window)
	}
}

func (w *worker) state() *wirepb.Capture {
	c := state(w.input.Name, w.input.Kind, w.linkType, w.shard.Window, w.drops, w.problem)
	w.drops = 0
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
