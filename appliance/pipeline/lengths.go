package pipeline

import (
	"sync"
	"time"
)

// lengths says how long windows are. A change takes effect with a window that no
// worker has begun, and on a full minute, which starts a window of every length:
// so all workers cut at the same moments.
type lengths struct {
	mu           sync.Mutex
	before, from time.Duration // from is the length of windows that start at change or later
	change       int64         // ns since 1970
}

// at returns the length of a window that starts at start.
func (l *lengths) at(start int64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if start < l.change {
		return l.before
	}
	return l.from
}

// set changes the length, from the first full minute after the next one on.
func (l *lengths) set(to time.Duration, now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now >= l.change {
		l.before = l.from
		l.change = align(now, time.Minute) + 2*int64(time.Minute)
	}
	l.from = to
}
