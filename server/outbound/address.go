package outbound

import (
	"errors"
	"fmt"
	"net/netip"
)

// ErrRefused is wrapped by the error of every connection that was not made
// because of its address.
var ErrRefused = errors.New("outbound: address refused")

// A refusal is a range with the reason that an operator reads.
type refusal struct {
	prefix netip.Prefix
	why    string
}

// metadata are the services that tell a machine of a cloud its secrets. Some are
// in no range that is refused otherwise.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // most clouds
	netip.MustParseAddr("169.254.170.2"),   // Amazon ECS
	netip.MustParseAddr("169.254.170.23"),  // Amazon EKS
	netip.MustParseAddr("169.254.42.42"),   // Scaleway
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure, a public address
	netip.MustParseAddr("192.0.0.192"),     // Oracle
	netip.MustParseAddr("fd00:ec2::254"),   // Amazon
	netip.MustParseAddr("fd00:ec2::23"),    // Amazon EKS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("fd00:42::42"),     // Scaleway
}

// never are refused whatever is configured. The registries:
// iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
var never = []refusal{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},            // RFC 791, 3.2
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},             // RFC 1122, 3.2.1.3
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},        // RFC 3927
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},            // RFC 6890, 2.1
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},       // RFC 5737
	{netip.MustParsePrefix("192.88.99.0/24"), "a 6to4 relay"},      // RFC 7526
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},    // RFC 5737
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},     // RFC 5737
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},            // RFC 5771
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},             // RFC 1112, 4; holds broadcast
	{netip.MustParsePrefix("::/128"), "unspecified"},               // RFC 4291, 2.5.2
	{netip.MustParsePrefix("::1/128"), "loopback"},                 // RFC 4291, 2.5.3
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local NAT64"},       // RFC 8215
	{netip.MustParsePrefix("100::/64"), "discarded"},               // RFC 6666
	{netip.MustParsePrefix("2001::/32"), "Teredo"},                 // RFC 4380
	{netip.MustParsePrefix("2001:10::/28"), "no address (ORCHID)"}, // RFC 4843
	{netip.MustParsePrefix("2001:20::/28"), "no address (ORCHID)"}, // RFC 7343
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},      // RFC 3849
	{netip.MustParsePrefix("3fff::/20"), "documentation"},          // RFC 9637
	{netip.MustParsePrefix("fe80::/10"), "link-local"},             // RFC 4291, 2.5.6
	{netip.MustParsePrefix("fec0::/10"), "site-local"},             // RFC 3879
	{netip.MustParsePrefix("ff00::/8"), "multicast"},               // RFC 4291, 2.7
}

// private are refused unless configured.
var private = []refusal{
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},             // RFC 1918
	{netip.MustParsePrefix("100.64.0.0/10"), "a carrier's"},      // RFC 6598
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},          // RFC 1918
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},         // RFC 1918
	{netip.MustParsePrefix("198.18.0.0/15"), "for measurements"}, // RFC 2544
	{netip.MustParsePrefix("fc00::/7"), "private"},               // RFC 4193
}

var (
	global6   = netip.MustParsePrefix("2000::/3")        // all of IPv6 that is routed, RFC 4291, 4
	compat4   = netip.MustParsePrefix("::/96")           // RFC 4291, 2.5.5.1
	nat64     = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052, 2.1
	sixToFour = netip.MustParsePrefix("2002::/16")       // RFC 3056, 2: the next 32 bits
	siit      = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765, 2.1
)

// check judges an address alone: nil where it may be connected to. allowed are the
// private ranges that are.
func check(ip netip.Addr, allowed []netip.Prefix) error {
	if ip.Zone() != "" {
		return refused(ip, "of a zone, so it is link-local")
	}
	ip = ip.Unmap() // ::ffff:0:0/96, RFC 4291, 2.5.5.2
	for _, m := range metadata {
		if ip == m {
			return refused(ip, "a cloud's metadata service")
		}
	}
	for _, r := range never {
		if r.prefix.Contains(ip) {
			return refused(ip, r.why)
		}
	}
	inner, carries := embedded(ip)
	if carries {
		if err := check(inner, allowed); err != nil {
			return fmt.Errorf("%w (within %s)", err, ip)
		}
	}
	for _, r := range private {
		if r.prefix.Contains(ip) && !contains(allowed, ip) {
			return refused(ip, r.why+", and no range that is allowed has it")
		}
	}
	if ip.Is6() && !carries && !global6.Contains(ip) && !private[len(private)-1].prefix.Contains(ip) {
		return refused(ip, "not assigned")
	}
	return nil
}

// embedded returns the IPv4 address to which a form of IPv6 leads.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return netip.Addr{}, false
	}
	b := ip.As16()
	switch {
	case nat64.Contains(ip), compat4.Contains(ip), siit.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214, 6.1
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return netip.Addr{}, false
}

func contains(prefixes []netip.Prefix, ip netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

func refused(ip netip.Addr, why string) error {
	return fmt.Errorf("%w: %s is %s", ErrRefused, ip, why)
}
