package main

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"picket/shared/wire"
)

// count adds up what becomes of reports, for all taps.
type count struct {
	latency histogram
	from    time.Time // reports due earlier are not in latency

	due, sent, again, acked, duplicates, lost, givenUp atomic.Uint64

	mu      sync.Mutex
	refused map[string]uint64 // by the node's word
	failed  map[string]uint64 // by what went wrong on the way
	slow    map[int]uint64    // acknowledgements over half a second, by 10 s of the run
}

func (c *count) begin() {
	c.refused, c.failed, c.slow = make(map[string]uint64), make(map[string]uint64), make(map[int]uint64)
}

func (c *count) acknowledged(a answer, due, now time.Time) {
	c.acked.Add(1)
	if a.header.Get(wire.ReasonHeader) == wire.ReasonDuplicate {
		c.duplicates.Add(1)
	}
	if due.Before(c.from) {
		return
	}
	took := now.Sub(due)
	c.latency.add(took)
	if took > 500*time.Millisecond {
		c.mu.Lock()
		c.slow[int(due.Sub(c.from)/(10*time.Second))]++
		c.mu.Unlock()
	}
}

func (c *count) refuse(a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused[a.reason()]++
}

// maxFailures bounds how many kinds of failures are told apart.
const maxFailures = 32

// fail counts what no node said.
func (c *count) fail(err error) {
	text := shorten(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.failed[text]; !ok && len(c.failed) >= maxFailures {
		text = "other"
	}
	c.failed[text]++
}

func (c *count) reasons() (refused, failed map[string]uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.refused), maps.Clone(c.failed)
}
