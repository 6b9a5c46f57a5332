package store

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// timingSpan is what a WorkTiming covers, in slots of timingSlot.
const (
	timingSlot  = 5 * time.Second
	timingSlots = 6
)

// timingBuckets are four for each doubling from 1 ms on.
const timingBuckets = 72

// WorkTiming is how the statements of a role went in the last half minute.
type WorkTiming struct {
	Count, Failures int
	P95, Long       time.Duration // Long: those that run still included
	PoolWait        time.Duration // mean for a connection
}

// timing measures the statements of a pool; it is a tracer of pgx.
type timing struct {
	mu      sync.Mutex
	ring    [timingSlots]timingSlotOf
	running map[*time.Time]struct{}

	waits, waitTotal int64 // of the pool when it was read last
	wait             time.Duration
}

type timingSlotOf struct {
	number   int64
	count    [timingBuckets]uint32
	long     time.Duration
	failures int
}

type timings struct{ ingest, api timing }

// of returns the tracer of a role's pool, nil where it is not measured.
func (t *timings) of(role string) pgx.QueryTracer {
	switch {
	case t == nil:
		return nil
	case role == RoleIngest:
		return &t.ingest
	case role == RoleAPI:
		return &t.api
	}
	return nil
}

type timingKey struct{}

func (t *timing) begin(ctx context.Context) context.Context {
	start := new(time.Time)
	*start = time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = map[*time.Time]struct{}{}
	}
	t.running[start] = struct{}{}
	return context.WithValue(ctx, timingKey{}, start)
}

func (t *timing) end(ctx context.Context, err error) {
	start, ok := ctx.Value(timingKey{}).(*time.Time)
	if !ok {
		return
	}
	now := time.Now()
	took := now.Sub(*start)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, start)
	s := t.current(now)
	i := 0
	if ms := float64(took) / float64(time.Millisecond); ms > 1 {
		i = min(int(math.Log2(ms)*4)+1, timingBuckets-1)
	}
	s.count[i]++
	s.long = max(s.long, took)
	var refusal *pgconn.PgError
	if err != nil && !errors.Is(err, context.Canceled) && (!errors.As(err, &refusal) || isUnavailableCode(refusal.Code)) {
		s.failures++
	}
}

// isUnavailableCode tells what the server cannot help from what a statement did:
// connection exceptions, lack of resources, and operator intervention.
func isUnavailableCode(code string) bool {
	return len(code) == 5 && (code[:2] == "08" || code[:2] == "53" || code[:2] == "57" || code[:2] == "58")
}

func (t *timing) current(now time.Time) *timingSlotOf {
	number := now.UnixNano() / int64(timingSlot)
	s := &t.ring[number%timingSlots]
	if s.number != number {
		*s = timingSlotOf{number: number}
	}
	return s
}

// TraceQueryStart is pgx's.
func (t *timing) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return t.begin(ctx)
}

// TraceQueryEnd is pgx's.
func (t *timing) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryEndData) {
	t.end(ctx, d.Err)
}

// TraceCopyFromStart is pgx's.
func (t *timing) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceCopyFromStartData) context.Context {
	return t.begin(ctx)
}

// TraceCopyFromEnd is pgx's.
func (t *timing) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromEndData) {
	t.end(ctx, d.Err)
}

// TraceBatchStart is pgx's.
func (t *timing) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return t.begin(ctx)
}

// TraceBatchQuery is pgx's: a batch is one exchange, whatever is in it.
func (t *timing) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd is pgx's.
func (t *timing) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	t.end(ctx, d.Err)
}

func (t *timing) read(pool *pgxpool.Pool) (out WorkTiming) {
	stat := pool.Stat()
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := stat.AcquireCount() - t.waits; n > 0 {
		t.wait = time.Duration((int64(stat.EmptyAcquireWaitTime()) - t.waitTotal) / n)
		t.waits, t.waitTotal = stat.AcquireCount(), int64(stat.EmptyAcquireWaitTime())
	}
	out.PoolWait = t.wait
	var sum [timingBuckets]uint32
	oldest := now.UnixNano()/int64(timingSlot) - timingSlots
	for i := range t.ring {
		s := &t.ring[i]
		if s.number <= oldest {
			continue
		}
		for j, n := range s.count {
			sum[j] += n
			out.Count += int(n)
		}
		out.Failures += s.failures
		out.Long = max(out.Long, s.long)
	}
	rank, seen := (out.Count*95+99)/100, 0
	for i, n := range sum {
		if seen += int(n); seen >= rank && out.Count > 0 {
			out.P95 = min(time.Duration(math.Exp2(float64(i)/4)*float64(time.Millisecond)), out.Long)
			break
		}
	}
	for start := range t.running {
		out.Long = max(out.Long, now.Sub(*start))
	}
	return out
}

// WriteTiming is how storing reports went in the last half minute, ReadTiming how
// answering people.
func (s *Store) WriteTiming() WorkTiming { return s.timings.ingest.read(s.ingest) }

// ReadTiming is WriteTiming of what people ask.
func (s *Store) ReadTiming() WorkTiming { return s.timings.api.read(s.api) }
