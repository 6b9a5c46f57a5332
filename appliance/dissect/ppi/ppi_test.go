package ppi_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/ppi"
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

// common is an 802.11-Common field: TSFT 0x10, with FCS, 1 Mbit/s, 2437 MHz, -56
// and -95 dBm.
const common = "0200 1400 1000000000000000 0100 0200 8509 a000 00 00 c8 a1"

var headers = []struct {
	name, hex string
	linkType  uint32
	want      radiotap.Header
	err       error
}{
	{name: "no field", hex: "0000 0800 69000000", linkType: 105, want: radiotap.Header{Len: 8}},
	{
		name: "802.11-Common", hex: "0000 2000 69000000" + common, linkType: 105,
		want: radiotap.Header{
			Len: 32, HasTSFT: true, TSFT: 16, FCS: true, Rate: 2, Frequency: 2437,
			HasSignal: true, Signal: -56, HasNoise: true, Noise: -95,
		},
	},
	{
		name: "TSFT in milliseconds, bad FCS, no powers", linkType: 105,
		hex:  "0000 2000 69000000 0200 1400 0500000000000000 0600 0000 8509 a000 00 00 80 00",
		want: radiotap.Header{Len: 32, HasTSFT: true, TSFT: 5000, BadFCS: true, Frequency: 2437},
	},
	{
		name: "802.11n extensions: index 12, 40 MHz, short guard interval, behind an aligned field", linkType: 105,
		hex: "0001 4400 69000000 0500 0100 aa000000 0400 3000 06000000 00000000 00 0c 02 00" +
			strings.Repeat("00", 36),
		want: radiotap.Header{Len: 68, PHY: radiotap.PHYHT, MCS: 12, Width: 40, ShortGI: true},
	},
	{
		name: "a field that claims too much", hex: "0000 0c00 69000000 0200 1400", linkType: 105,
		want: radiotap.Header{Len: 12}, err: dissect.ErrTruncated,
	},
	{name: "another version", hex: "0100 0800 69000000", err: dissect.ErrMalformed},
	{name: "a length within the fixed part", hex: "0000 0700 69000000", err: dissect.ErrMalformed},
	{name: "a length beyond the capture", hex: "0000 0900 69000000", err: dissect.ErrTruncated},
	{name: "shorter than any header", hex: "0000 0800 690000", err: dissect.ErrTruncated},
}

func TestDecode(t *testing.T) {
	for _, c := range headers {
		t.Run(c.name, func(t *testing.T) {
			var got radiotap.Header
			linkType, err := ppi.Decode(octets(t, c.hex), &got)
			if linkType != c.linkType || !errors.Is(err, c.err) {
				t.Errorf("link type %d, error %v; want %d, %v", linkType, err, c.linkType, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range headers {
		b := octets(t, c.hex)
		var h radiotap.Header
		seeds.NoAllocation(t, func() { _, _ = ppi.Decode(b, &h) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range headers {
		f.Add(octets(f, c.hex))
	}
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 192 {
			f.Add(b[:min(len(b), 256)])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		decode := func(b []byte, h *radiotap.Header) error {
			_, err := ppi.Decode(b, h)
			return err
		}
		seeds.Promises(t, b, decode, seeds.Itself)
		var h radiotap.Header
		if err := decode(b, &h); h.Len > len(b) || err == nil && h.Len < 8 {
			t.Errorf("a header of %d octets in %d, error %v", h.Len, len(b), err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := octets(b, "0000 2000 69000000"+common)
	var h radiotap.Header
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ppi.Decode(frame, &h)
	}
}
