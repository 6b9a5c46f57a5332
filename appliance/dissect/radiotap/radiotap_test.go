package radiotap_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/radiotap"
)

// octets reads hexadecimal digits with spaces between them.
func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// headers are made by hand; their layout is radiotap.org's.
var headers = []struct {
	name, hex string
	want      radiotap.Header
	err       error
}{
	{
		name: "nothing but the header",
		hex:  "0000 0800 00000000",
		want: radiotap.Header{Len: 8},
	},
	{
		name: "TSFT, flags, rate, channel, signal, noise, antenna",
		hex:  "0000 1900 6f080000 0807060504030201 52 02 6c09 a000 c8 a1 01 0000",
		want: radiotap.Header{
			Len: 25, HasTSFT: true, TSFT: 0x0102030405060708, FCS: true, BadFCS: true, ShortPreamble: true, Rate: 2,
			Frequency: 2412, HasSignal: true, Signal: -56, HasNoise: true, Noise: -95,
			AntennaCount: 1, Antennas: [8]radiotap.Antenna{{Index: 1, Signal: -56}},
		},
	},
	{
		name: "three antennas by extended words of the radiotap namespace",
		hex:  "0000 1b00 200000a0 200800a0 200800a0 20080000 c8 c5 00 c3 01 c1 02",
		want: radiotap.Header{
			Len: 27, HasSignal: true, Signal: -56,
			AntennaCount: 3, Antennas: [8]radiotap.Antenna{{0, -59}, {1, -61}, {2, -63}},
		},
	},
	{
		name: "a vendor's fields are skipped, and radiotap's go on behind them",
		hex:  "0000 1d00 200000c0 ffff00a0 04000000 c8 00 00005e 01 0400 ffffffff 0c",
		want: radiotap.Header{Len: 29, HasSignal: true, Signal: -56, Rate: 12},
	},
	{
		name: "a vendor's fields beyond the header",
		hex:  "0000 1000 200000c0 00000000 c8 00 00005e",
		want: radiotap.Header{Len: 16, HasSignal: true, Signal: -56},
		err:  dissect.ErrTruncated,
	},
	{
		name: "bits 32 to 63 are nobody's",
		hex:  "0000 0d00 20000080 02000000 c8",
		want: radiotap.Header{Len: 13, HasSignal: true, Signal: -56},
	},
	{
		name: "XChannel aligned to four octets",
		hex:  "0000 1400 20000400 c8 000000 40010000 3c14 24 00",
		want: radiotap.Header{Len: 20, HasSignal: true, Signal: -56, Frequency: 5180},
	},
	{
		name: "HT: 40 MHz, short guard interval, index 15",
		hex:  "0000 0b00 00000800 1f 05 0f",
		want: radiotap.Header{Len: 11, PHY: radiotap.PHYHT, MCS: 15, Width: 40, ShortGI: true},
	},
	{
		name: "HT without a known index",
		hex:  "0000 0b00 00000800 01 01 07",
		want: radiotap.Header{Len: 11, PHY: radiotap.PHYHT, MCS: radiotap.UnknownMCS, Width: 40},
	},
	{
		name: "VHT: 160 MHz, index 9, two streams",
		hex:  "0000 1400 00002000 4400 04 0b 92000000 00 00 0000",
		want: radiotap.Header{Len: 20, PHY: radiotap.PHYVHT, MCS: 9, NSS: 2, Width: 160, ShortGI: true},
	},
	{
		name: "HE: 80 MHz, index 11, two streams, 1.6 µs",
		hex:  "0000 1400 00008000 6040 0200 000b 0000 1200 0200",
		want: radiotap.Header{Len: 20, PHY: radiotap.PHYHE, MCS: 11, NSS: 2, Width: 80, GI: radiotap.GI1600},
	},
	{
		name: "EHT in TLVs: 320 MHz, index 13, two streams, 3.2 µs",
		hex: "0000 4c00 20000010 c8 000000 2100 0c00 02000200 00000000 00000000" +
			"2200 2c00 02000000 00010000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 1200d001",
		want: radiotap.Header{
			Len: 76, HasSignal: true, Signal: -56,
			PHY: radiotap.PHYEHT, MCS: 13, NSS: 2, Width: 320, GI: radiotap.GI3200,
		},
	},
	{
		name: "U-SIG alone tells no index",
		hex:  "0000 1800 00000010 2100 0c00 02800100 00000000 00000000",
		want: radiotap.Header{Len: 24, PHY: radiotap.PHYEHT, MCS: radiotap.UnknownMCS, Width: 160},
	},
	{
		name: "a TLV that claims too much",
		hex:  "0000 1000 00000010 2100 0c00 02800100",
		want: radiotap.Header{Len: 16},
		err:  dissect.ErrTruncated,
	},
	{
		name: "bad PLCP",
		hex:  "0000 0a00 00400000 0200",
		want: radiotap.Header{Len: 10, BadFCS: true},
	},
	{name: "shorter than any header", hex: "0000 0800 000000", err: dissect.ErrTruncated},
	{name: "another version", hex: "0100 0800 00000000", err: dissect.ErrMalformed},
	{name: "a length beyond the capture", hex: "0000 0900 00000000", err: dissect.ErrTruncated},
	{
		name: "presence words without end",
		hex:  "0000 0c00 00000080 00000080",
		want: radiotap.Header{Len: 12},
		err:  dissect.ErrTruncated,
	},
}

func TestDecode(t *testing.T) {
	for _, c := range headers {
		t.Run(c.name, func(t *testing.T) {
			var got radiotap.Header
			if err := radiotap.Decode(octets(t, c.hex), &got); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
		})
	}
}

// Rates are those of the tables of 802.11-2020, 19.5, 21.5 and of 802.11ax-2021, 27.5.
func TestKbps(t *testing.T) {
	for _, c := range []struct {
		name string
		h    radiotap.Header
		want uint32
	}{
		{"11 Mbit/s", radiotap.Header{Rate: 22}, 11_000},
		{"HT 40 MHz, index 15", radiotap.Header{PHY: radiotap.PHYHT, MCS: 15, Width: 40, ShortGI: true}, 300_000},
		{"HT 20 MHz, index 7", radiotap.Header{PHY: radiotap.PHYHT, MCS: 7, Width: 20}, 65_000},
		{"VHT 80 MHz, index 9, two streams", radiotap.Header{PHY: radiotap.PHYVHT, MCS: 9, NSS: 2, Width: 80}, 780_000},
		{"HE 80 MHz, index 11, two streams", radiotap.Header{PHY: radiotap.PHYHE, MCS: 11, NSS: 2, Width: 80}, 1_200_980},
		{"HE 20 MHz, index 0, 3.2 µs", radiotap.Header{PHY: radiotap.PHYHE, NSS: 1, Width: 20, GI: radiotap.GI3200}, 7_312},
		{"HE 20 MHz, index 0, dual carrier", radiotap.Header{PHY: radiotap.PHYHE, NSS: 1, Width: 20, DCM: true}, 4_301},
		{"EHT 320 MHz, index 13, two streams", radiotap.Header{PHY: radiotap.PHYEHT, MCS: 13, NSS: 2, Width: 320}, 5_764_705},
		{"index not known", radiotap.Header{PHY: radiotap.PHYHT, MCS: radiotap.UnknownMCS, Width: 20}, 0},
		{"streams not known", radiotap.Header{PHY: radiotap.PHYHE, MCS: 3, Width: 20}, 0},
	} {
		if got := c.h.Kbps(); got != c.want {
			t.Errorf("%s: %d kbit/s, want %d", c.name, got, c.want)
		}
	}
}

func TestAirtimeOfAnAbsurdLengthIsNotKnown(t *testing.T) {
	h := radiotap.Header{Rate: 2}
	if got := h.AirtimeUS(125); got != 192+1000 {
		t.Errorf("125 octets at 1 Mbit/s take %d µs, want 1192", got)
	}
	for _, n := range []int{-1, 1 << 30} {
		if got := h.AirtimeUS(n); got != 0 {
			t.Errorf("%d octets take %d µs, want 0", n, got)
		}
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range headers {
		b := octets(t, c.hex)
		var h radiotap.Header
		seeds.NoAllocation(t, func() { _ = radiotap.Decode(b, &h) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range headers {
		f.Add(octets(f, c.hex))
	}
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 127 {
			f.Add(b[:min(len(b), 256)])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		seeds.Promises(t, b, radiotap.Decode, seeds.Itself)
		var h radiotap.Header
		err := radiotap.Decode(b, &h)
		if h.Len != 0 && (h.Len < 8 || h.Len > len(b)) || err == nil && h.Len == 0 {
			t.Errorf("a header of %d octets in %d, error %v", h.Len, len(b), err)
		}
		if h.AntennaCount > radiotap.MaxAntennas {
			t.Errorf("%d antennas", h.AntennaCount)
		}
		_ = h.AirtimeUS(len(b))
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range headers {
		if c.err != nil {
			continue
		}
		frame := octets(b, c.hex)
		var h radiotap.Header
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = radiotap.Decode(frame, &h)
			}
		})
	}
}
