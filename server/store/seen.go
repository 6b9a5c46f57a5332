package store

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"time"
)

// registryEvery is how old last_heard_at of a registry gets before it is written when
// nothing else changed. Rows that came at the same time are not due at the same time
// for ever: each has its own phase, so that a row's second writing may wait for up to
// twice as long, and each later one comes after registryEvery.
const registryEvery = 5 * time.Minute

// The most of what seenCache remembers, in sets of seenWays rows: 2^19 are 100 MB, and
// four million rows. What does not fit costs a look-up that says what was known.
const (
	seenWays    = 8
	minSeenSets = 1 << 9
	maxSeenSets = 1 << 19
)

// seenCache remembers what this node wrote to the registries or found there, and
// when, so that a row is sent to the database only when something changed or it is
// stale. It holds no pointers and grows with what it has to remember, up to a bound;
// beyond it the rows that were written longest ago are forgotten.
type seenCache struct {
	seed maphash.Seed

	mu   sync.RWMutex
	sets []seenSet
	used int
}

// A seenSet is where all keys of one hash are.
type seenSet struct {
	key         [seenWays]uint64 // 0: free
	state       [seenWays]uint64
	first, last [seenWays]uint32
}

// seenRow is what is known of a row: its state (seenState) and the span of event
// time that was written, in seconds since 1970.
type seenRow struct {
	state       uint64
	first, last uint32
}

// notRegistered is the state of a row that a limit kept out.
const notRegistered = ^uint64(0)

func newSeenCache() *seenCache {
	return &seenCache{seed: maphash.MakeSeed(), sets: make([]seenSet, minSeenSets)}
}

func (c *seenCache) set(key uint64) *seenSet { return &c.sets[key>>1%uint64(len(c.sets))] } // the lowest bit is set in all

// get returns what is known of a key. The caller holds mu.
func (c *seenCache) get(key uint64) (seenRow, bool) {
	s := c.set(key)
	for i, k := range s.key {
		if k == key {
			return seenRow{s.state[i], s.first[i], s.last[i]}, true
		}
	}
	return seenRow{}, false
}

// put remembers row, together with what was known of it. The caller holds mu.
func (c *seenCache) put(key uint64, row seenRow) {
	s, oldest := c.set(key), 0
	for i, k := range s.key {
		if k == key {
			row.first = min(row.first, s.first[i])
			switch {
			case s.last[i] > row.last:
				row.last, row.state = s.last[i], s.state[i]
			case row.state != notRegistered && s.state[i] != notRegistered:
				row.state = newerState(s.state[i], row.state)
			}
			s.state[i], s.first[i], s.last[i] = row.state, row.first, row.last
			return
		}
		if s.key[i] == 0 || s.key[oldest] != 0 && s.last[i] < s.last[oldest] {
			oldest = i
		}
	}
	if s.key[oldest] == 0 {
		c.used++
	}
	s.key[oldest], s.state[oldest], s.first[oldest], s.last[oldest] = key, row.state, row.first, row.last
	if c.used > len(c.sets)*seenWays/2 && len(c.sets) < maxSeenSets {
		c.grow()
	}
}

func (c *seenCache) grow() {
	old := c.sets
	c.sets, c.used = make([]seenSet, 2*len(old)), 0
	for i := range old {
		for j, key := range old[i].key {
			if key != 0 {
				c.put(key, seenRow{old[i].state[j], old[i].first[j], old[i].last[j]})
			}
		}
	}
}

// add remembers what a committed merge wrote or found.
func (c *seenCache) add(m *registryMerge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range m.known {
		c.put(w.key, w.row)
	}
}

// due reports whether a row that was written at last is to be written with a window
// from start to end: the row's own time, which comes every registryEvery, has come at
// least that long after, a window more or less.
func due(key uint64, last, start, end uint32) bool {
	const every = uint32(registryEvery / time.Second)
	earliest := last + every - min(end-start, every)
	if end < earliest {
		return false
	}
	phase := uint32(key>>32) % every
	return (end+phase)/every != (earliest+phase)/every || end >= last+2*every // which another node has in another phase
}

// A seenState is up to eight facts of a row, a hash of eight bits each, 0 being what
// is not known: that is no change. A change whose hash is the same as before, one in
// 255, is written when the row is stale.

// fact puts the hash of a known value at a place of a state.
func fact(place int, hash uint64) uint64 { return (1 + mix(hash)%255) << (8 * place) }

// changed reports whether now says something else than was, or something more.
func changed(was, now uint64) bool {
	for ; now != 0; was, now = was>>8, now>>8 {
		if n := now & 0xff; n != 0 && n != was&0xff {
			return true
		}
	}
	return false
}

// newerState is what is known when now came after was.
func newerState(was, now uint64) uint64 {
	for place := range 8 {
		if mask := uint64(0xff) << (8 * place); now&mask == 0 {
			now |= was & mask
		}
	}
	return now
}

// mix spreads a number over all bits (the finaliser of MurmurHash3).
func mix(v uint64) uint64 {
	v ^= v >> 33
	v *= 0xff51afd7ed558ccd
	v ^= v >> 33
	v *= 0xc4ceb9fe1a85ec53
	return v ^ v>>33
}

// join hashes parts that are hashes already.
func join(h uint64, parts ...uint64) uint64 {
	for _, p := range parts {
		hi, lo := bits.Mul64(h^p, 0x9e3779b97f4a7c15)
		h = hi ^ lo ^ bits.RotateLeft64(p, 29)
	}
	return mix(h) | 1 // never 0
}

// reportHashes are those of a report's owner and dictionary, with the cache's secret
// seed: who transmits cannot choose what collides.
type reportHashes struct {
	tenant, tap uint64
	macs, ssids []uint64 // by index; 0: none
	best        []uint32 // by a station's index: its row that counts, from 1
	start, end  uint32   // of the window
}

func (c *seenCache) hashes(in *Incoming, into *reportHashes) {
	d := in.Report.GetDictionary()
	into.tenant = maphash.Bytes(c.seed, in.TenantID[:])
	into.tap = join(into.tenant, maphash.Bytes(c.seed, in.TapID[:]))
	into.start, into.end = uint32(in.windowStart().Unix()), uint32(in.windowEnd().Unix())
	into.macs, into.ssids = append(into.macs[:0], 0), append(into.ssids[:0], 0)
	for macs := d.GetMacs(); len(macs) >= 6; macs = macs[6:] {
		into.macs = append(into.macs, maphash.Bytes(c.seed, macs[:6]))
	}
	for _, s := range d.GetSsids() {
		into.ssids = append(into.ssids, maphash.Bytes(c.seed, s))
	}
}
