package wiretest

import (
	"fmt"

	"picket/shared/wire/wirepb"
)

// wire fills the tables of a mirror port with n hosts.
func (g *generator) wire(r *wirepb.Report, n int) {
	hosts := g.macs(n)
	local := make([]uint32, n)
	for i := range local {
		g.d.Ipv4 = append(g.d.Ipv4, 10, byte(g.Uint32()), byte(i>>8), byte(i))
		local[i] = uint32(i + 1)
	}
	far := make([]uint32, 2*n)
	for i := range far {
		g.d.Ipv6 = append(g.d.Ipv6, append([]byte{0x20, 0x01, 0x0d, 0xb8}, g.octets(12)...)...)
		far[i] = uint32(n + i + 1)
	}
	names := make([]uint32, n)
	for i := range names {
		g.d.Names = append(g.d.Names, fmt.Appendf(nil, "host-%04x.example.org", g.Uint32N(1<<16)))
		names[i] = uint32(i + 1)
	}
	octets := func(n int) []uint64 { return fill(n, func(int) uint64 { return g.Uint64N(1 << 20) }) }
	r.Hosts = &wirepb.HostTable{
		Mac: hosts, Vlan: g.any(n, []uint32{0, 10, 20}), Ip: local, FramesSent: g.below(n, 4000), BytesSent: octets(n),
		FramesReceived: g.below(n, 4000), BytesReceived: octets(n), Times: g.rounded(n),
	}
	r.Arp = &wirepb.ARPTable{
		Mac: hosts, Ip: local, Requests: g.below(n, 10), Replies: g.below(n, 10), Gratuitous: g.below(n, 2), Spoofed: g.below(n, 2),
		Times: g.times(n),
	}
	m := (n + 3) / 4
	r.Dhcp = &wirepb.DHCPTable{
		Client: hosts[:m], Server: g.any(m, local), ServerMac: g.any(m, hosts), Address: local[:m], Name: names[:m],
		VendorClass: g.any(m, names), Parameters: g.any(m, names), LeaseS: g.any(m, []uint32{3600, 86_400}), Discovers: g.below(m, 2),
		Offers: g.below(m, 2), Requests: g.atLeastOne(m, 2), Acks: g.atLeastOne(m, 2), Naks: g.below(m, 2), Others: g.below(m, 2), Times: g.times(m),
	}
	r.Dns = &wirepb.DNSTable{
		Client: local, Server: g.any(n, local), Name: names, Type: g.any(n, []uint32{1, 28, 65}), Questions: g.atLeastOne(n, 5),
		NoError: g.below(n, 5), NxDomain: g.below(n, 2), ServFail: g.below(n, 2), Refused: g.below(n, 2), Other: g.below(n, 2),
		Answer: g.any(n, far), Times: g.times(n),
	}
	f := 2 * n
	r.Flows = &wirepb.FlowTable{
		Protocol: g.any(f, []uint32{6, 17}), Client: g.any(f, local), ClientPort: fill(f, func(int) uint32 { return 32768 + g.Uint32N(28_000) }),
		Server: g.any(f, far), ServerPort: g.any(f, []uint32{443, 443, 80, 53}), PacketsSent: g.atLeastOne(f, 200), BytesSent: octets(f),
		PacketsReceived: g.below(f, 300), BytesReceived: octets(f), Syns: g.below(f, 2), SynAcks: g.below(f, 2), Fins: g.below(f, 3),
		Resets: g.below(f, 2), Times: g.rounded(f),
	}
	r.RemoteIds = &wirepb.RemoteIDTable{
		Transmitter: hosts[:1], BasicId: [][]byte{append([]byte{0x12}, "1596F0000000000001AB"...)}, LatitudeE7: []int32{510_541_000},
		LongitudeE7: []int32{37_174_000}, Frames: []uint32{9}, FrequencyMhz: []uint32{2437},
	}
}

// definitions makes the fingerprints that the tables refer to: few makers'
// elements, in many combinations.
func (g *generator) definitions() *wirepb.Definitions {
	d := new(wirepb.Definitions)
	ids := []uint32{0, 1, 3, 5, 7, 11, 45, 48, 50, 61, 70, 127, 191, 192, 221, 255}
	for i := range 64 {
		id := ids[i%len(ids)]
		e := &wirepb.Element{Index: uint32(i + 1), Id: id, IsVolatile: id == 0 || id == 3 || id == 5 || id == 11 || id == 61 || id == 192}
		switch id {
		case 221:
			e.VendorType = 0x0050f200 | g.Uint32N(5)
		case 255:
			e.IdExtension = 35 + g.Uint32N(2)
		}
		if !e.IsVolatile {
			e.Length = 4 + g.Uint32N(24)
			e.Content = g.octets(int(e.Length))
		}
		d.Elements = append(d.Elements, e)
	}
	for i := range 2*fingerprintsOfAPs + fingerprintsOfClients {
		kind := wirepb.Fingerprint_KIND_BEACON
		switch {
		case i >= 2*fingerprintsOfAPs:
			kind = wirepb.Fingerprint_KIND_PROBE_REQUEST
		case i >= fingerprintsOfAPs:
			kind = wirepb.Fingerprint_KIND_PROBE_RESPONSE
		}
		f := &wirepb.Fingerprint{Index: uint32(i + 1), Kind: kind, Capabilities: 0x0431}
		for j := range ids {
			f.Elements = append(f.Elements, uint32(j+1)+16*g.Uint32N(4))
		}
		d.Fingerprints = append(d.Fingerprints, f)
	}
	return d
}
