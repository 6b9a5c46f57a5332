package count

import (
	"encoding/binary"

	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/ether"
)

// etherCounts holds the counters of Ethernet frames.
type etherCounts struct {
	arpRequests, arpReplies  int
	ipv4, ipv6               int
	icmp, icmpv6             int
	tcp, syn, synACK, udp    int
	dnsQuestions, dnsAnswers int
	dhcp                     int
	vlan                     int

	message dns.Message
	lease   dhcp.Message
}

func (c *etherCounts) add(frame []byte) {
	var p ether.Packet
	_ = ether.Decode(frame, &p) // what precedes the damage counts
	if p.VLANs > 0 {
		c.vlan++
	}
	switch p.Layer {
	case ether.LayerARP:
		switch p.ARP.Operation {
		case 1:
			c.arpRequests++
		case 2:
			c.arpReplies++
		}
		return
	case ether.LayerNone, ether.LayerEthernet:
		return
	}
	if p.IPVersion == 4 {
		c.ipv4++
	} else {
		c.ipv6++
	}
	payload := frame[min(p.PayloadStart, len(frame)):min(p.PayloadEnd, len(frame))]
	switch p.Layer {
	case ether.LayerICMP:
		if p.IPVersion == 4 {
			c.icmp++
		} else {
			c.icmpv6++
		}
	case ether.LayerTCP:
		c.tcp++
		if p.TCPFlags&ether.SYN != 0 {
			if p.TCPFlags&ether.ACK != 0 {
				c.synACK++
			} else {
				c.syn++
			}
		}
		if p.SourcePort == dnsPort || p.DestinationPort == dnsPort {
			c.dnsStream(payload)
		}
	case ether.LayerUDP:
		c.udp++
		switch {
		case p.SourcePort == dnsPort || p.DestinationPort == dnsPort:
			c.dns(payload)
		case p.SourcePort == dhcp.ServerPort || p.DestinationPort == dhcp.ServerPort ||
			p.SourcePort == dhcp.ClientPort || p.DestinationPort == dhcp.ClientPort:
			if dhcp.Decode(payload, &c.lease) == nil || len(payload) >= 240 {
				c.dhcp++
			}
		case !namedOtherwise[p.SourcePort] && !namedOtherwise[p.DestinationPort] && dns.Plausible(payload):
			c.dns(payload)
		}
	}
}

const dnsPort = 53

// namedOtherwise are the ports of protocols that have DNS's format under a name
// of their own: NetBIOS names, mDNS, LLMNR.
var namedOtherwise = map[uint16]bool{137: true, 5353: true, 5355: true}

func (c *etherCounts) dns(payload []byte) {
	_ = dns.Decode(payload, &c.message)
	if len(payload) < 4 {
		return
	}
	if c.message.Response {
		c.dnsAnswers++
	} else {
		c.dnsQuestions++
	}
}

// dnsStream reads a segment that starts with a message (RFC 1035, 4.2.2: two
// octets of length before it).
func (c *etherCounts) dnsStream(payload []byte) {
	if len(payload) < 14 {
		return
	}
	if size := int(binary.BigEndian.Uint16(payload)); size >= 12 {
		c.dns(payload[2:])
	}
}
