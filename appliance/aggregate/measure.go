package aggregate

import "picket/shared/wlan"

// bins is the number of bins of a signal histogram: 2 dB each from 0 dBm down.
const bins = 64

// signals gathers the powers of a row.
type signals struct {
	count    uint32
	sum      int32
	min, max wlan.DBm
	bins     [bins]uint32
}

// add takes a power; the caller asks first whether there is one.
func (s *signals) add(p wlan.DBm) {
	if s.count == 0 {
		s.min, s.max = p, p
	} else {
		s.min, s.max = min(s.min, p), max(s.max, p)
	}
	s.count++
	s.sum += int32(p)
	s.bins[bin(p)]++
}

// bin returns the bin of p: b holds -2b-1 and -2b dBm, 0 all above, 63 all below.
func bin(p wlan.DBm) uint8 {
	if p >= 0 {
		return 0
	}
	return uint8(min(-int(p)/2, bins-1))
}

// span is when a row was first and last heard, in ms from the window's start.
type span struct{ first, last uint32 }

// at extends the span to ms; isNew starts it.
func (s *span) at(ms uint32, isNew bool) {
	if isNew {
		s.first, s.last = ms, ms
		return
	}
	s.first, s.last = min(s.first, ms), max(s.last, ms)
}

// pack puts an address into the lower 48 bits of a number, for keys.
func pack(m wlan.MAC) uint64 {
	return uint64(m[0])<<40 | uint64(m[1])<<32 | uint64(m[2])<<24 | uint64(m[3])<<16 | uint64(m[4])<<8 | uint64(m[5])
}

// packed is an address and 16 bits beside it: a frequency or a VLAN.
func packed(m wlan.MAC, low uint16) uint64 { return pack(m)<<16 | uint64(low) }

// unpack is the reverse of packed.
func unpack(k uint64) (m wlan.MAC, low uint16) {
	for i := range m {
		m[i] = byte(k >> (56 - 8*i))
	}
	return m, uint16(k)
}
