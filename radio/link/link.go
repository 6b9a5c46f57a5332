package link

import (
	"net/netip"

	"picket/shared/wlan"
)

// Link is a network interface as the kernel tells of it.
type Link struct {
	Index  uint32 // ifindex, never 0
	Name   string
	Kind   string // "veth", "bridge", "dummy", …; empty: a device of hardware, or of none
	Encap  string // of its frames, as ip(8) names it: "ether", "loopback", "ieee802.11/radiotap"
	MAC    wlan.MAC
	MTU    int    // octets
	Master uint32 // ifindex of the bridge or bond that it belongs to; 0: none

	Up      bool // administratively (IFF_UP): somebody switched it on
	Running bool // its carrier is there (IFF_LOWER_UP): a cable, or an association
}

// Address is an address of a link.
type Address struct {
	Link   uint32 // ifindex
	Prefix netip.Prefix
}

// Global reports whether the address can reach beyond its link: what somebody
// gave the link to be used, while link-local ones come by themselves.
func (a Address) Global() bool {
	ip := a.Prefix.Addr()
	return ip.IsValid() && !ip.IsLinkLocalUnicast() && !ip.IsLoopback() && !ip.IsMulticast()
}

// Route is a route of the main table.
type Route struct {
	Link        uint32       // ifindex of its way out
	Destination netip.Prefix // 0.0.0.0/0 or ::/0 for a default route
	Gateway     netip.Addr   // not valid: none
	Priority    int          // the lowest wins
}

// Default reports whether the route leads everywhere.
func (r Route) Default() bool { return r.Destination.IsValid() && r.Destination.Bits() == 0 }

// EventKind says what happened to a link.
type EventKind uint8

// The kinds of events.
const (
	Appeared EventKind = iota + 1
	Gone
	Up      // administratively
	Down    // administratively
	Changed // its name, address, carrier or master
	Overrun // messages were lost; what changed meanwhile is told as well
)

// String names the kind for logs.
func (k EventKind) String() string {
	switch k {
	case Appeared:
		return "appeared"
	case Gone:
		return "gone"
	case Up:
		return "up"
	case Down:
		return "down"
	case Changed:
		return "changed"
	case Overrun:
		return "overrun"
	default:
		return "unknown"
	}
}

// Event is a change of a link; Link is as it is now, and for Gone as it was last.
type Event struct {
	Kind EventKind
	Link Link
}
