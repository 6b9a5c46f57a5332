package aggregate

import (
	"encoding/binary"
	"hash/maphash"

	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/ether"
	"picket/shared/wlan"
)

// ipKey is an IP address and its version.
type ipKey struct {
	addr    ether.Addr
	version uint8
}

func ipv4(a [4]byte) ipKey {
	k := ipKey{version: 4}
	copy(k.addr[:], a[:])
	return k
}

func (k ipKey) zero() bool { return k.addr == ether.Addr{} }

// hostKey is an Ethernet address, VLAN, and an IP address on this link or none.
type hostKey struct {
	mac uint64 // with the VLAN
	ip  ipKey
}

type hostRow struct {
	sent, received           uint32
	bytesSent, bytesReceived uint64
	span                     span
}

type arpKey struct {
	mac uint64
	ip  [4]byte
}

type arpRow struct {
	requests, replies, gratuitous, spoofed uint32
	span                                   span
}

type dhcpKey struct {
	client uint64
	server [4]byte
}

type dhcpRow struct {
	serverMAC                     wlan.MAC
	address                       [4]byte
	name, vendorClass, parameters nameRef
	lease                         uint32
	types                         [9]uint32 // by message type; 0: others
	span                          span
}

type dnsKey struct {
	client, server ipKey
	name           uint64 // seeded hash
	kind           uint16
}

type dnsRow struct {
	name      nameRef
	questions uint32
	noError   uint32
	nxDomain  uint32
	servFail  uint32
	refused   uint32
	other     uint32
	answer    ipKey
	span      span
}

// flowKey has its two ends in a fixed order, so that both directions find it.
type flowKey struct {
	low, high         ether.Addr
	lowPort, highPort uint16
	version, protocol uint8
}

type flowRow struct {
	clientIsLow              bool
	sent, received           uint32
	bytesSent, bytesReceived uint64
	syns, synACKs            uint32
	fins, resets             uint32
	span                     span
}

// names holds the texts of a window end to end.
type names struct {
	b       []byte
	refused uint64
}

// nameRef is where a text stands in names; size 0 is none.
type nameRef struct {
	at   uint32
	size uint16
}

func (n *names) reset() { n.b, n.refused = n.b[:0], 0 }

// add keeps a copy of v, at most 255 octets of it.
func (n *names) add(v []byte) nameRef {
	v = v[:min(len(v), 255)]
	if len(v) == 0 {
		return nameRef{}
	}
	if len(n.b)+len(v) > maxNames {
		n.refused++
		return nameRef{}
	}
	ref := nameRef{uint32(len(n.b)), uint16(len(v))}
	n.b = append(n.b, v...)
	return ref
}

// set replaces ref by v when they differ, so that a text repeated in every
// packet is kept once.
func (n *names) set(ref *nameRef, v []byte) {
	if v = v[:min(len(v), 255)]; len(v) > 0 && string(n.get(*ref)) != string(v) {
		*ref = n.add(v)
	}
}

func (n *names) get(ref nameRef) []byte { return n.b[ref.at : ref.at+uint32(ref.size)] }

// ether adds an Ethernet frame.
func (s *Shard) ether(w *Window, t int64, length int, frame []byte) {
	p := &s.packet
	if err := ether.Decode(frame, p); err != nil {
		w.Malformed++ // and what could be read still counts
	}
	if p.Layer == ether.LayerNone {
		return
	}
	ms := w.ms(t)
	s.hosts(w, uint64(length), ms)
	switch p.Layer {
	case ether.LayerARP:
		s.arp(w, ms)
	case ether.LayerTCP, ether.LayerUDP:
		s.flow(w, length, ms)
		payload := frame[min(p.PayloadStart, p.PayloadEnd, len(frame)):min(p.PayloadEnd, len(frame))]
		if len(payload) > 0 {
			s.application(w, ms, payload)
		}
	}
}

func (s *Shard) hosts(w *Window, length uint64, ms uint32) {
	p := &s.packet
	if !p.Source.Group() {
		k := hostKey{mac: packed(p.Source, p.VLAN)}
		if ip := (ipKey{p.From, p.IPVersion}); p.IPVersion != 0 && s.onLink(ip) {
			k.ip = ip
		}
		if row, isNew := w.hosts.get(k); row != nil {
			row.sent++
			row.bytesSent += length
			row.span.at(ms, isNew)
		}
	}
	if !p.Destination.Group() {
		k := hostKey{mac: packed(p.Destination, p.VLAN)}
		if ip := (ipKey{p.To, p.IPVersion}); p.IPVersion != 0 && s.onLink(ip) {
			k.ip = ip
		}
		if row, isNew := w.hosts.get(k); row != nil {
			row.received++
			row.bytesReceived += length
			row.span.at(ms, isNew)
		}
	}
}

// onLink reports whether an address in an IP header may be that of the Ethernet
// address beside it, rather than of somebody behind a router: it is private or
// link-local (RFC 1918, 3927, 6598, 4193, 4291). Of other addresses ARP and
// neighbour discovery tell whose they are.
func (s *Shard) onLink(ip ipKey) bool {
	a := ip.addr
	if ip.version == 4 {
		return a[0] == 10 || a[0] == 172 && a[1]&0xf0 == 16 || a[0] == 192 && a[1] == 168 ||
			a[0] == 169 && a[1] == 254 || a[0] == 100 && a[1]&0xc0 == 64
	}
	if a[0] == 0xfe && a[1]&0xc0 == 0x80 || a[0]&0xfe == 0xfc {
		return true
	}
	// Neighbour discovery does not cross a router (RFC 4861, 7.1).
	p := &s.packet
	const routerSolicitation, neighborAdvertisement = 133, 136
	return p.Layer == ether.LayerICMP && p.ICMPType >= routerSolicitation && p.ICMPType <= neighborAdvertisement &&
		a[0] != 0xff && !ip.zero()
}

func (s *Shard) arp(w *Window, ms uint32) {
	p := &s.packet
	if !p.ARP.IPv4 || p.ARP.SenderMAC.Group() {
		return
	}
	row, isNew := w.arps.get(arpKey{pack(p.ARP.SenderMAC), p.ARP.SenderIP})
	if row == nil {
		return
	}
	row.span.at(ms, isNew)
	switch p.ARP.Operation {
	case 1:
		row.requests++
	case 2:
		row.replies++
	}
	if p.ARP.SenderIP == p.ARP.TargetIP {
		row.gratuitous++
	}
	if p.ARP.SenderMAC != p.Source {
		row.spoofed++
	}
}

// less orders the ends of a flow.
func less(a ether.Addr, aPort uint16, b ether.Addr, bPort uint16) bool {
	if aPort != bPort {
		return aPort < bPort
	}
	ah, bh := binary.BigEndian.Uint64(a[:]), binary.BigEndian.Uint64(b[:])
	if ah != bh {
		return ah < bh
	}
	return binary.BigEndian.Uint64(a[8:]) < binary.BigEndian.Uint64(b[8:])
}

func (s *Shard) flow(w *Window, length int, ms uint32) {
	p := &s.packet
	k := flowKey{version: p.IPVersion, protocol: p.Protocol}
	fromLow := less(p.From, p.SourcePort, p.To, p.DestinationPort)
	if fromLow {
		k.low, k.lowPort, k.high, k.highPort = p.From, p.SourcePort, p.To, p.DestinationPort
	} else {
		k.low, k.lowPort, k.high, k.highPort = p.To, p.DestinationPort, p.From, p.SourcePort
	}
	row, isNew := w.flows.get(k)
	if row == nil {
		return
	}
	opens := p.TCPFlags & (ether.SYN | ether.ACK)
	if isNew {
		// A SYN-ACK is the server's.
		row.clientIsLow = fromLow != (p.Layer == ether.LayerTCP && opens == ether.SYN|ether.ACK)
	}
	row.span.at(ms, isNew)
	size := uint64(p.IPLength)
	if size == 0 { // the header leaves it open
		size = uint64(length)
	}
	if row.clientIsLow == fromLow {
		row.sent++
		row.bytesSent += size
	} else {
		row.received++
		row.bytesReceived += size
	}
	if p.Layer != ether.LayerTCP {
		return
	}
	switch opens {
	case ether.SYN:
		row.syns++
	case ether.SYN | ether.ACK:
		row.synACKs++
	}
	if p.TCPFlags&ether.FIN != 0 {
		row.fins++
	}
	if p.TCPFlags&ether.RST != 0 {
		row.resets++
	}
}

const dnsPort = 53

func (s *Shard) application(w *Window, ms uint32, payload []byte) {
	p := &s.packet
	switch {
	case p.SourcePort == dnsPort || p.DestinationPort == dnsPort:
		if p.Layer == ether.LayerTCP {
			// Two octets of length stand before a message (RFC 1035, 4.2.2).
			if len(payload) < 14 || int(binary.BigEndian.Uint16(payload)) < 12 {
				return
			}
			payload = payload[2:]
		}
		s.dns(w, ms, payload)
	case p.Layer == ether.LayerUDP && p.IPVersion == 4 &&
		(p.SourcePort == dhcp.ServerPort || p.DestinationPort == dhcp.ServerPort ||
			p.SourcePort == dhcp.ClientPort || p.DestinationPort == dhcp.ClientPort):
		s.dhcp(w, ms, payload)
	}
}

func (s *Shard) dns(w *Window, ms uint32, payload []byte) {
	p, m := &s.packet, &s.message
	_ = dns.Decode(payload, m) // what precedes the damage counts
	if !m.HasQuestion {
		return
	}
	name := m.Name()
	k := dnsKey{name: maphash.Bytes(s.announcements.defs.seed, name), kind: m.Type}
	k.client, k.server = ipKey{p.From, p.IPVersion}, ipKey{p.To, p.IPVersion}
	if m.Response {
		k.client, k.server = k.server, k.client
	}
	row, isNew := w.dnss.get(k)
	if row == nil {
		return
	}
	if isNew {
		row.name = w.names.add(name)
	}
	row.span.at(ms, isNew)
	if !m.Response {
		row.questions++
		return
	}
	switch m.RCODE {
	case dns.NoError:
		row.noError++
	case dns.NXDomain:
		row.nxDomain++
	case dns.ServFail:
		row.servFail++
	case dns.Refused:
		row.refused++
	default:
		row.other++
	}
	if m.AddressLen != 0 {
		row.answer = ipKey{m.Address, 6}
		if m.AddressLen == 4 {
			row.answer.version = 4
		}
	}
}

func (s *Shard) dhcp(w *Window, ms uint32, payload []byte) {
	m := &s.lease
	if err := dhcp.Decode(payload, m); err != nil && m.Type == 0 {
		w.Malformed++
		return
	}
	row, isNew := w.dhcps.get(dhcpKey{pack(m.Client), m.Server})
	if row == nil {
		return
	}
	row.span.at(ms, isNew)
	kind := m.Type
	if int(kind) >= len(row.types) {
		kind = 0
	}
	row.types[kind]++
	switch {
	case m.YourIP != [4]byte{}:
		row.address = m.YourIP
	case m.Requested != [4]byte{}:
		row.address = m.Requested
	case m.ClientIP != [4]byte{}:
		row.address = m.ClientIP
	}
	if m.Reply {
		row.serverMAC = s.packet.Source
	} else {
		w.names.set(&row.name, m.HostName.Bytes())
		w.names.set(&row.vendorClass, m.VendorClass.Bytes())
		w.names.set(&row.parameters, m.Parameters.Bytes())
	}
	if m.LeaseS != 0 {
		row.lease = m.LeaseS
	}
}
