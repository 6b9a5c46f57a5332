package ether

import (
	"encoding/binary"
	"net/netip"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// Ethertypes (IEEE 802 numbers, IANA).
const (
	TypeIPv4  = 0x0800
	TypeARP   = 0x0806
	TypeVLAN  = 0x8100
	TypeIPv6  = 0x86dd
	TypeSVLAN = 0x88a8 // provider bridges, IEEE 802.1ad
	TypeQinQ  = 0x9100 // the same before it was a standard
)

// IP protocol numbers (IANA).
const (
	ProtocolHopByHop = 0
	ProtocolICMP     = 1
	ProtocolTCP      = 6
	ProtocolUDP      = 17
	ProtocolRouting  = 43
	ProtocolFragment = 44
	ProtocolESP      = 50
	ProtocolAH       = 51
	ProtocolICMPv6   = 58
	ProtocolNone     = 59
	ProtocolOptions  = 60
	ProtocolMobility = 135
	ProtocolHIP      = 139
	ProtocolShim6    = 140
)

// TCP flags (RFC 9293, 3.1).
const (
	FIN = 0x01
	SYN = 0x02
	RST = 0x04
	ACK = 0x10
)

// Addr is an IP address as it stands in a packet: 4 octets and zeroes, or 16.
// Which one says the packet's IPVersion. It is comparable and quick to hash.
type Addr [16]byte

// Addr returns the address for people. version is 4 or 6.
func (a Addr) Addr(version uint8) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte(a[:4]))
	}
	return netip.AddrFrom16(a)
}

// Layer is the highest layer that was read whole.
type Layer uint8

// Layers, in the order of reading.
const (
	LayerNone Layer = iota
	LayerEthernet
	LayerARP
	LayerIP // also of a fragment that is not the first
	LayerTCP
	LayerUDP
	LayerICMP // and ICMPv6
)

// Packet is the headers of one frame.
type Packet struct {
	Layer               Layer
	Source, Destination wlan.MAC
	EtherType           uint16 // behind tags and SNAP; below 0x600: a length, IEEE 802.3
	VLANs               uint8  // tags
	VLAN                uint16 // identifier of the outermost tag
	ARP                 ARP
	IPVersion           uint8 // 4, 6, or 0
	Protocol            uint8 // behind extension headers
	MoreFragments       bool
	FragmentOffset      uint16 // in octets
	IPLength            uint16 // header and payload as the header says; 0: a jumbogram or offloaded
	From, To            Addr
	SourcePort          uint16
	DestinationPort     uint16
	TCPFlags            uint8
	ICMPType, ICMPCode  uint8
	PayloadStart        int // behind the highest layer read
	PayloadEnd          int // trailing padding excluded
}

// ARP is the body of an ARP packet for Ethernet and IPv4 (RFC 826).
type ARP struct {
	Operation          uint16 // 1 request, 2 reply
	SenderMAC          wlan.MAC
	TargetMAC          wlan.MAC
	SenderIP, TargetIP [4]byte
	// IPv4 reports whether the packet is about Ethernet and IPv4 at all; the
	// addresses are zero when not.
	IPv4 bool
}

// firstEtherType is the least value of the type field that is not a length
// (IEEE 802.3-2022, 3.2.6).
const firstEtherType = 0x600

// Bounds of what is followed: more than a few are an attack.
const (
	maxTags       = 4   // VLAN tags
	maxExtensions = 128 // IPv6 extension headers: only a jumbo frame has room for more
)

// Decode reads the frame in b into p, replacing all of p. The error is
// dissect.ErrTruncated or dissect.ErrMalformed; p.Layer then says how far it
// came.
func Decode(b []byte, p *Packet) error {
	*p = Packet{}
	if len(b) < 14 {
		return dissect.ErrTruncated
	}
	p.Destination, p.Source = wlan.MAC(b[:6]), wlan.MAC(b[6:12])
	p.EtherType = binary.BigEndian.Uint16(b[12:])
	p.Layer, p.PayloadStart, p.PayloadEnd = LayerEthernet, 14, len(b)
	if err := p.tags(b); err != nil {
		return err
	}
	if p.EtherType < firstEtherType {
		if err := p.llc(b); err != nil {
			return err
		}
	}
	switch p.EtherType {
	case TypeARP:
		return p.arp(b)
	case TypeIPv4:
		return p.ipv4(b)
	case TypeIPv6:
		return p.ipv6(b)
	}
	return nil
}

// tags walks the VLAN tags at PayloadStart.
func (p *Packet) tags(b []byte) error {
	for p.EtherType == TypeVLAN || p.EtherType == TypeSVLAN || p.EtherType == TypeQinQ {
		at := p.PayloadStart
		if p.VLANs == maxTags {
			return dissect.ErrMalformed
		}
		if p.PayloadEnd < at+4 {
			return dissect.ErrTruncated
		}
		if p.VLANs == 0 {
			p.VLAN = binary.BigEndian.Uint16(b[at:]) & 0x0fff
		}
		p.VLANs++
		p.EtherType = binary.BigEndian.Uint16(b[at+2:])
		p.PayloadStart += 4
	}
	return nil
}

// llc reads IEEE 802.3: the type field is a length, and LLC follows. LLC and
// SNAP with OUI 0 encapsulate an Ethertype (RFC 1042), which may be a tag's.
func (p *Packet) llc(b []byte) error {
	at := p.PayloadStart
	p.PayloadEnd = min(p.PayloadEnd, at+int(p.EtherType))
	v := b[at:p.PayloadEnd]
	if len(v) < 8 || v[0] != 0xaa || v[1] != 0xaa || v[2] != 3 || v[3]|v[4]|v[5] != 0 {
		return nil
	}
	p.EtherType = binary.BigEndian.Uint16(v[6:])
	p.PayloadStart += 8
	return p.tags(b)
}

func (p *Packet) arp(b []byte) error {
	v := b[p.PayloadStart:p.PayloadEnd]
	if len(v) < 8 {
		return dissect.ErrTruncated
	}
	hlen, plen := int(v[4]), int(v[5])
	if len(v) < 8+2*(hlen+plen) {
		return dissect.ErrTruncated
	}
	p.Layer = LayerARP
	p.ARP.Operation = binary.BigEndian.Uint16(v[6:])
	if binary.BigEndian.Uint16(v) == 1 && binary.BigEndian.Uint16(v[2:]) == TypeIPv4 && hlen == 6 && plen == 4 {
		p.ARP.IPv4 = true
		p.ARP.SenderMAC, p.ARP.SenderIP = wlan.MAC(v[8:14]), [4]byte(v[14:18])
		p.ARP.TargetMAC, p.ARP.TargetIP = wlan.MAC(v[18:24]), [4]byte(v[24:28])
	}
	return nil
}

// ipv4 reads RFC 791, 3.1.
func (p *Packet) ipv4(b []byte) error {
	v := b[p.PayloadStart:p.PayloadEnd]
	if len(v) < 20 {
		return dissect.ErrTruncated
	}
	header := int(v[0]&0x0f) * 4
	if v[0]>>4 != 4 || header < 20 {
		return dissect.ErrMalformed
	}
	total := int(binary.BigEndian.Uint16(v[2:]))
	if total != 0 && total < header { // 0: segmentation was left to the adapter
		return dissect.ErrMalformed
	}
	p.IPVersion, p.Layer = 4, LayerIP
	p.IPLength = uint16(total)
	p.Protocol = v[9]
	copy(p.From[:4], v[12:16])
	copy(p.To[:4], v[16:20])
	fragment := binary.BigEndian.Uint16(v[6:])
	p.MoreFragments = fragment&0x2000 != 0
	p.FragmentOffset = fragment & 0x1fff * 8
	if total != 0 && total < len(v) {
		p.PayloadEnd = p.PayloadStart + total
	}
	if header > len(v) {
		return dissect.ErrTruncated
	}
	p.PayloadStart += header
	if p.Protocol == ProtocolAH && p.FragmentOffset == 0 {
		v := b[p.PayloadStart:p.PayloadEnd]
		if len(v) < 12 || 8+int(v[1])*4 > len(v) { // RFC 4302, 2.2
			return dissect.ErrTruncated
		}
		p.Protocol = v[0]
		p.PayloadStart += 8 + int(v[1])*4
	}
	return p.transport(b)
}

// ipv6 reads RFC 8200, 3 and 4.
func (p *Packet) ipv6(b []byte) error {
	v := b[p.PayloadStart:p.PayloadEnd]
	if len(v) < 40 {
		return dissect.ErrTruncated
	}
	if v[0]>>4 != 6 {
		return dissect.ErrMalformed
	}
	p.IPVersion, p.Layer = 6, LayerIP
	payload := int(binary.BigEndian.Uint16(v[4:]))
	p.Protocol = v[6]
	p.From, p.To = Addr(v[8:24]), Addr(v[24:40])
	if payload != 0 { // 0: a jumbogram, or offloaded
		p.IPLength = uint16(min(payload+40, 0xffff))
		if 40+payload < len(v) {
			p.PayloadEnd = p.PayloadStart + 40 + payload
		}
	}
	p.PayloadStart += 40
	return p.extensions(b)
}

// extensions walks the chain of extension headers.
func (p *Packet) extensions(b []byte) error {
	for range maxExtensions {
		v := b[p.PayloadStart:p.PayloadEnd]
		var size int
		switch p.Protocol {
		case ProtocolHopByHop, ProtocolRouting, ProtocolOptions, ProtocolMobility, ProtocolHIP, ProtocolShim6:
			if len(v) < 8 {
				return dissect.ErrTruncated
			}
			size = 8 + int(v[1])*8
		case ProtocolAH: // RFC 4302, 2.2: in units of 4 octets, minus 2
			if len(v) < 12 {
				return dissect.ErrTruncated
			}
			size = 8 + int(v[1])*4
		case ProtocolFragment:
			if len(v) < 8 {
				return dissect.ErrTruncated
			}
			offset := binary.BigEndian.Uint16(v[2:])
			p.FragmentOffset, p.MoreFragments = offset&^7, offset&1 != 0
			size = 8
		default:
			return p.transport(b)
		}
		if size > len(v) {
			return dissect.ErrTruncated
		}
		p.Protocol = v[0]
		p.PayloadStart += size
		if p.FragmentOffset != 0 {
			return nil // the next header is of the first fragment
		}
	}
	return dissect.ErrMalformed
}

func (p *Packet) transport(b []byte) error {
	if p.FragmentOffset != 0 {
		return nil
	}
	v := b[p.PayloadStart:p.PayloadEnd]
	switch p.Protocol {
	case ProtocolTCP:
		return p.tcp(v)
	case ProtocolUDP:
		if len(v) < 8 {
			return dissect.ErrTruncated
		}
		p.SourcePort, p.DestinationPort = binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[2:])
		n := int(binary.BigEndian.Uint16(v[4:]))
		if n < 8 && (n != 0 || p.IPVersion == 4) { // 0 is a jumbogram's (RFC 2675, 4)
			return dissect.ErrMalformed
		}
		if n >= 8 && n < len(v) {
			p.PayloadEnd = p.PayloadStart + n
		}
		p.Layer = LayerUDP
		p.PayloadStart += 8
	case ProtocolICMP, ProtocolICMPv6:
		if (p.Protocol == ProtocolICMP) != (p.IPVersion == 4) {
			return nil
		}
		if len(v) < 4 {
			return dissect.ErrTruncated
		}
		p.ICMPType, p.ICMPCode = v[0], v[1]
		p.Layer = LayerICMP
		p.PayloadStart += 4
	}
	return nil
}

// tcp reads RFC 9293, 3.1.
func (p *Packet) tcp(v []byte) error {
	if len(v) < 20 {
		return dissect.ErrTruncated
	}
	header := int(v[12]>>4) * 4
	if header < 20 {
		return dissect.ErrMalformed
	}
	p.SourcePort, p.DestinationPort = binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[2:])
	p.TCPFlags = v[13]
	p.Layer = LayerTCP
	p.PayloadStart += min(header, len(v))
	return nil
}
