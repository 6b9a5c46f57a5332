package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"picket/server/store"
	"picket/shared/wire/wirepb"
)

// fakeStore is a database that fails as it is told.
type fakeStore struct {
	mu      sync.Mutex
	batches []int
	fail    func(in []store.Incoming) error
	takes   time.Duration
}

func (f *fakeStore) AddReports(ctx context.Context, in []store.Incoming) ([]store.Outcome, error) {
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, len(in))
	if f.fail != nil {
		if err := f.fail(in); err != nil {
			return nil, err
		}
	}
	out := make([]store.Outcome, len(in))
	for i := range out {
		out[i].Status = store.Stored
	}
	return out, nil
}

func report(sequence uint64) store.Incoming {
	return store.Incoming{Report: &wirepb.Report{Header: &wirepb.Header{Sequence: sequence}}}
}

// run starts a batcher on f for the length of a synctest bubble.
func run(t *testing.T, f *fakeStore) (b *Batcher, stop func()) {
	b = newBatcher(f, slog.New(slog.DiscardHandler), newMetrics(nil, nil))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	return b, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func addAll(t *testing.T, b *Batcher, n int) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = b.Add(t.Context(), report(uint64(i+1)), 6000) })
	}
	wg.Wait()
	return errs
}

func TestReportsThatComeTogetherAreOneTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeStore{takes: 20 * time.Millisecond}
		b, stop := run(t, f)
		defer stop()
		begin := time.Now()
		if err := errors.Join(addAll(t, b, 100)...); err != nil {
			t.Fatal(err)
		}
		if len(f.batches) > maxTransactions || time.Since(begin) > 2*gatherDelay {
			t.Errorf("batches %v in %v", f.batches, time.Since(begin))
		}
	})
}

func TestAReportThatTheDatabaseCannotHoldKeepsNoOtherOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := &pgconn.PgError{Code: "22003"}
		b, stop := run(t, &fakeStore{fail: func(in []store.Incoming) error {
			for _, i := range in {
				if i.Report.Header.Sequence == 7 {
					return fmt.Errorf("store: %w", bad)
				}
			}
			return nil
		}})
		defer stop()
		for i, err := range addAll(t, b, 20) {
			if (i == 6) != store.IsDataError(err) || i != 6 && err != nil {
				t.Errorf("report %d: %v", i+1, err)
			}
		}
	})
}

func TestAFullQueueIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := run(t, &fakeStore{takes: time.Second})
		defer stop()
		busy := 0
		for _, err := range addAll(t, b, maxQueue+2*maxBatch*maxTransactions) {
			if errors.Is(err, ErrBusy) {
				busy++
			} else if err != nil {
				t.Error(err)
			}
		}
		if busy == 0 {
			t.Error("nobody was told to come later")
		}
	})
}

func TestOneTenantLeavesRoomInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := run(t, &fakeStore{takes: time.Second})
		defer stop()
		var wg sync.WaitGroup
		full := 0
		var mu sync.Mutex
		for i := range maxTenantQueue + maxBatch*maxTransactions + 10 {
			wg.Go(func() {
				if _, err := b.Add(t.Context(), report(uint64(i+1)), 100); errors.Is(err, ErrTenantBusy) {
					mu.Lock()
					full++
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		other := report(1)
		other.TenantID[0] = 1
		if _, err := b.Add(t.Context(), other, 100); err != nil {
			t.Errorf("another tenant's report: %v", err)
		}
		wg.Wait()
		if full == 0 {
			t.Error("a tenant filled the queue")
		}
	})
}

func TestTheQueueIsBoundedByOctets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeStore{takes: time.Second}
		b, stop := run(t, f)
		defer stop()
		const large = 2 << 20
		var wg sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for i := range 64 {
			wg.Go(func() {
				if _, err := b.Add(t.Context(), report(uint64(i+1)), large); errors.Is(err, ErrBusy) {
					mu.Lock()
					refused++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if refused == 0 {
			t.Error("128 MiB were queued")
		}
		for _, n := range f.batches {
			if n*large > maxBatchOctets {
				t.Errorf("a transaction of %d large reports", n)
			}
		}
	})
}

func TestASlowDatabaseIsWaitedForNoLongerThanItsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := run(t, &fakeStore{takes: 25 * time.Second})
		defer stop()
		if err := errors.Join(addAll(t, b, 2*maxBatch)...); err != nil {
			t.Fatal(err)
		}
		for range 20 { // the node learns how slow it is
			_ = addAll(t, b, 2)
		}
		late := 0
		for _, err := range addAll(t, b, maxTenantQueue+2*maxBatch) {
			if errors.Is(err, ErrBusy) && !errors.Is(err, ErrTenantBusy) {
				late++
			}
		}
		if late == 0 {
			t.Error("all were let in though the last would wait for 25 s")
		}
	})
}

func TestAFailingDatabaseFailsItsBatchAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := errors.New("connection refused")
		f := &fakeStore{fail: func([]store.Incoming) error { return away }}
		b, stop := run(t, f)
		defer stop()
		for _, err := range addAll(t, b, 5) {
			if !errors.Is(err, away) {
				t.Errorf("got %v", err)
			}
		}
		f.mu.Lock()
		f.fail = nil
		f.mu.Unlock()
		if err := errors.Join(addAll(t, b, 5)...); err != nil {
			t.Error(err)
		}
	})
}

func TestStoppingFinishesTheBatchAtHandAndTurnsAwayTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := run(t, &fakeStore{takes: 5 * time.Second})
		results := make(chan error, 1)
		go func() {
			_, err := b.Add(t.Context(), report(1), 6000)
			results <- err
		}()
		time.Sleep(time.Second) // it is being stored
		stop()
		if err := <-results; err != nil {
			t.Errorf("the batch at hand: %v", err)
		}
		if _, err := b.Add(t.Context(), report(2), 6000); !errors.Is(err, ErrBusy) {
			t.Errorf("after the end: %v, want ErrBusy", err)
		}
	})
}
