package monitor

import (
	"slices"
	"time"

	"picket/shared/wlan"
)

// State says what becomes of an adapter.
type State uint8

// The states.
const (
	Unused    State = iota + 1 // it cannot or must not be used; Text says why
	Listening                  // claimed: its monitor interface is up
	Failed                     // it should work and does not; it is tried again
	Gone                       // unplugged; told once
)

// String names the state.
func (s State) String() string {
	switch s {
	case Unused:
		return "unused"
	case Listening:
		return "listening"
	case Failed:
		return "failed"
	case Gone:
		return "gone"
	default:
		return "unknown"
	}
}

// Adapter is a radio of the box, as told to Config.Changed.
type Adapter struct {
	Wiphy  uint32 // index of its wiphy; the kernel gives a new one to who comes back
	Name   string // of its wiphy: "phy0"
	MAC    wlan.MAC
	Driver string // of the kernel; empty: not known
	Device string // bus and identity, as in "usb 0e8d:7961"; empty: not known
	State  State
	Text   string // one sentence for people: what was done, or why not and what would cure it

	// The monitor interface, while Listening.
	Interface string
	Ifindex   uint32

	// Frequencies may be listened on, 20 MHz wide, ascending. On those of NoIR and
	// Radar, which are parts of it, nobody here may send first.
	Frequencies, NoIR, Radar []wlan.MHz

	Country    string // of its regulatory domain: ISO 3166-1, or the kernel's "00" and the like
	Generation uint64 // grows with every claim and re-claim: a capture opened before is of no use
}

// equal reports whether telling b after a would tell nothing.
func (a Adapter) equal(b Adapter) bool {
	return a.Wiphy == b.Wiphy && a.Name == b.Name && a.MAC == b.MAC && a.Driver == b.Driver && a.Device == b.Device &&
		a.State == b.State && a.Text == b.Text && a.Interface == b.Interface && a.Ifindex == b.Ifindex &&
		a.Country == b.Country && a.Generation == b.Generation && slices.Equal(a.Frequencies, b.Frequencies) &&
		slices.Equal(a.NoIR, b.NoIR) && slices.Equal(a.Radar, b.Radar)
}

// EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	Appeared EventKind = iota + 1
	Unplugged
	Claimed  // it listens now
	Released // put back as found
	Failure
	Silent // it delivered nothing where there cannot be silence
	RegulatoryChanged
)

// String names the kind.
func (k EventKind) String() string {
	switch k {
	case Appeared:
		return "appeared"
	case Unplugged:
		return "gone"
	case Claimed:
		return "claimed"
	case Released:
		return "released"
	case Failure:
		return "failed"
	case Silent:
		return "silent"
	case RegulatoryChanged:
		return "regulatory change"
	default:
		return "unknown"
	}
}

// Event is something that a person may want to know of.
type Event struct {
	Time    time.Time
	Kind    EventKind
	Subject string // the adapter's name; empty with RegulatoryChanged
	Text    string // one sentence
}

// Candidate is an adapter that could be used, as shown to Config.Use.
type Candidate struct {
	Name           string // of its wiphy
	MAC            wlan.MAC
	Driver, Device string
	Interfaces     []string // names of its interfaces as found
}
