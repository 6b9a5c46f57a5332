package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// A host is a device on the office's wire, or beyond its router.
type host struct {
	name   string
	mac    net.HardwareAddr
	ip     net.IP // IPv4
	ip6    net.IP // global IPv6, nil when it has none
	vlan   uint16 // 0: untagged
	vendor string // DHCP vendor class identifier (RFC 2132, 9.13), "" when it sends none
}

// linkLocal returns the host's address of fe80::/64, as RFC 4291, appendix A, forms it.
func (h *host) linkLocal() net.IP {
	m := h.mac
	return net.IP{0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}
}

// A wire is the office's Ethernet as a mirror port shows it.
type wire struct {
	capture

	rand   *rand.Rand
	router *host
}

// frame adds an Ethernet frame: the layers after the Ethernet header and the
// VLAN tag, innermost last.
func (w *wire) frame(at time.Duration, from *host, to net.HardwareAddr, kind layers.EthernetType, inner ...gopacket.SerializableLayer) {
	eth := &layers.Ethernet{SrcMAC: from.mac, DstMAC: to, EthernetType: kind}
	stack := []gopacket.SerializableLayer{eth}
	if from.vlan != 0 {
		eth.EthernetType = layers.EthernetTypeDot1Q
		stack = append(stack, &layers.Dot1Q{VLANIdentifier: from.vlan, Priority: 5, Type: kind})
	}
	b := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(b, options, append(stack, inner...)...); err != nil {
		panic(fmt.Sprintf("frame of %s at %v: %v", from.name, at, err)) // the frames are this program's own
	}
	w.add(at, b.Bytes())
}

// via returns the Ethernet address that a packet from one host to another goes
// to: its own on the same segment, the router's beyond it.
func (w *wire) via(from, to *host) net.HardwareAddr {
	if to.mac != nil && to.vlan == from.vlan {
		return to.mac
	}
	return w.router.mac
}

// onWire returns the host whose Ethernet address and VLAN a packet of h bears on
// the segment of peer: its own, or the router's in its place.
func (w *wire) onWire(h, peer *host) *host {
	if h.mac != nil && h.vlan == peer.vlan {
		return h
	}
	return &host{name: "router for " + h.name, mac: w.router.mac, vlan: peer.vlan}
}

// ip4 adds an IPv4 packet. The transport layer's checksum is set where it has one.
func (w *wire) ip4(at time.Duration, from, to *host, protocol layers.IPProtocol, inner ...gopacket.SerializableLayer) {
	w.ip4To(at, w.onWire(from, to), w.via(w.onWire(from, to), to), from.ip, to.ip, protocol, inner...)
}

// ip4To adds an IPv4 packet with the given addresses on both layers.
func (w *wire) ip4To(at time.Duration, sender *host, mac net.HardwareAddr, src, dst net.IP, protocol layers.IPProtocol, inner ...gopacket.SerializableLayer) {
	ip := &layers.IPv4{
		Version: 4, TTL: 64, Id: uint16(w.rand.Uint32()), Flags: layers.IPv4DontFragment,
		Protocol: protocol, SrcIP: src, DstIP: dst,
	}
	checksummed(ip, inner)
	w.frame(at, sender, mac, layers.EthernetTypeIPv4, append([]gopacket.SerializableLayer{ip}, inner...)...)
}

// ip6To adds an IPv6 packet with the given addresses on both layers.
func (w *wire) ip6To(at time.Duration, sender *host, mac net.HardwareAddr, src, dst net.IP, hops uint8, next layers.IPProtocol, inner ...gopacket.SerializableLayer) {
	ip := &layers.IPv6{Version: 6, HopLimit: hops, NextHeader: next, SrcIP: src, DstIP: dst}
	checksummed(ip, inner)
	w.frame(at, sender, mac, layers.EthernetTypeIPv6, append([]gopacket.SerializableLayer{ip}, inner...)...)
}

// checksummed tells the first inner layer which pseudo-header its checksum covers.
func checksummed(ip gopacket.NetworkLayer, inner []gopacket.SerializableLayer) {
	if l, ok := inner[0].(interface {
		SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
	}); ok {
		_ = l.SetNetworkLayerForChecksum(ip) // fails for other network layers than IP alone
	}
}

// octets returns n octets without meaning, as encryption leaves them.
func (w *wire) octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(w.rand.Uint32())
	}
	return b
}

// jitter returns a duration between d and twice d.
func (w *wire) jitter(d time.Duration) time.Duration {
	return d + time.Duration(w.rand.Int64N(int64(d)))
}

// port returns a port of the range that clients use.
func (w *wire) port() uint16 { return uint16(49152 + w.rand.IntN(16384)) }
