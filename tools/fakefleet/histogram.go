package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A histogram counts durations of 1 µs to 2^40 µs in buckets whose width is at most
// 1/64 of their value, as HdrHistogram's do: a percentile is exact to 1.6 %. Its
// methods may be called by several goroutines.
type histogram struct {
	counts [buckets]atomic.Uint64
	total  atomic.Uint64
	max    atomic.Int64 // µs
}

const (
	subBits = 6 // 64 buckets a power of two
	buckets = (40 - subBits + 1) << subBits
)

func bucketOf(us uint64) int {
	if us < 1<<subBits {
		return int(us)
	}
	shift := bits.Len64(us) - 1 - subBits
	return min((shift+1)<<subBits+int(us>>shift)-1<<subBits, buckets-1)
}

// upperOf is the largest value of a bucket.
func upperOf(i int) uint64 {
	if i < 1<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return uint64(i&(1<<subBits-1)+1<<subBits+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.counts[bucketOf(uint64(us))].Add(1)
	h.total.Add(1)
	for old := h.max.Load(); us > old && !h.max.CompareAndSwap(old, us); old = h.max.Load() {
	}
}

// quantile returns the value below which the share q of durations lie, rounded up
// to its bucket's end; 0 where there are none.
func (h *histogram) quantile(q float64) time.Duration {
	total := h.total.Load()
	if total == 0 {
		return 0
	}
	rank, seen := uint64(q*float64(total)+0.5), uint64(0)
	for i := range h.counts {
		if seen += h.counts[i].Load(); seen >= max(rank, 1) {
			return min(time.Duration(upperOf(i))*time.Microsecond, h.longest())
		}
	}
	return h.longest()
}

func (h *histogram) longest() time.Duration { return time.Duration(h.max.Load()) * time.Microsecond }
