package prism_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/prism"
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

const device = "776c616e300000000000000000000000" // "wlan0"

// avs is the first version's header up to the power's type.
const avs = "80211001 00000040 0000000000000010 0000000000000000 00000002 00000006 0000006e 00000000 00000000"

var headers = []struct {
	name, hex string
	want      radiotap.Header
	err       error
}{
	{
		name: "Prism: time, channel 6, powers, 11 Mbit/s, and an item without a value",
		hex: "44000000 60000000" + device + "44000200 0000 0400 10000000 44000300 0000 0400 06000000" +
			"44000600 0000 0400 c8ffffff 44000700 0000 0400 a1ffffff 44000800 0000 0400 16000000 44000800 0100 0400 02000000",
		want: radiotap.Header{
			Len: 96, HasTSFT: true, TSFT: 16, Frequency: 2437, HasSignal: true, Signal: -56,
			HasNoise: true, Noise: -95, Rate: 22,
		},
	},
	{
		name: "Prism from a big-endian machine, with ids of the other kind",
		hex:  "00000041 00000024" + device + "00030041 0000 0004 00000024",
		want: radiotap.Header{Len: 36, Frequency: 5180},
	},
	{
		name: "Prism with a power that is not in dBm",
		hex:  "44000000 24000000" + device + "44000600 0000 0400 37000000",
		want: radiotap.Header{Len: 36},
	},
	{
		name: "AVS with powers in dBm",
		hex:  avs + "00000002 ffffffc8 ffffffa1 00000001 00000001",
		want: radiotap.Header{
			Len: 64, HasTSFT: true, TSFT: 16, Frequency: 2437, Rate: 22, HasSignal: true, Signal: -56,
			HasNoise: true, Noise: -95, ShortPreamble: true,
		},
	},
	{
		name: "AVS with normalised power",
		hex:  avs + "00000001 00000200 00000000 00000002 00000001",
		want: radiotap.Header{Len: 64, HasTSFT: true, TSFT: 16, Frequency: 2437, Rate: 22},
	},
	{
		name: "AVS with a frequency for a channel",
		hex:  strings.Replace(avs, "00000006", "0000143c", 1) + "00000000 00000000 00000000 00000000 00000000",
		want: radiotap.Header{Len: 64, HasTSFT: true, TSFT: 16, Frequency: 5180, Rate: 22},
	},
	{name: "AVS cut short", hex: avs, err: dissect.ErrTruncated},
	{name: "neither", hex: "45000000 60000000", err: dissect.ErrMalformed},
	{name: "Prism with a length beyond the capture", hex: "44000000 60000000", err: dissect.ErrTruncated},
	{name: "Prism with a length of four thousand million", hex: "44000000 ffffffff" + device, err: dissect.ErrTruncated},
	{name: "nothing", hex: "", err: dissect.ErrTruncated},
}

func TestDecode(t *testing.T) {
	for _, c := range headers {
		t.Run(c.name, func(t *testing.T) {
			var got radiotap.Header
			if err := prism.Decode(octets(t, c.hex), &got); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
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
		seeds.NoAllocation(t, func() { _ = prism.Decode(b, &h) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range headers {
		f.Add(octets(f, c.hex))
	}
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 119 || linkType == 163 {
			f.Add(b[:min(len(b), 256)])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		seeds.Promises(t, b, prism.Decode, seeds.Itself)
		var h radiotap.Header
		if err := prism.Decode(b, &h); h.Len > len(b) || err == nil && h.Len < 24 {
			t.Errorf("a header of %d octets in %d, error %v", h.Len, len(b), err)
		}
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
				_ = prism.Decode(frame, &h)
			}
		})
	}
}
