package hop

import (
	"time"

	"picket/shared/wlan"
)

// A class of channels shares a limit on the time without a visit.
type class uint8

const (
	common  class = iota
	ours          // our own networks are there
	distant       // another tap of the site looks after it
	remote        // 6 GHz where no AP is likely: neither preferred nor announced
)

// A channel is what the planner knows of a frequency.
type channel struct {
	frequency wlan.MHz
	rank      int // in the first sweep
	knowledge

	permitted bool // by the policy, and some adapter has it
	class     class
	warden    *adapter // answers for its revisits
	swept     bool
	found     bool // BSSs were heard where there were none, and not looked at for long

	// Times since the planner's start.
	begun time.Duration // of its latest visit: counts for the guarantee
	left  time.Duration // when its latest visit ended: counts for what is to be expected
	named time.Duration // until when a neighbor report's word counts
	hot   time.Duration // until when it is worth a long visit

	// What a station, and an attack, there are worth: shares of all channels.
	stationShare, attackShare float64
}

// promised reports whether its revisits are guaranteed: from its first visit on,
// and where none is to be hurried, from the start.
func (c *channel) promised() bool { return c.swept || c.class == remote }

// namedFor is how long a neighbor report's word counts.
const namedFor = 10 * time.Minute

// preferred reports whether f is a preferred scanning channel: every fourth 20 MHz
// channel of 6 GHz, from 5 on (802.11ax-2021, 26.17.2.3.3).
func preferred(f wlan.MHz) bool {
	c, ok := f.Channel()
	return ok && c.Band == wlan.Band6GHz && c.Number%16 == 5
}

// order2GHz lists the channels of 2.4 GHz as most are used, and so that the
// first ones fall to different taps.
var order2GHz = [...]uint8{1, 6, 11, 13, 3, 8, 5, 9, 2, 7, 4, 10, 12, 14}

// rank is a frequency's place in the first sweep, the same on every tap: likely
// ones first. ok is false outside of 2.4, 5 and 6 GHz.
func rank(f wlan.MHz) (place int, ok bool) {
	c, ok := f.Channel()
	if !ok {
		return 0, false
	}
	n := int(c.Number)
	switch {
	case c.Band == wlan.Band2GHz:
		for i, number := range order2GHz {
			if number == c.Number {
				return i, true
			}
		}
		return len(order2GHz), true
	case c.Band == wlan.Band5GHz && n < 52: // no radar there: what APs come up on
		return 100 + n, true
	case c.Band == wlan.Band5GHz && n > 144:
		return 100 + n, true
	case c.Band == wlan.Band5GHz:
		return 300 + n, true
	case preferred(f):
		return 500 + n, true
	case c.Band == wlan.Band6GHz:
		return 800 + n, true
	default:
		return 0, false
	}
}

// shareOf says which of n taps looks after f. It depends on nothing but the
// frequency, so that taps with different adapters agree.
func shareOf(f wlan.MHz, n int) int {
	place, ok := rank(f)
	if !ok || n < 2 {
		return 0
	}
	c, _ := f.Channel()
	switch {
	case c.Band == wlan.Band2GHz:
		return place % n
	case preferred(f):
		return int(c.Number) / 16 % n
	default: // 20 MHz channels are four numbers apart
		return int(c.Number) / 4 % n
	}
}
