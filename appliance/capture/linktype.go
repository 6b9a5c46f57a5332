package capture

import "strconv"

// A LinkType is a LINKTYPE_ value of tcpdump.org/linktypes.html.
type LinkType uint16

// The link types that Picket reads, or meets on Linux interfaces.
const (
	Null         LinkType = 0 // loopback of BSD: the address family in the writer's byte order
	Ethernet     LinkType = 1
	RawIP        LinkType = 101
	IEEE80211    LinkType = 105 // 802.11 without a capture header
	LinuxCooked  LinkType = 113
	Prism        LinkType = 119 // 802.11 behind a Prism or AVS header
	Radiotap     LinkType = 127 // 802.11 behind a radiotap header
	AVS          LinkType = 163 // 802.11 behind an AVS header
	PPI          LinkType = 192 // per-packet information, mostly before 802.11
	IPv4         LinkType = 228
	IPv6         LinkType = 229
	LinuxCooked2 LinkType = 276
)

// String returns the plain word for t, or "link type N".
func (t LinkType) String() string {
	if name := t.name(); name != "" {
		return name
	}
	return "link type " + strconv.Itoa(int(t))
}

// name knows what the corpus holds and what a Linux machine may offer.
func (t LinkType) name() string {
	switch t {
	case Null:
		return "BSD loopback"
	case Ethernet:
		return "Ethernet"
	case 6:
		return "Token Ring"
	case 7, 129:
		return "ARCNET"
	case 8:
		return "SLIP"
	case 9:
		return "PPP"
	case 10:
		return "FDDI"
	case 50:
		return "PPP in HDLC framing"
	case 51:
		return "PPPoE"
	case 100:
		return "ATM (RFC 1483)"
	case 12, 14, RawIP: // 12 and 14: DLT_RAW as BSD and others wrote it
		return "IP"
	case 104:
		return "Cisco HDLC"
	case IEEE80211:
		return "802.11"
	case 106:
		return "ATM (Linux, classical IP)"
	case 107:
		return "Frame Relay"
	case 108:
		return "OpenBSD loopback"
	case LinuxCooked:
		return "Linux cooked"
	case 117:
		return "OpenBSD packet filter log"
	case Prism:
		return "802.11 with Prism header"
	case 122:
		return "IP over Fibre Channel"
	case 123:
		return "ATM (SunATM)"
	case Radiotap:
		return "802.11 with radiotap header"
	case 135, 137:
		return "Juniper ATM"
	case 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162:
		return "user defined"
	case AVS:
		return "802.11 with AVS header"
	case 187:
		return "Bluetooth HCI"
	case 189, 220:
		return "USB (Linux)"
	case PPI:
		return "per-packet information"
	case 195, 215, 230:
		return "802.15.4"
	case 201:
		return "Bluetooth HCI with direction"
	case IPv4:
		return "IPv4"
	case IPv6:
		return "IPv6"
	case 239:
		return "Linux netfilter log"
	case 253:
		return "Linux netlink"
	case 251, 256:
		return "Bluetooth Low Energy"
	case 258:
		return "Apple packet tap"
	case 272:
		return "nordic Bluetooth sniffer"
	case LinuxCooked2:
		return "Linux cooked, version 2"
	}
	return ""
}
