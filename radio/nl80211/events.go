package nl80211

import "math"

// NoWiphy is the index of no wiphy.
const NoWiphy uint32 = math.MaxUint32

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	// Overrun says that events were lost or could not be read: what the owner
	// knows may be wrong, and it should list again.
	Overrun EventKind = iota + 1

	NewWiphy // also when a wiphy is renamed, or comes from another network namespace
	DelWiphy
	NewInterface
	DelInterface
	SetInterface // its type changed

	// RegulatoryChange may change which channels may be listened to, of one
	// wiphy or of all. It is told in every network namespace.
	RegulatoryChange
)

// String names the kind.
func (k EventKind) String() string {
	switch k {
	case Overrun:
		return "overrun"
	case NewWiphy:
		return "new wiphy"
	case DelWiphy:
		return "wiphy gone"
	case NewInterface:
		return "new interface"
	case DelInterface:
		return "interface gone"
	case SetInterface:
		return "interface changed"
	case RegulatoryChange:
		return "regulatory change"
	default:
		return "unknown"
	}
}

// An Event is a change that the kernel told of.
type Event struct {
	Kind EventKind

	// Wiphy is the wiphy it is about; NoWiphy with Overrun, and with a
	// RegulatoryChange that holds for all but self-managed ones.
	Wiphy     uint32
	WiphyName string // of NewWiphy and DelWiphy

	// Interface is set with NewInterface, DelInterface and SetInterface.
	Interface *Interface

	// Country is what became of a RegulatoryChange: a country, or the kernel's
	// "00" world, "98" intersection, "99" custom world. Initiator says who asked
	// for it.
	Country   string
	Initiator Initiator
}

// An Initiator is who asked for a regulatory domain (enum nl80211_reg_initiator,
// nl80211.h v6.12).
type Initiator uint8

// The initiators.
const (
	InitiatorCore      Initiator = iota // the kernel itself
	InitiatorUser                       // a program, such as this one
	InitiatorDriver                     // an adapter's EEPROM or firmware
	InitiatorCountryIE                  // an access point's country element
)

// String names the initiator as a sentence goes on: "changed by an access point".
func (i Initiator) String() string {
	switch i {
	case InitiatorCore:
		return "the kernel"
	case InitiatorUser:
		return "a program"
	case InitiatorDriver:
		return "a driver"
	case InitiatorCountryIE:
		return "an access point"
	default:
		return "unknown"
	}
}
