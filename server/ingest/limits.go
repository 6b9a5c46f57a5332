package ingest

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits say how many reports a node takes of one tap and of one tenant's taps
// together. They hold at each node for itself: their purpose is that a tap gone
// wild, or a tenant, cannot take what the others need, not to count exactly.
type Limits struct {
	TapRate     float64 // reports a second, in the long run
	TapBurst    int     // reports at once, of a tap that has been quiet
	TenantRate  float64
	TenantBurst int
}

// DefaultLimits are generous. A tap sends a report every 5 to 60 s; one that was cut
// off for a day has 8,640 of 10 s and catches up in half an hour.
func DefaultLimits() Limits {
	return Limits{TapRate: 5, TapBurst: 300, TenantRate: 2000, TenantBurst: 20_000}
}

// quiet is how long a limiter is kept after its last report: by then it is full
// again (TapBurst / TapRate), so that forgetting it forgives nothing.
const quiet = time.Minute

// maxNetworks bounds how many limiters are kept of networks: anybody can be many.
const maxNetworks = 1 << 14

// limiters holds those of taps, tenants or networks that were heard of lately. Of the
// first two there are no more than the database has: a request is signed before it gets
// here.
type limiters[K comparable] struct {
	rate  rate.Limit
	burst int
	most  int // that are kept; 0: any number

	mu    sync.Mutex
	of    map[K]*limiter
	swept time.Time
}

type limiter struct {
	rate.Limiter

	last time.Time
}

func newLimiters[K comparable](perSecond float64, burst int) *limiters[K] {
	return &limiters[K]{rate: rate.Limit(perSecond), burst: burst, of: make(map[K]*limiter)}
}

// newNetworkLimiters returns those of networks (peer.Network).
func newNetworkLimiters(perSecond float64, burst int) *limiters[string] {
	l := newLimiters[string](perSecond, burst)
	l.most = maxNetworks
	return l
}

// take takes one report's right. Where there is none it returns how long until
// there is.
func (l *limiters[K]) take(id K, now time.Time) time.Duration {
	l.mu.Lock()
	if now.Sub(l.swept) > quiet {
		l.sweep(now)
	}
	one := l.of[id]
	if one == nil {
		if l.most > 0 && len(l.of) >= l.most {
			clear(l.of) // all are forgiven; who has so many addresses needs none twice
		}
		one = &limiter{Limiter: *rate.NewLimiter(l.rate, l.burst)}
		l.of[id] = one
	}
	one.last = now
	l.mu.Unlock()
	r := one.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// spent returns how long until one has a right again, and takes none.
func (l *limiters[K]) spent(id K, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.of[id]
	if one == nil {
		return 0
	}
	missing := 1 - one.TokensAt(now)
	return max(0, time.Duration(missing/float64(l.rate)*float64(time.Second)))
}

// sweep forgets who was quiet. l.mu is held.
func (l *limiters[K]) sweep(now time.Time) {
	l.swept = now
	for id, one := range l.of {
		if now.Sub(one.last) > quiet {
			delete(l.of, id)
		}
	}
}

// heard is how many were heard of within the last minute or two.
func (l *limiters[K]) heard() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.of)
}

// Spreading of the taps' reports: windows end for all taps in the same moment.
const (
	spreadEach  = 2 * time.Millisecond // what a tap adds: 500 reports a second
	leastSpread = 100 * time.Millisecond
)

// spread is over how long the taps should spread their reports, 0 for not at all;
// most of a window at the most.
func spread(taps int, window time.Duration) time.Duration {
	d := min(time.Duration(taps)*spreadEach, window*8/10)
	if d < leastSpread {
		return 0
	}
	return d
}
