// Package ether reads Ethernet frames down to the transport header: VLAN tags,
// ARP, IPv4 and IPv6 with extension headers and fragments, TCP, UDP, ICMP and
// ICMPv6, in one pass into one structure.
//
// What lies behind the transport header belongs to other packages; they find it
// between PayloadStart and PayloadEnd. A fragment that is not the first has no
// transport header, and a later fragment's octets are never read as one
// (RFC 1858: a filter that believes them can be led past).
package ether
