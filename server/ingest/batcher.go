package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"picket/server/store"
)

// Bounds of a batch and of the queue.
const (
	maxBatch    = 256
	maxQueue    = 1024
	gatherDelay = 50 * time.Millisecond
	storeLimit  = 30 * time.Second

	// Transactions at a time: while one waits for the disk, another works.
	maxTransactions = 2
)

// ErrBusy is returned when the queue is full or the node is stopping; the report
// was not stored.
var ErrBusy = errors.New("busy")

// reports stores reports; it is a *store.Store.
type reports interface {
	AddReports(ctx context.Context, in []store.Incoming) ([]store.Outcome, error)
}

// A Batcher coalesces reports into transactions. It is a task: Run must run for
// Add to return.
type Batcher struct {
	store   reports
	log     *slog.Logger
	metrics *metrics
	queue   chan *pending
	stopped chan struct{}
}

// pending is a report on its way; done is buffered, so that nobody waits for a
// caller that gave up.
type pending struct {
	in   store.Incoming
	done chan result
}

type result struct {
	outcome store.Outcome
	err     error
}

func newBatcher(s reports, log *slog.Logger, m *metrics) *Batcher {
	return &Batcher{store: s, log: log, metrics: m, queue: make(chan *pending, maxQueue), stopped: make(chan struct{})}
}

func (b *Batcher) String() string { return "ingest" }

// Add queues a report and waits for what becomes of it. When ctx ends first, the
// report may still be stored.
func (b *Batcher) Add(ctx context.Context, in store.Incoming) (store.Outcome, error) {
	p := &pending{in: in, done: make(chan result, 1)}
	select {
	case b.queue <- p:
	default:
		return store.Outcome{}, ErrBusy
	}
	select {
	case r := <-p.done:
		return r.outcome, r.err
	case <-b.stopped:
		select { // it may have been the last batch's
		case r := <-p.done:
			return r.outcome, r.err
		default:
			return store.Outcome{}, ErrBusy
		}
	case <-ctx.Done():
		return store.Outcome{}, context.Cause(ctx)
	}
}

// Run stores batches until ctx is done; the batches at hand are finished. While
// they are being stored the next gathers in the queue, so that load makes batches
// larger, not more numerous.
func (b *Batcher) Run(ctx context.Context) error {
	defer close(b.stopped)
	var wg sync.WaitGroup
	for range maxTransactions {
		wg.Go(func() { b.work(ctx) })
	}
	wg.Wait()
	return nil
}

func (b *Batcher) work(ctx context.Context) {
	for {
		batch := b.gather(ctx)
		if len(batch) == 0 {
			return
		}
		b.metrics.batch.Observe(float64(len(batch)))
		b.flush(context.WithoutCancel(ctx), batch)
	}
}

// gather waits for a report, then a moment for others. It returns nothing when
// ctx is done.
func (b *Batcher) gather(ctx context.Context) []*pending {
	var batch []*pending
	select {
	case <-ctx.Done():
		return nil
	case p := <-b.queue:
		batch = append(batch, p)
	}
	delay := time.NewTimer(gatherDelay)
	defer delay.Stop()
	for len(batch) < maxBatch {
		select {
		case p := <-b.queue:
			batch = append(batch, p)
		case <-delay.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// flush stores a batch. A report that the database cannot hold must not keep the
// others out: a batch that fails for its data is halved until the culprit is
// alone.
func (b *Batcher) flush(ctx context.Context, batch []*pending) {
	in := make([]store.Incoming, len(batch))
	for i, p := range batch {
		in[i] = p.in
	}
	limited, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	start := time.Now()
	outcomes, err := b.store.AddReports(limited, in)
	b.metrics.storeTime.Observe(time.Since(start).Seconds())
	switch {
	case err == nil:
		for i, p := range batch {
			p.done <- result{outcome: outcomes[i]}
		}
	case store.IsDataError(err) && len(batch) > 1:
		b.flush(ctx, batch[:len(batch)/2])
		b.flush(ctx, batch[len(batch)/2:])
	default:
		b.log.Warn("reports not stored", "reports", len(batch), "err", err)
		for _, p := range batch {
			p.done <- result{err: err}
		}
	}
}
