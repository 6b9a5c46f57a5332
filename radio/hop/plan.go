package hop

import (
	"time"

	"picket/shared/wlan"
)

// An Adapter is a radio that the planner may send about.
type Adapter struct {
	Name        string     // unique among the adapters
	Frequencies []wlan.MHz // that it may listen on; bands other than 2.4, 5 and 6 GHz are left out

	// SwitchCost is how long a change of channel makes it deaf: a first guess,
	// 0 for the default of 5 ms. Planner.Tuned corrects it.
	SwitchCost time.Duration

	// MinDwell is the shortest visit that its driver bears, if that is more than
	// the policy's.
	MinDwell time.Duration
}

// A Policy is what people, or the centre, want of the plan. The zero value is a
// tap on its own that knows nothing of the site.
type Policy struct {
	Own     []wlan.MHz // where our own networks are: served first
	Locks   []Lock     // adapters that have to stay on a channel for a time
	Exclude []wlan.MHz // never listened to, whatever else is asked
	Only    []wlan.MHz // when not empty, the only ones that are listened to
	Share   Share      // of the work of a site's taps that is this one's

	Revisit  time.Duration // longest time without a visit to a channel; 0 is 10 s
	MinDwell time.Duration // shortest visit; 0 is 50 ms
	MaxDwell time.Duration // longest visit before the planner is asked again; 0 is 250 ms
}

// A Lock keeps an adapter on a frequency.
type Lock struct {
	Frequency wlan.MHz
	BSSID     wlan.BSSID // why: for people, the planner does not use it
	Until     time.Time
	Adapter   string // empty: whichever does without its other channels best
}

// Share says that a tap is number Index, from 0, Of so many that hear the same
// air. Of below 2 is a tap on its own.
type Share struct{ Index, Of int }

// A Visit is a decision: listen on Frequency for Dwell, counted from when the
// adapter is there. With Frequency 0 there is nothing that the adapter may listen
// to: ask again after Dwell.
type Visit struct {
	Frequency wlan.MHz
	Dwell     time.Duration
	Reason    Reason
}

// A Reason says why a visit was chosen.
type Reason uint8

// The reasons for a visit.
const (
	Rest        Reason = iota // there is nothing to listen to
	Sweep                     // the first visit to a channel
	Revisit                   // it is time, whatever is to be expected there
	Information               // most is to be learnt there
	Own                       // a guard's round over our own networks' channels
	Locked                    // somebody wants the adapter there
)

// String names the reason.
func (r Reason) String() string {
	switch r {
	case Rest:
		return "rest"
	case Sweep:
		return "sweep"
	case Revisit:
		return "revisit"
	case Information:
		return "information"
	case Own:
		return "own"
	case Locked:
		return "locked"
	default:
		return "unknown"
	}
}

// Heard is what some time of listening brought: a whole visit, or a part of one.
// It may come late. Time in which nothing was heard has to be told too.
type Heard struct {
	Adapter   string
	Frequency wlan.MHz
	At        time.Time     // when that time ended
	Listened  time.Duration //
	Frames    uint32        // all of them
	Beacons   uint32        // and probe responses
	BSSs      uint32        // distinct ones first heard in the current window on this frequency
	Stations  uint32        // likewise
	Interest  uint32        // frames that join, part, exchange keys or announce a switch of channel

	// Announced are frequencies of 6 GHz that reduced neighbor reports named
	// (802.11-2020, 9.4.2.170), heard anywhere.
	Announced []wlan.MHz
}

// The defaults of a Policy, and what follows from the standard.
const (
	defaultRevisit    = 10 * time.Second
	defaultMinDwell   = 50 * time.Millisecond  // the shortest that Kismet allows; some drivers hang below
	defaultMaxDwell   = 250 * time.Millisecond //
	defaultSwitchCost = 5 * time.Millisecond

	// sweepDwell is sure to contain a beacon of every AP that sends one each 100 TU.
	sweepDwell = 110 * time.Millisecond

	beaconInterval = 100 * 1024 * time.Microsecond
)

// complete returns p with its defaults filled in and its limits kept.
func (p Policy) complete() Policy {
	if p.Revisit <= 0 {
		p.Revisit = defaultRevisit
	}
	if p.MinDwell <= 0 {
		p.MinDwell = defaultMinDwell
	}
	if p.MaxDwell <= 0 {
		p.MaxDwell = defaultMaxDwell
	}
	p.MinDwell = max(p.MinDwell, 10*time.Millisecond)
	p.MaxDwell = max(p.MaxDwell, p.MinDwell)
	if p.Share.Of < 2 || p.Share.Index < 0 || p.Share.Index >= p.Share.Of {
		p.Share = Share{Index: 0, Of: 1}
	}
	return p
}
