package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"picket/shared/httpsig"
	"picket/shared/task"
)

// A fleet is all taps of a run.
type fleet struct {
	o     options
	nodes []*url.URL
	press *press
	taps  []*simTap
	count count
	log   *slog.Logger
}

func newFleet(o options, m *membership, nodes []*url.URL, log *slog.Logger) (*fleet, error) {
	f := &fleet{o: o, nodes: nodes, log: log}
	f.count.begin()
	var from source = offices{seed: o.seed, bsss: o.bsss, stations: o.stations, churn: o.churn}
	if o.recorded != "" {
		rec, err := readRecording(o.recorded)
		if err != nil {
			return nil, err
		}
		from = rec
	}
	var err error
	if f.press, err = newPress(from, o.period, o.fresh); err != nil {
		return nil, err
	}
	for i := range o.taps {
		boot := seedOf(rand.Uint64(), "boot", i) // another at each run: it is a start of the tap
		t := &simTap{
			fleet: f, number: i, node: i, rng: rand.New(rand.NewPCG(o.seed, uint64(i))), definitions: true,
			signer: httpsig.Signer{Key: tapKeyOf(o.seed, i), Cluster: m.cluster}, line: line{trust: m.trust},
			pauses: task.Backoff{First: time.Second, Most: o.mostPause},
		}
		copy(t.boot[:], boot[:])
		f.taps = append(f.taps, t)
	}
	return f, nil
}

// connectAtOnce is how many handshakes run at a time.
const connectAtOnce = 16

// connect opens all connections, and prints the sheets that spare time later.
func (f *fleet) connect(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(connectAtOnce)
	for _, t := range f.taps {
		g.Go(func() error {
			err := t.line.connect(ctx, t.url())
			if err != nil && ctx.Err() == nil {
				f.count.fail(err) // it tries again when its first report is due
				err = nil
			}
			return err
		})
	}
	return g.Wait()
}

// scheduleBegins is what the log says then.
const scheduleBegins = "schedule begins"

// run follows the schedule and returns when all is delivered, or drained in vain.
func (f *fleet) run(ctx context.Context) summary {
	defer func() {
		for _, t := range f.taps {
			t.line.close()
		}
	}()
	stop := make(chan struct{})
	defer close(stop)
	go f.watch(stop)
	if f.o.learn > 0 {
		f.count.from = time.Now().Add(24 * time.Hour) // nothing of this is measured
		f.phase(ctx, f.o.learn, f.o.learn)
	}
	before, known := ownCPU(), f.count.acked.Load()
	f.count.from = time.Now().Add(f.o.warm)
	f.log.Info(scheduleBegins)
	f.phase(ctx, f.o.period, f.o.length)
	return f.summarise(ownCPU()-before, known)
}

// phase has reports due for a time, of each tap one in each period, and returns when
// they are delivered.
func (f *fleet) phase(ctx context.Context, period, length time.Duration) {
	begin := time.Now()
	end := begin.Add(length)
	ctx, cancel := context.WithDeadline(ctx, end.Add(f.o.drain))
	defer cancel()
	var wg sync.WaitGroup
	for i, t := range f.taps {
		share := time.Duration(float64(period) * float64(i) / float64(len(f.taps)))
		wg.Go(func() { t.run(ctx, begin.Add(share), period, end) })
	}
	wg.Wait()
}

// watch says now and then how far it is.
func (f *fleet) watch(stop <-chan struct{}) {
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	for {
		select {
		case <-stop:
			return
		case <-every.C:
			c := &f.count
			f.log.Info("so far", "due", c.due.Load(), "acknowledged", c.acked.Load(), "sent_again", c.again.Load(),
				"p50", c.latency.quantile(0.5).Round(time.Millisecond).String(), "p99", c.latency.quantile(0.99).Round(time.Millisecond).String(),
				"longest", c.latency.longest().Round(time.Millisecond).String())
		}
	}
}

// shorten makes a word of a network's error, without addresses.
func shorten(err error) string {
	var op *net.OpError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return closed
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &op) && op.Timeout():
		return "time-out"
	case errors.Is(err, context.DeadlineExceeded):
		return "time-out"
	}
	return fmt.Sprintf("%.80s", err)
}
