package aggregate_test

import (
	"bytes"
	"fmt"
	"net/netip"

	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/ether"
)

func (r *reference) ether(t int64, length int, frame []byte) {
	var p ether.Packet
	_ = ether.Decode(frame, &p)
	if p.Layer == ether.LayerNone {
		return
	}
	if !p.Source.Group() {
		id := r.row("hosts", key(p.Source), fmt.Sprint(p.VLAN), local(&p, p.From))
		r.count(id, "frames_sent", 1)
		r.count(id, "bytes_sent", uint64(length))
		r.time(id, t)
	}
	if !p.Destination.Group() {
		id := r.row("hosts", key(p.Destination), fmt.Sprint(p.VLAN), local(&p, p.To))
		r.count(id, "frames_received", 1)
		r.count(id, "bytes_received", uint64(length))
		r.time(id, t)
	}
	switch p.Layer {
	case ether.LayerARP:
		r.arp(&p, t)
	case ether.LayerTCP, ether.LayerUDP:
		r.flow(&p, length, t)
		payload := frame[min(p.PayloadStart, p.PayloadEnd, len(frame)):min(p.PayloadEnd, len(frame))]
		if len(payload) > 0 {
			r.application(&p, t, payload)
		}
	}
}

// local is the address if it can be that of a host on this link, "" if not.
func local(p *ether.Packet, a ether.Addr) string {
	if p.IPVersion == 0 {
		return ""
	}
	ip := a.Addr(p.IPVersion)
	shared := netip.MustParsePrefix("100.64.0.0/10")
	if ip.Is4() {
		if ip.IsPrivate() || ip.IsLinkLocalUnicast() || shared.Contains(ip) {
			return ip.String()
		}
		return ""
	}
	raw := ip.As16()
	if raw[0] == 0xfe && raw[1]&0xc0 == 0x80 || raw[0]&0xfe == 0xfc {
		return ip.String()
	}
	discovery := p.Layer == ether.LayerICMP && p.ICMPType >= 133 && p.ICMPType <= 136
	if discovery && raw[0] != 0xff && !ip.IsUnspecified() {
		return ip.String()
	}
	return ""
}

func (r *reference) arp(p *ether.Packet, t int64) {
	if !p.ARP.IPv4 || p.ARP.SenderMAC.Group() {
		return
	}
	id := r.row("arp", key(p.ARP.SenderMAC), ip4(p.ARP.SenderIP))
	r.time(id, t)
	switch p.ARP.Operation {
	case 1:
		r.count(id, "requests", 1)
	case 2:
		r.count(id, "replies", 1)
	}
	if p.ARP.SenderIP == p.ARP.TargetIP {
		r.count(id, "gratuitous", 1)
	}
	if p.ARP.SenderMAC != p.Source {
		r.count(id, "spoofed", 1)
	}
}

func (r *reference) flow(p *ether.Packet, length int, t int64) {
	from, to := p.From.Addr(p.IPVersion).String(), p.To.Addr(p.IPVersion).String()
	forth := []string{fmt.Sprint(p.Protocol), from, fmt.Sprint(p.SourcePort), to, fmt.Sprint(p.DestinationPort)}
	back := []string{forth[0], to, forth[4], from, forth[2]}
	name := func(k []string) string { return fmt.Sprintf("%s %s %s %s %s", k[0], k[1], k[2], k[3], k[4]) }
	_, knownForth := r.tables["flows"][name(forth)]
	_, knownBack := r.tables["flows"][name(back)]
	opening := p.TCPFlags & (ether.SYN | ether.ACK)
	sent := true
	var id string
	switch {
	case knownForth:
		// One end speaking to itself: both directions are one.
		id = "flows " + name(forth)
	case knownBack:
		id, sent = "flows "+name(back), false
	case p.Layer == ether.LayerTCP && opening == ether.SYN|ether.ACK:
		id, sent = r.row("flows", back...), false
	default:
		id = r.row("flows", forth...)
	}
	r.time(id, t)
	size := uint64(p.IPLength)
	if size == 0 {
		size = uint64(length)
	}
	if sent {
		r.count(id, "packets_sent", 1)
		r.count(id, "bytes_sent", size)
	} else {
		r.count(id, "packets_received", 1)
		r.count(id, "bytes_received", size)
	}
	if p.Layer != ether.LayerTCP {
		return
	}
	switch opening {
	case ether.SYN:
		r.count(id, "syns", 1)
	case ether.SYN | ether.ACK:
		r.count(id, "syn_acks", 1)
	}
	if p.TCPFlags&ether.FIN != 0 {
		r.count(id, "fins", 1)
	}
	if p.TCPFlags&ether.RST != 0 {
		r.count(id, "resets", 1)
	}
}

func (r *reference) application(p *ether.Packet, t int64, payload []byte) {
	has := func(port uint16) bool { return p.SourcePort == port || p.DestinationPort == port }
	switch {
	case has(53):
		if p.Layer == ether.LayerTCP {
			if len(payload) < 14 || be16(payload) < 12 {
				return
			}
			payload = payload[2:]
		}
		r.dns(p, t, payload)
	case p.Layer == ether.LayerUDP && p.IPVersion == 4 && (has(67) || has(68)):
		r.dhcp(p, t, payload)
	}
}

func (r *reference) dns(p *ether.Packet, t int64, payload []byte) {
	var m dns.Message
	_ = dns.Decode(payload, &m)
	if !m.HasQuestion {
		return
	}
	client, server := p.From, p.To
	if m.Response {
		client, server = server, client
	}
	name := ""
	if len(m.Name()) > 0 {
		name = fmt.Sprintf("%q", m.Name())
	}
	id := r.row("dns", client.Addr(p.IPVersion).String(), server.Addr(p.IPVersion).String(), name, fmt.Sprint(m.Type))
	r.time(id, t)
	if !m.Response {
		r.count(id, "questions", 1)
		return
	}
	field, ok := map[uint8]string{0: "no_error", 2: "serv_fail", 3: "nx_domain", 5: "refused"}[m.RCODE]
	if !ok {
		field = "other"
	}
	r.count(id, field, 1)
	switch m.AddressLen {
	case 4:
		r.set(id, "answer", ip4([4]byte(m.Address[:4])))
	case 16:
		if m.Address != [16]byte{} {
			r.set(id, "answer", netip.AddrFrom16(m.Address).String())
		}
	}
}

func (r *reference) dhcp(p *ether.Packet, t int64, payload []byte) {
	var m dhcp.Message
	if err := dhcp.Decode(payload, &m); err != nil && m.Type == 0 {
		return
	}
	id := r.row("dhcp", key(m.Client), ip4(m.Server))
	r.time(id, t)
	field, ok := map[uint8]string{1: "discovers", 2: "offers", 3: "requests", 5: "acks", 6: "naks"}[m.Type]
	if !ok {
		field = "others"
	}
	r.count(id, field, 1)
	for _, a := range [][4]byte{m.YourIP, m.Requested, m.ClientIP} {
		if a != [4]byte{} {
			r.set(id, "address", ip4(a))
			break
		}
	}
	if m.Reply {
		r.set(id, "server_mac", mac(p.Source))
	} else {
		for field, b := range map[string][]byte{
			"name": m.HostName.Bytes(), "vendor_class": m.VendorClass.Bytes(), "parameters": m.Parameters.Bytes(),
		} {
			if len(b) > 0 {
				r.set(id, field, fmt.Sprintf("%q", bytes.Clone(b)))
			}
		}
	}
	if m.LeaseS != 0 && id != "" {
		r.numbers[id]["lease_s"] = uint64(m.LeaseS)
	}
}
