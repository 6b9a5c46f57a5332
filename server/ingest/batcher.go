package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
)

// Bounds of a batch and of the queue. Octets are those of reports as sent.
const (
	maxBatch       = 512
	maxBatchOctets = 8 << 20
	maxQueue       = 2048
	maxQueueOctets = 32 << 20
	maxTenantQueue = maxQueue / 2 // so that one tenant leaves room for the others
	gatherDelay    = 100 * time.Millisecond
	storeLimit     = 30 * time.Second

	// maxWait is how long a report may be expected to wait: a tap that is told to
	// come later costs less than one that waits and gives up.
	maxWait = 10 * time.Second

	// Transactions at a time: while one waits for the disk, another works.
	maxTransactions = 2
)

// ErrBusy is returned when the queue is full, the database lags behind it, or the
// node is stopping; the report was not stored.
var ErrBusy = errors.New("busy")

// ErrTenantBusy is ErrBusy for a tenant that holds its share of the queue.
var ErrTenantBusy = fmt.Errorf("%w: the tenant's reports fill their share of the queue", ErrBusy)

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

	mu       sync.Mutex
	queued   int // reports that no transaction has taken yet
	octets   int // of these
	tenants  map[uuid.UUID]int
	perBatch time.Duration // of recent transactions
	failing  bool          // the last transaction failed
}

// pending is a report on its way; done is buffered, so that nobody waits for a
// caller that gave up.
type pending struct {
	in     store.Incoming
	octets int
	done   chan result
}

type result struct {
	outcome store.Outcome
	err     error
}

func newBatcher(s reports, log *slog.Logger, m *metrics) *Batcher {
	return &Batcher{store: s, log: log, metrics: m, queue: make(chan *pending, maxQueue), stopped: make(chan struct{}), tenants: make(map[uuid.UUID]int)}
}

func (b *Batcher) String() string { return "ingest" }

// Add queues a report of so many octets as sent, and waits for what becomes of it.
// When ctx ends first, the report may still be stored.
func (b *Batcher) Add(ctx context.Context, in store.Incoming, octets int) (store.Outcome, error) {
	p := &pending{in: in, octets: octets, done: make(chan result, 1)}
	if err := b.enter(p); err != nil {
		return store.Outcome{}, err
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

// enter queues p where there is room.
func (b *Batcher) enter(p *pending) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.full() || b.octets+p.octets > maxQueueOctets && b.queued > 0:
		return ErrBusy
	case b.tenants[p.in.TenantID] >= maxTenantQueue:
		return ErrTenantBusy
	}
	b.queue <- p // there is room: its length is queued at most
	b.queued++
	b.octets += p.octets
	b.tenants[p.in.TenantID]++
	return nil
}

// left notes that a transaction takes p.
func (b *Batcher) left(p *pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued--
	b.octets -= p.octets
	if b.tenants[p.in.TenantID]--; b.tenants[p.in.TenantID] == 0 {
		delete(b.tenants, p.in.TenantID)
	}
}

// full reports whether Add would refuse any report. b.mu is held.
func (b *Batcher) full() bool {
	return b.queued >= maxQueue || b.octets >= maxQueueOctets || b.wait() > maxWait
}

// Full reports whether Add would refuse any report that comes now.
func (b *Batcher) Full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.full()
}

// wait is how long a report that comes now is expected to wait, when batches go on
// to take as long as lately. b.mu is held.
func (b *Batcher) wait() time.Duration {
	return time.Duration(b.queued) * b.perBatch / (maxBatch * maxTransactions)
}

// Wait is how long a report that comes now is expected to wait for its transaction.
func (b *Batcher) Wait() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wait()
}

// took notes how long a transaction took, and reports whether it is the first to
// fail, or the first to succeed, after others.
func (b *Batcher) took(d time.Duration, failed bool) (turn bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	turn, b.failing = failed != b.failing, failed
	b.perBatch += (d - b.perBatch) / 8 // batches vary
	return turn
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
	octets := 0
	take := func(p *pending) {
		b.left(p)
		batch, octets = append(batch, p), octets+p.octets
	}
	select {
	case <-ctx.Done():
		return nil
	case p := <-b.queue:
		take(p)
	}
	delay := time.NewTimer(gatherDelay)
	defer delay.Stop()
	for len(batch) < maxBatch && octets < maxBatchOctets {
		select {
		case p := <-b.queue:
			take(p)
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
	took := time.Since(start)
	b.metrics.storeTime.Observe(took.Seconds())
	switch {
	case err == nil:
		if b.took(took, false) {
			b.log.Info("reports are stored again")
		}
		for i, p := range batch {
			p.done <- result{outcome: outcomes[i]}
		}
	case store.IsDataError(err) && len(batch) > 1:
		b.flush(ctx, batch[:len(batch)/2])
		b.flush(ctx, batch[len(batch)/2:])
	default:
		if b.took(took, !store.IsDataError(err)) { // once, not a line a batch
			b.log.Warn("reports not stored; taps are told to come later", "reports", len(batch), "err", err)
		}
		for _, p := range batch {
			p.done <- result{err: err}
		}
	}
}
