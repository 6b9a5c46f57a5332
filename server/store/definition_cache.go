package store

import "sync"

// maxCached bounds the definition cache: 2^20 fingerprints are about 60 MB.
const maxCached = 1 << 20

// definitionCache knows the fingerprints of boots that are committed, so that a
// report which refers to them needs no look-up.
type definitionCache struct {
	mu    sync.Mutex
	boots map[bootKey]map[uint32]Hash
	size  int
}

func newDefinitionCache() *definitionCache {
	return &definitionCache{boots: make(map[bootKey]map[uint32]Hash)}
}

// lookUp returns those of indexes that are known, and the others.
func (c *definitionCache) lookUp(boot bootKey, indexes map[uint32]bool) (known map[uint32]Hash, unknown []uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known = make(map[uint32]Hash, len(indexes))
	all := c.boots[boot]
	for i := range indexes {
		if h, ok := all[i]; ok {
			known[i] = h
		} else {
			unknown = append(unknown, i)
		}
	}
	return known, unknown
}

// add remembers what a committed merge knew.
func (c *definitionCache) add(m *definitionMerge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size > maxCached {
		clear(c.boots)
		c.size = 0
	}
	for boot, prints := range m.known {
		all := c.boots[boot]
		if all == nil {
			all = make(map[uint32]Hash, len(prints))
			c.boots[boot] = all
		}
		for i, h := range prints {
			if _, ok := all[i]; !ok {
				all[i] = h
				c.size++
			}
		}
	}
}
