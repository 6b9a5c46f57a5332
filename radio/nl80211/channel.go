package nl80211

import (
	"time"

	"picket/shared/wlan"
)

// A Channel is a 20 MHz channel of a band, with what the driver and the
// regulatory domain say of it now.
type Channel struct {
	// Frequency is its centre, without OffsetKHz, which only S1G channels have.
	Frequency wlan.MHz
	OffsetKHz uint16

	Disabled   bool // not to be used at all, for monitoring neither, unless CanMonitor
	CanMonitor bool // may be listened to even though it is disabled
	NoIR       bool // nothing may be sent first; listening is free
	Radar      bool // radar detection is asked of who sends; listening is free
	IndoorOnly bool

	Limits ChannelLimits

	// MaxPower is the highest power that may be sent with.
	MaxPower wlan.DBm

	// DFS is the state of a Radar channel, and CAC how long its channel
	// availability check takes. Since when it is in the state is left out, so
	// that two lists are equal when nothing changed.
	DFS DFSState
	CAC time.Duration
}

// Listen reports whether a monitor interface may be tuned to the channel.
func (c Channel) Listen() bool { return !c.Disabled || c.CanMonitor }

// primary reports whether f is the centre of a primary 20 MHz channel (802.11-2020,
// table E-4, operating classes 81, 82, 109, 115, 118, 121 and 125; 802.11ax-2021,
// 131 and 136).
func primary(f wlan.MHz) bool {
	switch {
	case f == 2484 || f == 5935:
		return true
	case f >= 2412 && f <= 2472:
		return (f-2412)%5 == 0
	case f >= 4920 && f <= 4980:
		return (f-4920)%20 == 0
	case f >= 5180 && f <= 5320:
		return (f-5180)%20 == 0
	case f >= 5500 && f <= 5720:
		return (f-5500)%20 == 0
	case f >= 5745 && f <= 5885:
		return (f-5745)%20 == 0
	case f >= 5955 && f <= 7115:
		return (f-5955)%20 == 0
	default:
		return false
	}
}

// ChannelLimits say what a channel may not be used for.
type ChannelLimits uint16

// The limits (enum nl80211_frequency_attr, nl80211.h v6.12). The two of 40 MHz
// say on which side of the channel the second half may not be.
const (
	No10MHz ChannelLimits = 1 << iota
	No20MHz
	No40MHzBelow // NO_HT40_MINUS
	No40MHzAbove // NO_HT40_PLUS
	No80MHz
	No160MHz
	No320MHz
	NoHE
	NoEHT
)

// Has reports whether any of limits applies.
func (l ChannelLimits) Has(limits ChannelLimits) bool { return l&limits != 0 }

// A DFSState says whether a radar channel may be sent on (enum
// nl80211_dfs_state, nl80211.h v6.12).
type DFSState uint32

// The states.
const (
	DFSUsable      DFSState = iota // after a channel availability check
	DFSUnavailable                 // radar was heard
	DFSAvailable                   // checked
)
