package pipeline

import (
	"context"
	"log/slog"
	"sync"
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

	// Tuning is what tells where the radio listens, nil when nobody does.
	Tuning *Tuning

	// Heard takes what came on a frequency, about ten times a second; nil: nobody
	// cares. It is called by the goroutine that captures, and must not block.
	Heard func(at time.Time, s aggregate.Sight)
}

// Live summarises inputs by the clock. Make it with NewLive; it is a task.
type Live struct {
	assemble assembler
	lengths  lengths
	log      *slog.Logger
	done     chan closed
	wake     chan struct{} // holds one when there are inputs to start

	mu      sync.Mutex
	waiting []*worker // added, and not yet started
}

// NewLive returns a run of inputs, to which others may be added.
func NewLive(cfg Config, inputs []Input, log *slog.Logger) *Live {
	l := &Live{
		assemble: assembler{Config: cfg}, lengths: lengths{from: cfg.Window}, log: log,
		done: make(chan closed), wake: make(chan struct{}, 1),
	}
	for _, in := range inputs {
		l.Add(in)
	}
	return l
}

// Add captures from one more input, as soon as l runs, until remove is called:
// what was heard by then is still reported. Both may be called by any goroutine,
// and remove more than once.
func (l *Live) Add(in Input) (remove func()) {
	w := newWorker(in, l.assemble.Definitions, &l.lengths, l.done, l.log.With("capture", in.Name))
	l.mu.Lock()
	l.waiting = append(l.waiting, w)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return w.stop
}

// SetWindow changes how long windows are, a part of a minute from 1 s on: within
// two minutes, at a full one.
func (l *Live) SetWindow(length time.Duration) { l.lengths.set(length, time.Now().UnixNano()) }

// String names the task.
func (l *Live) String() string { return "capture" }

// closed is a window that a worker is done with.
type closed struct {
	worker *worker
	window *aggregate.Window
	state  *wirepb.Capture
	last   bool // the worker has ended
}

// Run captures until ctx is done, emits what the open windows hold, and returns
// nil; or returns the first error of Emit.
func (l *Live) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := &merger{live: l, latest: make(map[*worker][]closed)}
	// The clock hears nothing, and keeps reports going when there is no input.
	clock := newWorker(Input{}, l.assemble.Definitions, &l.lengths, l.done, l.log)
	m.start(ctx, clock)
	err := m.run(ctx)
	cancel()
	m.drain()
	m.running.Wait()
	return err
}

// merger collects the windows of all workers that cover the same time.
type merger struct {
	live    *Live
	workers []*worker            // in the order of starting; the first is the clock
	latest  map[*worker][]closed // not reported yet; one may be ahead of the others by a window
	until   int64                // end of the window that was reported last, ns since 1970
	running sync.WaitGroup
}

// start starts a worker with the current window, or with the next one where
// the current one is reported already.
func (m *merger) start(ctx context.Context, w *worker) {
	now := time.Now().UnixNano()
	begin := max(align(now, m.live.lengths.at(now)), m.until)
	m.workers = append(m.workers, w)
	m.running.Go(func() { w.run(ctx, begin) })
}

func (m *merger) startWaiting(ctx context.Context) {
	m.live.mu.Lock()
	waiting := m.live.waiting
	m.live.waiting = nil
	m.live.mu.Unlock()
	for _, w := range waiting {
		m.start(ctx, w)
	}
}

// run returns when all workers have ended, or with an error of Emit.
func (m *merger) run(ctx context.Context) error {
	for {
		for len(m.latest) < len(m.workers) {
			select {
			case c := <-m.live.done:
				m.latest[c.worker] = append(m.latest[c.worker], c)
			case <-m.live.wake:
				if ctx.Err() == nil {
					m.startWaiting(ctx)
				}
			}
		}
		if len(m.workers) == 0 {
			return nil
		}
		if err := m.emit(); err != nil {
			return err
		}
	}
}

// emit reports the window that starts first. All start together, unless the clock
// leapt and one saw it before the others.
func (m *merger) emit() error {
	start := m.latest[m.workers[0]][0].window.Start // a window that is given back is its worker's
	for _, c := range m.latest {
		start = min(start, c[0].window.Start)
	}
	var windows []*aggregate.Window
	var of []uint32
	var states []*wirepb.Capture
	length := time.Duration(0)
	for _, w := range m.workers {
		c := m.latest[w][0]
		current := c.window.Start == start
		if current {
			length = max(length, c.window.Length)
		}
		switch {
		case w.isClock():
		case current:
			states = append(states, c.state)
			windows = append(windows, c.window)
			of = append(of, uint32(len(states)))
		default:
			states = append(states, state(w.input.Name, w.input.Kind, 0, nil, 0, "not running"))
		}
	}
	err := m.live.assemble.emit(windows, of, states, start, length)
	m.until = start + int64(m.live.lengths.at(start))
	left := m.workers[:0]
	for _, w := range m.workers {
		c := m.latest[w][0]
		if c.window.Start != start {
			left = append(left, w)
			continue
		}
		if m.latest[w] = m.latest[w][1:]; len(m.latest[w]) == 0 {
			delete(m.latest, w)
		}
		if !c.last {
			w.free <- c.window
			left = append(left, w)
		}
	}
	m.workers = left
	return err
}

// drain lets workers end that wait to hand over, when nobody merges any more.
func (m *merger) drain() {
	ended := make(chan struct{})
	go func() {
		m.running.Wait()
		close(ended)
	}()
	for {
		select {
		case c := <-m.live.done:
			if !c.last {
				c.worker.free <- c.window
			}
		case <-ended:
			return
		}
	}
}
