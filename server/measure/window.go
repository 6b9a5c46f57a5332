package measure

import (
	"math"
	"sync"
	"time"

	"picket/server/health"
)

// A sample covers slots slots, of which each is closed by the next sample.
const (
	sampleEvery = 5 * time.Second
	slots       = 6
)

// buckets of a histogram: four for each doubling, from 1 ms to over four minutes.
const buckets = 72

type histogram struct {
	count [buckets]uint32
	long  time.Duration
}

func (h *histogram) add(d time.Duration) {
	i := 0
	if ms := float64(d) / float64(time.Millisecond); ms > 1 {
		i = min(int(math.Log2(ms)*4)+1, buckets-1)
	}
	h.count[i]++
	h.long = max(h.long, d)
}

func (h *histogram) merge(o *histogram) {
	for i, n := range o.count {
		h.count[i] += n
	}
	h.long = max(h.long, o.long)
}

func (h *histogram) total() (n int) {
	for _, c := range h.count {
		n += int(c)
	}
	return n
}

// p95 is the upper end of the bucket that has the 95th of 100 values, and never
// more than the longest.
func (h *histogram) p95() float64 {
	total := h.total()
	if total == 0 {
		return 0
	}
	rank, seen := (total*95+99)/100, 0
	for i, c := range h.count {
		if seen += int(c); seen >= rank {
			return min(math.Exp2(float64(i)/4), milliseconds(h.long))
		}
	}
	return milliseconds(h.long)
}

// requests are those of a class over the window, and those that are being answered.
type requests struct {
	mu      sync.Mutex
	ring    [slots]requestSlot
	at      int
	pending map[*time.Time]struct{}
}

type requestSlot struct {
	took         histogram
	failed, busy int
}

// begin notes that a request came; the function that it returns, that it was
// answered.
func (r *requests) begin(now time.Time) func(status int, now time.Time) {
	start := &now
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.pending = map[*time.Time]struct{}{}
	}
	r.pending[start] = struct{}{}
	return func(status int, end time.Time) {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.pending, start)
		s := &r.ring[r.at]
		s.took.add(end.Sub(*start))
		switch {
		case status >= 500:
			s.failed++
		case status == 429:
			s.busy++
		}
	}
}

func (r *requests) read(now time.Time) health.Requests {
	r.mu.Lock()
	defer r.mu.Unlock()
	var h histogram
	var out health.Requests
	for i := range r.ring {
		h.merge(&r.ring[i].took)
		out.Failed += r.ring[i].failed
		out.Busy += r.ring[i].busy
	}
	for start := range r.pending {
		h.long = max(h.long, now.Sub(*start))
	}
	out.Count, out.P95MS, out.LongMS = h.total(), h.p95(), milliseconds(h.long)
	return out
}

// turn begins the next slot.
func (r *requests) turn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = (r.at + 1) % slots
	r.ring[r.at] = requestSlot{}
}

// told is what taps told over the window.
type told struct {
	mu   sync.Mutex
	ring [slots]toldSlot
	at   int
}

type toldSlot struct {
	line                      histogram
	timeouts, closed, refused int
}

func (t *told) read() (out health.Taps) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var h histogram
	for i := range t.ring {
		s := &t.ring[i]
		h.merge(&s.line)
		out.Timeouts += s.timeouts
		out.Closed += s.closed
		out.Refused += s.refused
	}
	out.Told, out.LineMS = h.total(), h.p95()
	return out
}

func (t *told) turn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = (t.at + 1) % slots
	t.ring[t.at] = toldSlot{}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
