package nl80211

import "picket/shared/wlan"

// A Combination is a set of interfaces that a wiphy can have up at the same time
// (NL80211_ATTR_INTERFACE_COMBINATIONS, nl80211.h v6.12). Software types are
// outside of all combinations.
type Combination struct {
	Limits   []Limit
	Max      uint32 // interfaces in all
	Channels uint32 // different channels at the same time

	// BeaconIntervalsMatch asks that all access points and stations have the
	// same beacon interval; otherwise their greatest common divisor is at least
	// BeaconIntervalMinGCD, where that is not 0.
	BeaconIntervalsMatch bool
	BeaconIntervalMinGCD uint32

	// RadarWidths is a set of widths (bit n: Width n) and RadarRegions one of
	// DFS regions in which radar can be detected beside the rest.
	RadarWidths, RadarRegions uint32
}

// A Limit allows up to Max interfaces of Types.
type Limit struct {
	Max   uint32
	Types TypeSet
}

// allows reports whether the limits take the interfaces, whose number by type
// is count. As in the kernel (cfg80211_iter_combinations), each limit is charged
// with every interface of its types.
func (c Combination) allows(count [32]uint32, total uint32) bool {
	if total > c.Max {
		return false
	}
	var covered TypeSet
	for _, l := range c.Limits {
		left := l.Max
		for t, n := range count {
			if n == 0 || !l.Types.Has(InterfaceType(t)) {
				continue
			}
			if n > left {
				return false
			}
			left -= n
			covered.add(InterfaceType(t))
		}
	}
	for t, n := range count {
		if n > 0 && !covered.Has(InterfaceType(t)) {
			return false
		}
	}
	return true
}

// A Radio is one of several radios behind a wiphy, each with a frequency range
// of its own (NL80211_ATTR_WIPHY_RADIOS, nl80211.h v6.12). Most wiphys have one
// radio, and name none.
type Radio struct {
	Index        uint32
	Ranges       []FrequencyRange
	Combinations []Combination
}

// A FrequencyRange holds the channels whose centres are in it, ends included.
type FrequencyRange struct{ Start, End wlan.MHz }
