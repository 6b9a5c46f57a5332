package capture

import (
	"time"

	"golang.org/x/net/bpf"
)

// LiveOptions says how to capture from an interface. The zero value captures
// whole frames, without filter, that the interface would have received anyway.
type LiveOptions struct {
	Promiscuous  bool                 // frames for other hosts too; meaningless for radio
	SnapLength   int                  // octets kept of a frame; 0: all. A Filter decides by itself
	Filter       []bpf.RawInstruction // classic BPF, run by the kernel; nil: no filter
	RingOctets   int                  // memory shared with the kernel; 0: 8 MiB
	HardwareTime bool                 // time stamps of the adapter where it makes them; its clock is then trusted
}

const (
	defaultRing   = 8 << 20
	blockOctets   = 256 << 10             // more than any frame, GRO's of 64 KiB included
	blockTimeout  = 50 * time.Millisecond // the kernel hands over a block that is not full after this
	idleTimeout   = 100 * time.Millisecond
	vlanTagOctets = 4
)

// linkTypeOf translates an interface's ARPHRD_ value (if_arp.h), and reports
// whether we know what its frames start with.
func linkTypeOf(hardware uint16) (LinkType, bool) {
	switch hardware {
	case 1, 772: // ARPHRD_ETHER, ARPHRD_LOOPBACK
		return Ethernet, true
	case 801: // ARPHRD_IEEE80211
		return IEEE80211, true
	case 802: // ARPHRD_IEEE80211_PRISM
		return Prism, true
	case 803: // ARPHRD_IEEE80211_RADIOTAP
		return Radiotap, true
	case 65534: // ARPHRD_NONE: tun and other tunnels without a header
		return RawIP, true
	}
	return 0, false
}
