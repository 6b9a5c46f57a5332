package count_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"picket/appliance/capture"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/ether"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
	"picket/shared/build/corpus"
)

// opinion is what two decoders can agree on in one packet: by field, what each
// says, as text.
type opinion map[string][2]string

func (o opinion) add(field string, ours, theirs any) {
	o[field] = [2]string{fmt.Sprint(ours), fmt.Sprint(theirs)}
}

// air compares the radiotap header and the MAC header.
func air(p *capture.Packet) opinion {
	var h radiotap.Header
	_, frame, err := link.Decode(link.Radiotap, p.Data, p.Length, &h)
	if err != nil || p.Length != len(p.Data) {
		return nil
	}
	theirs := decode(p.Data, layers.LayerTypeRadioTap)
	if theirs == nil {
		return nil
	}
	o := make(opinion)
	if rt, ok := theirs.Layer(layers.LayerTypeRadioTap).(*layers.RadioTap); ok {
		o.add("header octets", h.Len, rt.Length)
		o.add("frequency", uint16(h.Frequency), uint16(rt.ChannelFrequency))
		if rt.Present.TSFT() {
			o.add("TSFT", uint64(h.TSFT), rt.TSFT)
		}
		if rt.Present.Rate() {
			o.add("rate", h.Rate, uint8(rt.Rate))
		}
		o.add("FCS", h.FCS, rt.Flags.FCS())
	}
	var f dot11.Frame
	if dot11.Decode(frame, &f) != nil || h.BadFCS {
		return o
	}
	if d, ok := theirs.Layer(layers.LayerTypeDot11).(*layers.Dot11); ok {
		o.add("retry", f.Retry, d.Flags.Retry())
		o.add("protected", f.Protected, d.Flags.WEP())
		if f.Kind.Type() != dot11.Extension { // what a DMG beacon has there is its BSSID
			o.add("address 1", f.Receiver, d.Address1)
		}
		if f.Kind.Type() == dot11.Management || f.Kind.Type() == dot11.Data {
			o.add("address 2", f.Transmitter, d.Address2)
			o.add("sequence", f.Sequence, d.SequenceNumber)
			o.add("fragment", f.Fragment, d.FragmentNumber)
		}
		if f.Kind.Type() == dot11.Management {
			o.add("BSSID", f.BSSID, d.Address3)
		}
	}
	return o
}

// wire compares addresses, ports and flags.
func wire(p *capture.Packet) opinion {
	var e ether.Packet
	if p.Length != len(p.Data) || ether.Decode(p.Data, &e) != nil {
		return nil
	}
	theirs := decode(p.Data, layers.LayerTypeEthernet)
	if theirs == nil {
		return nil
	}
	o := make(opinion)
	if eth, ok := theirs.Layer(layers.LayerTypeEthernet).(*layers.Ethernet); ok {
		o.add("source", e.Source, eth.SrcMAC)
		o.add("destination", e.Destination, eth.DstMAC)
	}
	if e.Layer < ether.LayerIP {
		return o
	}
	switch ip := theirs.NetworkLayer().(type) {
	case *layers.IPv4:
		o.add("from", e.From.Addr(e.IPVersion), ip.SrcIP)
		o.add("to", e.To.Addr(e.IPVersion), ip.DstIP)
		o.add("offset", e.FragmentOffset, ip.FragOffset*8)
	case *layers.IPv6:
		o.add("from", e.From.Addr(e.IPVersion), ip.SrcIP)
		o.add("to", e.To.Addr(e.IPVersion), ip.DstIP)
	}
	if e.FragmentOffset != 0 || e.MoreFragments { // the library reads no transport header then
		return o
	}
	switch l := theirs.TransportLayer().(type) {
	case *layers.TCP:
		o.add("TCP ports", [2]uint16{e.SourcePort, e.DestinationPort}, [2]uint16{uint16(l.SrcPort), uint16(l.DstPort)})
		o.add("SYN", e.TCPFlags&ether.SYN != 0, l.SYN)
		o.add("ACK", e.TCPFlags&ether.ACK != 0, l.ACK)
		o.add("TCP payload", e.PayloadEnd-e.PayloadStart, len(l.Payload))
	case *layers.UDP:
		o.add("UDP ports", [2]uint16{e.SourcePort, e.DestinationPort}, [2]uint16{uint16(l.SrcPort), uint16(l.DstPort)})
		o.add("UDP payload", e.PayloadEnd-e.PayloadStart, len(l.Payload))
	}
	return o
}

// decode returns what the library makes of a packet, nil when it panicked or found
// a tunnel, where its layers are not the outermost ones.
func decode(b []byte, first gopacket.LayerType) (p gopacket.Packet) {
	defer func() {
		if recover() != nil {
			p = nil
		}
	}()
	p = gopacket.NewPacket(b, first, gopacket.NoCopy)
	networks := 0
	for _, l := range p.Layers() {
		switch l.LayerType() {
		case layers.LayerTypeEthernet, layers.LayerTypeIPv4, layers.LayerTypeIPv6:
			networks++
		}
	}
	if first == layers.LayerTypeEthernet && networks > 2 || first != layers.LayerTypeEthernet && networks > 1 {
		return nil
	}
	return p
}

// TestFieldsAgreeWithGopacket compares fields packet by packet, where the counts
// of tshark compare sums.
func TestFieldsAgreeWithGopacket(t *testing.T) {
	dir := corpus.Dir(t)
	for _, c := range []struct {
		folder  string
		link    capture.LinkType
		compare func(*capture.Packet) opinion
	}{
		{"dot11", link.Radiotap, air},
		{"ethernet", link.Ethernet, wire},
	} {
		files, err := filepath.Glob(filepath.Join(dir, c.folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		compared, agreed := 0, 0
		for _, path := range files {
			f, err := capture.OpenFile(path)
			if err != nil {
				continue
			}
			var p capture.Packet
			for number := 1; f.Next(&p) == nil; number++ {
				if p.LinkType != c.link {
					continue
				}
				for field, said := range c.compare(&p) {
					compared++
					switch why, known := gopacketErrs[filepath.Base(path)+" "+field]; {
					case said[0] == said[1]:
						agreed++
					case known:
						t.Logf("%s frame %d: %s is %s, gopacket says %s: %s", filepath.Base(path), number, field, said[0], said[1], why)
					default:
						t.Errorf("%s frame %d: %s is %s, gopacket says %s", filepath.Base(path), number, field, said[0], said[1])
					}
				}
			}
			f.Close()
		}
		t.Logf("%s: %d of %d fields agree", c.folder, agreed, compared)
	}
}

// gopacketErrs names files and fields in which the library is wrong.
var gopacketErrs = map[string]string{
	"tcpdump__bigtcp-ipv4.pcap TCP payload": "the total length is 0, since 80040 does not fit; the library takes it modulo 65536",
}
