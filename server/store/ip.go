package store

import (
	"net"
	"net/netip"

	"picket/shared/wire/wirepb"
)

// broadcast is the limited broadcast address (RFC 919).
var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// ip returns the address to which index points, IPv6 after IPv4, or nil for 0.
func ip(dict *wirepb.Dictionary, index uint32) any {
	n4 := uint32(len(dict.GetIpv4()) / 4)
	switch {
	case index == 0:
		return nil
	case index <= n4:
		return netip.AddrFrom4([4]byte(dict.GetIpv4()[4*index-4 : 4*index]))
	default:
		index -= n4
		return netip.AddrFrom16([16]byte(dict.GetIpv6()[16*index-16 : 16*index]))
	}
}

// isGlobal reports whether addr could be a host's anywhere on the Internet.
func isGlobal(addr any) bool {
	a, ok := addr.(netip.Addr)
	return ok && !a.IsPrivate() && !a.IsLinkLocalUnicast() && !a.IsMulticast() && !a.IsUnspecified() && a != broadcast
}

func mac6(b []byte) net.HardwareAddr { return net.HardwareAddr(b) }
