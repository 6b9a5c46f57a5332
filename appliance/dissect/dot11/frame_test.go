package dot11_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dot11"
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

// Documentation addresses, as in the frames below.
var (
	a1 = wlan.MAC{0, 0, 0x5e, 0, 0x53, 1}
	a2 = wlan.MAC{0, 0, 0x5e, 0, 0x53, 2}
	a3 = wlan.MAC{0, 0, 0x5e, 0, 0x53, 3}
	a4 = wlan.MAC{0, 0, 0x5e, 0, 0x53, 4}
)

const (
	hex1 = " 00005e005301 "
	hex2 = " 00005e005302 "
	hex3 = " 00005e005303 "
	hex4 = " 00005e005304 "
)

var frames = []struct {
	name, hex string
	want      dot11.Frame
	err       error
}{
	{
		name: "a beacon", hex: "8000 0000 ffffffffffff" + hex2 + hex2 + "2010",
		want: dot11.Frame{
			Kind: dot11.Beacon, HeaderLen: 24, Sequence: 0x102, Receiver: wlan.Broadcast, Destination: wlan.Broadcast,
			Transmitter: a2, Source: a2, BSSID: a2,
		},
	},
	{
		name: "a protected deauthentication with HT control", hex: "c0c0 3a01" + hex1 + hex2 + hex3 + "2110 01020304",
		want: dot11.Frame{
			Kind: dot11.Deauthentication, HeaderLen: 28, Duration: 314, Sequence: 0x102, Fragment: 1, Protected: true,
			Receiver: a1, Destination: a1, Transmitter: a2, Source: a2, BSSID: a3,
		},
	},
	{
		name: "data to the AP, order without QoS is no HT control", hex: "0889 0000" + hex1 + hex2 + hex3 + "1000",
		want: dot11.Frame{
			Kind: 0x20, Direction: dot11.ToDS, HeaderLen: 24, Retry: true, Sequence: 1,
			Receiver: a1, BSSID: a1, Transmitter: a2, Source: a2, Destination: a3,
		},
	},
	{
		name: "QoS data from the AP with HT control and A-MSDU", hex: "8882 0000" + hex1 + hex2 + hex3 + "1000 8500 01020304",
		want: dot11.Frame{
			Kind: 0x28, Direction: dot11.FromDS, HeaderLen: 30, HasQoS: true, AMSDU: true, TID: 5, Sequence: 1,
			Receiver: a1, Destination: a1, Transmitter: a2, BSSID: a2, Source: a3,
		},
	},
	{
		name: "a queue size is no Mesh Control", hex: "8801 0000" + hex1 + hex2 + hex3 + "1000 1001",
		want: dot11.Frame{
			Kind: 0x28, Direction: dot11.ToDS, HeaderLen: 26, HasQoS: true, Sequence: 1,
			Receiver: a1, BSSID: a1, Transmitter: a2, Source: a2, Destination: a3,
		},
	},
	{
		name: "mesh data of four addresses", hex: "8803 0000" + hex1 + hex2 + hex3 + "1000" + hex4 + "0001",
		want: dot11.Frame{
			Kind: 0x28, Direction: dot11.Bridge, HeaderLen: 32, HasQoS: true, Mesh: true, Sequence: 1,
			Receiver: a1, Transmitter: a2, Destination: a3, Source: a4,
		},
	},
	{
		name: "QoS null has no subframes", hex: "c801 0000" + hex1 + hex2 + hex1 + "1000 8000",
		want: dot11.Frame{
			Kind: 0x2c, Direction: dot11.ToDS, HeaderLen: 26, HasQoS: true, Sequence: 1,
			Receiver: a1, BSSID: a1, Transmitter: a2, Source: a2, Destination: a1,
		},
	},
	{
		name: "data within an IBSS", hex: "0800 0000" + hex1 + hex2 + hex3 + "1000",
		want: dot11.Frame{
			Kind: 0x20, HeaderLen: 24, Sequence: 1, Receiver: a1, Destination: a1, Transmitter: a2, Source: a2, BSSID: a3,
		},
	},
	{
		name: "an acknowledgement has no transmitter", hex: "d400 0000" + hex1,
		want: dot11.Frame{Kind: dot11.ACK, HeaderLen: 10, Receiver: a1},
	},
	{
		name: "RTS that signals its bandwidth", hex: "b400 1000" + hex1 + "01005e005302",
		want: dot11.Frame{Kind: dot11.RTS, HeaderLen: 16, Duration: 16, Receiver: a1, Transmitter: a2},
	},
	{
		name: "PS-Poll", hex: "a410 01c0" + hex1 + hex2,
		want: dot11.Frame{
			Kind: dot11.PSPoll, HeaderLen: 16, Duration: 0xc001, PowerManagement: true, Receiver: a1, BSSID: a1, Transmitter: a2,
		},
	},
	{
		name: "CF-End", hex: "e400 0000 ffffffffffff" + hex2,
		want: dot11.Frame{Kind: dot11.CFEnd, HeaderLen: 16, Receiver: wlan.Broadcast, Transmitter: a2, BSSID: a2},
	},
	{
		name: "a control wrapper", hex: "7400 0000" + hex1 + "b400 01020304",
		want: dot11.Frame{Kind: dot11.ControlWrapper, HeaderLen: 16, Receiver: a1},
	},
	{
		name: "a DMG frame's subtype is not retry", hex: "640a 0000" + hex1 + hex2,
		want: dot11.Frame{Kind: dot11.ControlExtension, HeaderLen: 16, Receiver: a1, Transmitter: a2},
	},
	{
		name: "an S1G beacon", hex: "1cff 0000" + hex2 + "01020304 05",
		want: dot11.Frame{
			Kind: dot11.S1GBeacon, HeaderLen: 10, Receiver: wlan.Broadcast, Destination: wlan.Broadcast,
			Transmitter: a2, Source: a2, BSSID: a2,
		},
	},
	{
		name: "a DMG beacon", hex: "0c00 0000" + hex2,
		want: dot11.Frame{
			Kind: dot11.DMGBeacon, HeaderLen: 10, Receiver: wlan.Broadcast, Destination: wlan.Broadcast,
			Transmitter: a2, Source: a2, BSSID: a2,
		},
	},
	{name: "another version", hex: "8100 0000 ffffffffffff", want: dot11.Frame{Kind: dot11.Beacon, Version: 1}, err: dissect.ErrMalformed},
	{name: "nothing", hex: "80", err: dissect.ErrTruncated},
	{name: "cut in address 1", hex: "8000 0000 ffff", want: dot11.Frame{Kind: dot11.Beacon}, err: dissect.ErrTruncated},
	{
		name: "cut before the sequence", hex: "8000 0000 ffffffffffff" + hex2 + hex2,
		want: dot11.Frame{Kind: dot11.Beacon, Receiver: wlan.Broadcast}, err: dissect.ErrTruncated,
	},
	{
		name: "cut in HT control", hex: "8882 0000" + hex1 + hex2 + hex3 + "1000 0500 0102",
		want: dot11.Frame{
			Kind: 0x28, Direction: dot11.FromDS, HeaderLen: 30, HasQoS: true, TID: 5, Sequence: 1,
			Receiver: a1, Destination: a1, Transmitter: a2, BSSID: a2, Source: a3,
		},
		err: dissect.ErrTruncated,
	},
}

func TestDecode(t *testing.T) {
	for _, c := range frames {
		t.Run(c.name, func(t *testing.T) {
			var got dot11.Frame
			if err := dot11.Decode(octets(t, c.hex), &got); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("frame (-want +got):\n%s", d)
			}
		})
	}
}

func TestHasPayload(t *testing.T) {
	for kind, want := range map[dot11.Kind]bool{
		0x20: true, 0x28: true, 0x21: true, 0x24: false, 0x2c: false, dot11.Beacon: false, dot11.ACK: false,
	} {
		if got := kind.HasPayload(); got != want {
			t.Errorf("kind %#x has a payload: %v, want %v", uint8(kind), got, want)
		}
	}
}

const (
	eapol = "aaaa03 000000 888e 01030000"
	eth   = hex1 + hex2
)

func TestPayload(t *testing.T) {
	for _, c := range []struct {
		name, hex   string
		amsdu, mesh bool
		want        string
		err         error
	}{
		{name: "SNAP", hex: eapol, want: "01030000"},
		{name: "the first subframe of two", hex: eth + "000c" + eapol + eth + "000c" + eapol, amsdu: true, want: "01030000"},
		{name: "a subframe that claims too much", hex: eth + "ffff" + eapol, amsdu: true, want: "01030000"},
		{name: "a subframe too short for SNAP", hex: eth + "0004" + eapol, amsdu: true, err: dissect.ErrTruncated},
		{name: "Mesh Control", hex: "00 1f 01000000" + eapol, mesh: true, want: "01030000"},
		{name: "Mesh Control with two addresses", hex: "02 1f 01000000" + hex3 + hex4 + eapol, mesh: true, want: "01030000"},
		{name: "Mesh Control cut short", hex: "02 1f 01000000" + hex3, mesh: true, err: dissect.ErrTruncated},
		{name: "a bridge that is in no mesh", hex: eapol, mesh: true, want: "01030000"},
		{name: "no SNAP", hex: "424203 000000 888e", err: dissect.ErrMalformed},
		{name: "nothing", hex: "", err: dissect.ErrTruncated},
		{name: "nothing of a mesh", hex: "", mesh: true, err: dissect.ErrTruncated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := dot11.Frame{AMSDU: c.amsdu, Mesh: c.mesh}
			etherType, rest, err := f.Payload(octets(t, c.hex))
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil && (etherType != dot11.EtherTypeEAPOL || hex.EncodeToString(rest) != c.want) {
				t.Errorf("got %#x %x, want %#x %s", etherType, rest, dot11.EtherTypeEAPOL, c.want)
			}
		})
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range frames {
		b := octets(t, c.hex)
		var f dot11.Frame
		seeds.NoAllocation(t, func() { _ = dot11.Decode(b, &f) })
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range frames {
		if c.err != nil {
			continue
		}
		frame := octets(b, c.hex)
		var f dot11.Frame
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = dot11.Decode(frame, &f)
			}
		})
	}
}
