package link_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"picket/appliance/dissect"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
)

func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

const (
	plain    = "0000 0900 02000000 00" // radiotap without FCS
	withFCS  = "0000 0900 02000000 10"
	ack      = "d400 0000 00005e005301"
	checksum = "aabbccdd"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name     string
		linkType uint16
		hex      string
		more     int // octets that the capture cut off
		kind     link.Kind
		want     string
		header   int
		err      error
	}{
		{name: "bare 802.11", linkType: link.IEEE80211, hex: ack, kind: link.Dot11, want: ack},
		{name: "Ethernet", linkType: link.Ethernet, hex: ack, kind: link.Ether, want: ack},
		{name: "radiotap without FCS", linkType: link.Radiotap, hex: plain + ack, kind: link.Dot11, want: ack, header: 9},
		{name: "radiotap with FCS", linkType: link.Radiotap, hex: withFCS + ack + checksum, kind: link.Dot11, want: ack, header: 9},
		{name: "FCS cut in half", linkType: link.Radiotap, hex: withFCS + ack + "aabb", more: 2, kind: link.Dot11, want: ack, header: 9},
		{name: "FCS cut off", linkType: link.Radiotap, hex: withFCS + ack, more: 4, kind: link.Dot11, want: ack, header: 9},
		{name: "frame cut off", linkType: link.Radiotap, hex: withFCS + "d400", more: 12, kind: link.Dot11, want: "d400", header: 9},
		{name: "a length that is less than there is", linkType: link.Radiotap, hex: withFCS + ack + checksum, more: -9, kind: link.Dot11, want: ack, header: 9},
		{name: "FCS and nothing else", linkType: link.Radiotap, hex: withFCS + "aabb", kind: link.Dot11, want: "", header: 9},
		{name: "damaged fields do not hide the frame", linkType: link.Radiotap, hex: "0000 0800 08000000" + ack, kind: link.Dot11, want: ack, header: 8},
		{name: "a header beyond the capture", linkType: link.Radiotap, hex: "0000 ff00 02000000 10", kind: link.Dot11, err: dissect.ErrTruncated},
		{name: "PPI around 802.11", linkType: link.PPI, hex: "0000 0800 69000000" + ack, kind: link.Dot11, want: ack, header: 8},
		{name: "PPI around Ethernet", linkType: link.PPI, hex: "0000 0800 01000000" + ack, kind: link.Ether, want: ack, header: 8},
		{name: "PPI around radiotap", linkType: link.PPI, hex: "0000 0800 7f000000" + withFCS + ack + checksum, kind: link.Dot11, want: ack, header: 17},
		{name: "PPI around something else", linkType: link.PPI, hex: "0000 0800 ff000000" + ack, kind: link.Unsupported, header: 8},
		{name: "a link type without a dissector", linkType: 147, hex: ack, kind: link.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := octets(t, c.hex)
			h := radiotap.Header{Len: 99}
			kind, frame, err := link.Decode(c.linkType, b, len(b)+c.more, &h)
			if kind != c.kind || !errors.Is(err, c.err) {
				t.Errorf("kind %d, error %v; want %d, %v", kind, err, c.kind, c.err)
			}
			if want := octets(t, c.want); !bytes.Equal(frame, want) {
				t.Errorf("frame %x, want %x", frame, want)
			}
			if h.Len != c.header {
				t.Errorf("header of %d octets, want %d", h.Len, c.header)
			}
		})
	}
}

func TestBodyMindsPadding(t *testing.T) {
	frame := make([]byte, 30)
	for _, c := range []struct {
		n       int
		pad     bool
		want    int
		problem error
	}{
		{24, false, 6, nil}, {26, false, 4, nil}, {26, true, 2, nil}, {24, true, 6, nil},
		{30, false, 0, nil}, {30, true, 0, dissect.ErrTruncated}, {31, false, 0, dissect.ErrTruncated},
	} {
		body, err := link.Body(frame, c.n, &radiotap.Header{DataPad: c.pad})
		if len(body) != c.want || !errors.Is(err, c.problem) {
			t.Errorf("header of %d, padding %v: %d octets, error %v; want %d, %v", c.n, c.pad, len(body), err, c.want, c.problem)
		}
	}
}

func TestKindOf(t *testing.T) {
	for linkType, want := range map[uint16]link.Kind{
		link.Ethernet: link.Ether, link.IEEE80211: link.Dot11, link.Prism: link.Dot11, link.Radiotap: link.Dot11,
		link.AVS: link.Dot11, link.PPI: link.Dot11, 0: link.Unsupported, 113: link.Unsupported,
	} {
		if got := link.KindOf(linkType); got != want {
			t.Errorf("link type %d is of kind %d, want %d", linkType, got, want)
		}
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	b := octets(t, "0000 0800 7f000000"+withFCS+ack+checksum)
	var h radiotap.Header
	for _, linkType := range []uint16{link.Ethernet, link.IEEE80211, link.Prism, link.Radiotap, link.AVS, link.PPI, 147} {
		seeds.NoAllocation(t, func() { _, _, _ = link.Decode(linkType, b, len(b), &h) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, linkType := range []uint16{link.Ethernet, link.IEEE80211, link.Prism, link.Radiotap, link.AVS, link.PPI} {
		f.Add(linkType, 0, octets(f, withFCS+ack+checksum))
		f.Add(linkType, 2, octets(f, "0000 0800 7f000000"+withFCS+ack))
	}
	seeds.Frames(f, func(linkType uint16, b []byte) { f.Add(linkType, 0, b[:min(len(b), 256)]) })
	f.Fuzz(func(t *testing.T, linkType uint16, more int, b []byte) {
		more %= 1 << 30
		decode := func(b []byte, h *radiotap.Header) error {
			_, _, err := link.Decode(linkType, b, len(b)+more, h)
			return err
		}
		seeds.Promises(t, b, decode, seeds.Itself)
		var h radiotap.Header
		_, frame, err := link.Decode(linkType, b, len(b)+more, &h)
		if err == nil && h.Len+len(frame) > len(b) {
			t.Errorf("a frame of %d octets behind a header of %d in %d", len(frame), h.Len, len(b))
		}
		if len(frame) > 0 && &frame[0] != &b[h.Len] {
			t.Error("the frame does not start behind the header")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name     string
		linkType uint16
		hex      string
	}{
		{"Ethernet", link.Ethernet, ack},
		{"Radiotap", link.Radiotap, withFCS + ack + checksum},
		{"PPI", link.PPI, "0000 0800 69000000" + ack},
	} {
		frame := octets(b, c.hex)
		var h radiotap.Header
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _, _ = link.Decode(c.linkType, frame, len(frame), &h)
			}
		})
	}
}
