package main

import (
	"net"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// What happens on one segment: address resolution and address assignment.

var (
	broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	noMAC     = make([]byte, 6)
	anyIP     = net.IPv4zero.To4()
	allIP     = net.IPv4bcast.To4()
	allNodes  = net.ParseIP("ff02::1")
)

// leaseSeconds is how long the office's DHCP server lends an address.
const leaseSeconds = 8 * 3600

// arp adds an ARP packet (RFC 826).
func (w *wire) arp(at time.Duration, from *host, to net.HardwareAddr, operation uint16, senderIP net.IP, targetMAC []byte, targetIP net.IP) {
	w.frame(at, from, to, layers.EthernetTypeARP, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4,
		Operation: operation, SourceHwAddress: from.mac, SourceProtAddress: senderIP.To4(),
		DstHwAddress: targetMAC, DstProtAddress: targetIP.To4(),
	})
}

// resolve shows one host asking for another's address and being told.
func (w *wire) resolve(at time.Duration, from, to *host) {
	w.arp(at, from, broadcast, layers.ARPRequest, from.ip, noMAC, to.ip)
	w.arp(at+w.jitter(200*time.Microsecond), to, from.mac, layers.ARPReply, to.ip, from.mac, from.ip)
}

// lease shows a host getting its address: discover, offer, request,
// acknowledgement (RFC 2131, 3.1), and a probe of it (RFC 5227, 2.1).
func (w *wire) lease(at time.Duration, h, server *host) {
	transaction := w.rand.Uint32()
	ask := func(at time.Duration, kind layers.DHCPMsgType, more ...layers.DHCPOption) {
		options := append([]layers.DHCPOption{
			layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{byte(kind)}),
			layers.NewDHCPOption(layers.DHCPOptClientID, append([]byte{1}, h.mac...)),
			layers.NewDHCPOption(layers.DHCPOptHostname, []byte(h.name)),
			layers.NewDHCPOption(layers.DHCPOptParamsRequest, []byte{1, 3, 6, 15, 42, 51}),
		}, more...)
		if h.vendor != "" {
			options = append(options, layers.NewDHCPOption(layers.DHCPOptClassID, []byte(h.vendor)))
		}
		w.dhcp(at, h, broadcast, anyIP, allIP, 68, 67, &layers.DHCPv4{
			Operation: layers.DHCPOpRequest, Xid: transaction, ClientHWAddr: h.mac,
			ClientIP: anyIP, YourClientIP: anyIP, NextServerIP: anyIP, RelayAgentIP: anyIP, Options: options,
		})
	}
	answer := func(at time.Duration, kind layers.DHCPMsgType) {
		sender := &host{name: server.name, mac: server.mac, vlan: h.vlan}
		w.dhcp(at, sender, h.mac, server.ip, h.ip, 67, 68, &layers.DHCPv4{
			Operation: layers.DHCPOpReply, Xid: transaction, ClientHWAddr: h.mac,
			ClientIP: anyIP, YourClientIP: h.ip, NextServerIP: anyIP, RelayAgentIP: anyIP,
			Options: []layers.DHCPOption{
				layers.NewDHCPOption(layers.DHCPOptMessageType, []byte{byte(kind)}),
				layers.NewDHCPOption(layers.DHCPOptServerID, server.ip),
				layers.NewDHCPOption(layers.DHCPOptLeaseTime, []byte{0, 0, leaseSeconds >> 8, leaseSeconds & 0xff}),
				layers.NewDHCPOption(layers.DHCPOptSubnetMask, []byte{255, 255, 255, 0}),
				layers.NewDHCPOption(layers.DHCPOptRouter, gateway(h)),
				layers.NewDHCPOption(layers.DHCPOptDNS, server.ip),
				layers.NewDHCPOption(layers.DHCPOptDomainName, []byte("branch.example.org")),
			},
		})
	}
	ask(at, layers.DHCPMsgTypeDiscover)
	answer(at+w.jitter(20*time.Millisecond), layers.DHCPMsgTypeOffer)
	ask(at+60*time.Millisecond, layers.DHCPMsgTypeRequest,
		layers.NewDHCPOption(layers.DHCPOptRequestIP, h.ip),
		layers.NewDHCPOption(layers.DHCPOptServerID, server.ip))
	answer(at+w.jitter(70*time.Millisecond), layers.DHCPMsgTypeAck)
	w.arp(at+200*time.Millisecond, h, broadcast, layers.ARPRequest, anyIP, noMAC, h.ip)
}

// gateway returns the router's address on the host's segment: the first of it.
func gateway(h *host) net.IP {
	ip := append(net.IP(nil), h.ip...)
	ip[3] = 1
	return ip
}

func (w *wire) dhcp(at time.Duration, from *host, to net.HardwareAddr, src, dst net.IP, srcPort, dstPort layers.UDPPort, m *layers.DHCPv4) {
	m.HardwareType, m.HardwareLen = layers.LinkTypeEthernet, 6
	w.ip4To(at, from, to, src, dst, layers.IPProtocolUDP, &layers.UDP{SrcPort: srcPort, DstPort: dstPort}, m)
}

// advertise shows the router offering an IPv6 prefix (RFC 4861, 4.2).
func (w *wire) advertise(at time.Duration) {
	prefix := append([]byte{64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10, 0, 0, 0, 0}, net.ParseIP("2001:db8:53::")...)
	w.icmp6(at, w.router, mac6(allNodes), w.router.linkLocal(), allNodes, layers.ICMPv6TypeRouterAdvertisement,
		&layers.ICMPv6RouterAdvertisement{HopLimit: 64, RouterLifetime: 1800, Options: layers.ICMPv6Options{
			{Type: layers.ICMPv6OptSourceAddress, Data: w.router.mac},
			{Type: layers.ICMPv6OptPrefixInfo, Data: prefix},
		}})
}

// neighbour shows one host asking for another's address on the segment by IPv6
// and being told (RFC 4861, 7.2).
func (w *wire) neighbour(at time.Duration, from, to *host, src, target net.IP) {
	group := append(net.ParseIP("ff02::1:ff00:0")[:13:13], target[13:]...)
	w.icmp6(at, from, mac6(group), src, group, layers.ICMPv6TypeNeighborSolicitation,
		&layers.ICMPv6NeighborSolicitation{TargetAddress: target, Options: layers.ICMPv6Options{
			{Type: layers.ICMPv6OptSourceAddress, Data: from.mac},
		}})
	w.icmp6(at+w.jitter(200*time.Microsecond), to, from.mac, target, src, layers.ICMPv6TypeNeighborAdvertisement,
		&layers.ICMPv6NeighborAdvertisement{Flags: 0x60, TargetAddress: target, Options: layers.ICMPv6Options{
			{Type: layers.ICMPv6OptTargetAddress, Data: to.mac},
		}})
}

func (w *wire) icmp6(at time.Duration, from *host, to net.HardwareAddr, src, dst net.IP, kind uint8, inner gopacket.SerializableLayer) {
	w.ip6To(at, from, to, src, dst, 255, layers.IPProtocolICMPv6,
		&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, 0)}, inner)
}

// mac6 returns the Ethernet address of an IPv6 group (RFC 2464, 7).
func mac6(group net.IP) net.HardwareAddr {
	return net.HardwareAddr{0x33, 0x33, group[12], group[13], group[14], group[15]}
}
