package store

import (
	"hash/maphash"
	"sync"
	"time"
)

// How old last_heard_at of a registry, and of a sighting, gets before it is
// written when nothing else changed.
const (
	registryEvery = 5 * time.Minute
	sightingEvery = time.Minute
)

// maxSeen bounds the cache: 2^19 entries are about 40 MB. A full cache is emptied;
// what that costs is a write that changes nothing.
const maxSeen = 1 << 19

// seenCache remembers what this node wrote to the registries, and when, so that
// a row is sent to the database only when something changed or it is stale.
type seenCache struct {
	seed maphash.Seed

	mu   sync.Mutex
	rows map[uint64]seenRow
}

// seenRow is the state that was written, as a hash, and its span of event time.
type seenRow struct {
	state uint64
	first int64 // microseconds since 1970
	last  int64
}

func newSeenCache() *seenCache {
	return &seenCache{seed: maphash.MakeSeed(), rows: make(map[uint64]seenRow)}
}

// current reports whether the row says nothing that was not written already.
func (c *seenCache) current(key uint64, row seenRow, every time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	old, ok := c.rows[key]
	if !ok || row.first < old.first {
		return false
	}
	if row.last < old.last { // late: the present state is newer
		return true
	}
	return row.state == old.state && row.last-old.last < every.Microseconds()
}

// add remembers what a committed merge wrote.
func (c *seenCache) add(m *registryMerge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rows)+len(m.written) > maxSeen {
		clear(c.rows)
	}
	for key, row := range m.written {
		if old, ok := c.rows[key]; ok {
			row.first = min(row.first, old.first)
			if old.last > row.last {
				row.last, row.state = old.last, old.state
			}
		}
		c.rows[key] = row
	}
}
