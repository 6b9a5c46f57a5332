package ether_test

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/ether"
	"picket/appliance/dissect/internal/seeds"
	"picket/shared/wlan"
)

func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Parts of frames, with documentation addresses.
const (
	macs = "00005e005302 00005e005301 "
	arp  = "0001 0800 06 04 0001 00005e005301 c0000201 000000000000 c0000202"
	v4   = "c0000201 c6336401"
	v6   = "20010db8000000000000000000000001 20010db8000000000000000000000002"
	udp  = "3039 0035 000c 0000 01020304"
	syn  = "3039 0050 00000001 00000000 5002 ffff 0000 0000"
)

var (
	source      = wlan.MAC{0, 0, 0x5e, 0, 0x53, 1}
	destination = wlan.MAC{0, 0, 0x5e, 0, 0x53, 2}
	from4, to4  = ether.Addr{192, 0, 2, 1}, ether.Addr{198, 51, 100, 1}
	from6       = ether.Addr{0x20, 0x01, 0x0d, 0xb8, 15: 1}
	to6         = ether.Addr{0x20, 0x01, 0x0d, 0xb8, 15: 2}
)

var frames = []struct {
	name, hex string
	want      ether.Packet // without its two addresses
	err       error
}{
	{
		name: "ARP request", hex: macs + "0806" + arp,
		want: ether.Packet{
			Layer: ether.LayerARP, EtherType: ether.TypeARP, PayloadStart: 14, PayloadEnd: 42,
			ARP: ether.ARP{
				Operation: 1, IPv4: true, SenderMAC: source,
				SenderIP: [4]byte{192, 0, 2, 1}, TargetIP: [4]byte{192, 0, 2, 2},
			},
		},
	},
	{
		name: "ARP of other addresses", hex: macs + "0806 0006 0800 08 04 0002" + strings.Repeat("00", 24),
		want: ether.Packet{
			Layer: ether.LayerARP, EtherType: ether.TypeARP, PayloadStart: 14, PayloadEnd: 46, ARP: ether.ARP{Operation: 2},
		},
	},
	{
		name: "UDP in IPv4 behind two tags, with padding",
		hex:  macs + "88a8 2064 8100 000a 0800 4500 0020 0001 0000 40 11 0000" + v4 + udp + "0000",
		want: ether.Packet{
			Layer: ether.LayerUDP, EtherType: ether.TypeIPv4, VLANs: 2, VLAN: 100, IPVersion: 4, Protocol: 17, IPLength: 32,
			From: from4, To: to4, SourcePort: 12345, DestinationPort: 53, PayloadStart: 50, PayloadEnd: 54,
		},
	},
	{
		name: "TCP in IPv4 with options, total length 0",
		hex:  macs + "0800 4600 0000 0001 4000 40 06 0000" + v4 + "01010101" + syn,
		want: ether.Packet{
			Layer: ether.LayerTCP, EtherType: ether.TypeIPv4, IPVersion: 4, Protocol: 6, From: from4, To: to4,
			SourcePort: 12345, DestinationPort: 80, TCPFlags: ether.SYN, PayloadStart: 58, PayloadEnd: 58,
		},
	},
	{
		name: "a later fragment has no ports",
		hex:  macs + "0800 4500 0020 0001 2003 40 11 0000" + v4 + udp,
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv4, IPVersion: 4, Protocol: 17, IPLength: 32, From: from4, To: to4,
			MoreFragments: true, FragmentOffset: 24, PayloadStart: 34, PayloadEnd: 46,
		},
	},
	{
		name: "UDP behind an authentication header",
		hex:  macs + "0800 4500 0038 0001 0000 40 33 0000" + v4 + "11 04 0000 00000001 00000001" + strings.Repeat("aa", 12) + udp,
		want: ether.Packet{
			Layer: ether.LayerUDP, EtherType: ether.TypeIPv4, IPVersion: 4, Protocol: 17, IPLength: 56, From: from4, To: to4,
			SourcePort: 12345, DestinationPort: 53, PayloadStart: 66, PayloadEnd: 70,
		},
	},
	{
		name: "IPv6 with hop-by-hop, destination options, authentication and an atomic fragment",
		hex: macs + "86dd 60000000 0034 00 40" + v6 + "3c 00 0104 00000000" + "33 00 0104 00000000" + "2c 02 0000 00000001 00000001 00000000" +
			"11 00 0000 00000001" + udp,
		want: ether.Packet{
			Layer: ether.LayerUDP, EtherType: ether.TypeIPv6, IPVersion: 6, Protocol: 17, IPLength: 92, From: from6, To: to6,
			SourcePort: 12345, DestinationPort: 53, PayloadStart: 102, PayloadEnd: 106,
		},
	},
	{
		name: "a later fragment of IPv6",
		hex:  macs + "86dd 60000000 0010 2c 40" + v6 + "11 00 0029 00000001" + "0102030405060708",
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv6, IPVersion: 6, Protocol: 17, IPLength: 56, From: from6, To: to6,
			MoreFragments: true, FragmentOffset: 40, PayloadStart: 62, PayloadEnd: 70,
		},
	},
	{
		name: "an extension header beyond the packet",
		hex:  macs + "86dd 60000000 0008 00 40" + v6 + "3c 01 0104 00000000",
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv6, IPVersion: 6, IPLength: 48, From: from6, To: to6,
			PayloadStart: 54, PayloadEnd: 62,
		},
		err: dissect.ErrTruncated,
	},
	{
		name: "extension headers without end",
		hex:  macs + "86dd 60000000 0420 00 40" + v6 + strings.Repeat("00 00 0104 00000000", 132),
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv6, IPVersion: 6, IPLength: 1096, From: from6, To: to6,
			PayloadStart: 54 + 128*8, PayloadEnd: 54 + 132*8,
		},
		err: dissect.ErrMalformed,
	},
	{
		name: "neighbor solicitation",
		hex:  macs + "86dd 60000000 0008 3a ff" + v6 + "87 00 0000 00000000",
		want: ether.Packet{
			Layer: ether.LayerICMP, EtherType: ether.TypeIPv6, IPVersion: 6, Protocol: 58, IPLength: 48, From: from6, To: to6,
			ICMPType: 135, PayloadStart: 58, PayloadEnd: 62,
		},
	},
	{
		name: "ICMPv6 in IPv4 is neither",
		hex:  macs + "0800 4500 001c 0001 0000 40 3a 0000" + v4 + "8700 0000 00000000",
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv4, IPVersion: 4, Protocol: 58, IPLength: 28, From: from4, To: to4,
			PayloadStart: 34, PayloadEnd: 42,
		},
	},
	{
		name: "802.3 with LLC: spanning tree, with padding",
		hex:  macs + "0007 424203 00000000 0000",
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: 7, PayloadStart: 14, PayloadEnd: 21},
	},
	{
		name: "a tag within SNAP",
		hex:  macs + "0028 aaaa03 000000 8100 0005 0806" + arp,
		want: ether.Packet{
			Layer: ether.LayerARP, EtherType: ether.TypeARP, VLANs: 1, VLAN: 5, PayloadStart: 26, PayloadEnd: 54,
			ARP: ether.ARP{
				Operation: 1, IPv4: true, SenderMAC: source,
				SenderIP: [4]byte{192, 0, 2, 1}, TargetIP: [4]byte{192, 0, 2, 2},
			},
		},
	},
	{
		name: "a length that ends before SNAP does",
		hex:  macs + "0003 aaaa03 000000 0800 4500",
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: 3, PayloadStart: 14, PayloadEnd: 17},
	},
	{
		name: "a tag cut off", hex: macs + "8100 00",
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: ether.TypeVLAN, PayloadStart: 14, PayloadEnd: 15},
		err:  dissect.ErrTruncated,
	},
	{
		name: "five tags", hex: macs + strings.Repeat("8100 0001", 5) + "0800",
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: ether.TypeVLAN, VLANs: 4, VLAN: 1, PayloadStart: 30, PayloadEnd: 34},
		err:  dissect.ErrMalformed,
	},
	{
		name: "a header length below the least", hex: macs + "0800 4400 0020 0001 0000 40 11 0000" + v4,
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: ether.TypeIPv4, PayloadStart: 14, PayloadEnd: 34},
		err:  dissect.ErrMalformed,
	},
	{
		name: "a total length below the header's", hex: macs + "0800 4500 0013 0001 0000 40 11 0000" + v4,
		want: ether.Packet{Layer: ether.LayerEthernet, EtherType: ether.TypeIPv4, PayloadStart: 14, PayloadEnd: 34},
		err:  dissect.ErrMalformed,
	},
	{
		name: "a UDP length below the header's", hex: macs + "0800 4500 0020 0001 0000 40 11 0000" + v4 + "3039 0035 0007 0000 01020304",
		want: ether.Packet{
			Layer: ether.LayerIP, EtherType: ether.TypeIPv4, IPVersion: 4, Protocol: 17, IPLength: 32, From: from4, To: to4,
			SourcePort: 12345, DestinationPort: 53, PayloadStart: 34, PayloadEnd: 46,
		},
		err: dissect.ErrMalformed,
	},
}

func TestDecode(t *testing.T) {
	for _, c := range frames {
		t.Run(c.name, func(t *testing.T) {
			var got ether.Packet
			if err := ether.Decode(octets(t, c.hex), &got); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			c.want.Source, c.want.Destination = source, destination
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("packet (-want +got):\n%s", d)
			}
		})
	}
}

// Every prefix of a frame is a frame that was cut short.
func TestDecodeOfCutFrames(t *testing.T) {
	for _, c := range frames {
		b := octets(t, c.hex)
		var p ether.Packet
		for n := range b {
			_ = ether.Decode(b[:n:n], &p)
			check(t, b[:n], &p)
		}
	}
}

func check(t *testing.T, b []byte, p *ether.Packet) {
	t.Helper()
	if p.PayloadStart < 0 || p.PayloadStart > p.PayloadEnd || p.PayloadEnd > len(b) {
		t.Errorf("payload from %d to %d of %d octets", p.PayloadStart, p.PayloadEnd, len(b))
	}
	if p.Layer > ether.LayerNone && p.PayloadStart < 14 {
		t.Errorf("payload from %d, within the header", p.PayloadStart)
	}
}

func TestAddr(t *testing.T) {
	if got, want := from4.Addr(4), netip.MustParseAddr("192.0.2.1"); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := from6.Addr(6), netip.MustParseAddr("2001:db8::1"); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range frames {
		b := octets(t, c.hex)
		var p ether.Packet
		seeds.NoAllocation(t, func() { _ = ether.Decode(b, &p) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range frames {
		f.Add(octets(f, c.hex))
	}
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 1 {
			f.Add(b[:min(len(b), 256)])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		seeds.Promises(t, b, ether.Decode, seeds.Itself)
		var p ether.Packet
		_ = ether.Decode(b, &p)
		check(t, b, &p)
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range frames {
		if c.err != nil {
			continue
		}
		frame := octets(b, c.hex)
		var p ether.Packet
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = ether.Decode(frame, &p)
			}
		})
	}
}
