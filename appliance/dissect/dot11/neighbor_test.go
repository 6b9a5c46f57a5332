package dot11_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
)

var reports = []struct {
	name, hex string
	want      []dot11.Neighbor
	err       error
}{
	{name: "nothing"},
	{
		name: "an AP of 6 GHz with BSSID, short SSID, parameters and power", hex: "040d 83 25 ff" + hex2 + "78563412 42 fe",
		want: []dot11.Neighbor{{
			Class: 131, Channel: 37, TBTT: dot11.UnknownTBTT, SameSSID: true, HasBSSID: true, BSSID: a2, HasShortSSID: true,
			ShortSSID: 0x12345678, HasParams: true, Params: dot11.NeighborSameSSID | dot11.NeighborColocated,
		}},
	},
	{
		name: "two APs of one channel, then one of another", hex: "1007 51 06 05" + hex1 + "06" + hex2 + "0008 51 0b 07" + hex3 + "40",
		want: []dot11.Neighbor{
			{Class: 81, Channel: 6, TBTT: 5, HasBSSID: true, BSSID: a1},
			{Class: 81, Channel: 6, TBTT: 6, HasBSSID: true, BSSID: a2},
			{Class: 81, Channel: 11, TBTT: 7, HasBSSID: true, BSSID: a3, HasParams: true, Params: dot11.NeighborColocated},
		},
	},
	{
		name: "an AP of a multi-link device", hex: "0010 80 24 ff" + hex2 + "78563412 42 fe 00 01 00",
		want: []dot11.Neighbor{{
			Class: 128, Channel: 36, TBTT: dot11.UnknownTBTT, HasBSSID: true, BSSID: a2, HasShortSSID: true, ShortSSID: 0x12345678,
			HasParams: true, Params: 0x42, HasMLD: true, Link: 1,
		}},
	},
	{
		name: "a link of a multi-link device that is not reported", hex: "0103 80 24 02 01 00",
		want: []dot11.Neighbor{{Class: 128, Channel: 36, TBTT: dot11.UnknownTBTT, HasMLD: true, MLDID: 2, Link: 1}},
	},
	{
		name: "short SSID and parameters without a BSSID", hex: "0006 51 06 05 78563412 02",
		want: []dot11.Neighbor{{Class: 81, Channel: 6, TBTT: 5, HasShortSSID: true, ShortSSID: 0x12345678, HasParams: true, Params: 2}},
	},
	{
		name: "a reserved length", hex: "000a 51 06 05" + hex1 + "010203",
		want: []dot11.Neighbor{{Class: 81, Channel: 6, TBTT: 5}},
	},
	{
		name: "entries of no length end", hex: "f000 51 06 f000 51 06 0001 51 06 05",
		want: []dot11.Neighbor{{Class: 81, Channel: 6, TBTT: 5}},
	},
	{
		name: "an AP cut short", hex: "1007 51 06 05" + hex1 + "06 0000",
		want: []dot11.Neighbor{{Class: 81, Channel: 6, TBTT: 5, HasBSSID: true, BSSID: a1}},
		err:  dissect.ErrTruncated,
	},
	{name: "a header cut short", hex: "1007 51", err: dissect.ErrTruncated},
}

func TestNeighbors(t *testing.T) {
	for _, c := range reports {
		t.Run(c.name, func(t *testing.T) {
			var got []dot11.Neighbor
			it := dot11.Neighbors{B: octets(t, c.hex)}
			for n := (dot11.Neighbor{}); it.Next(&n); {
				got = append(got, n)
			}
			if err := it.Err(); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("neighbors (-want +got):\n%s", d)
			}
		})
	}
}

func TestNeighborsDoesNotAllocate(t *testing.T) {
	for _, c := range reports {
		b := octets(t, c.hex)
		var n dot11.Neighbor
		seeds.NoAllocation(t, func() {
			for it := (dot11.Neighbors{B: b}); it.Next(&n); {
			}
		})
	}
}

func TestElementsNameTheChannelsOf6GHz(t *testing.T) {
	var e dot11.Elements
	// Two reports: channel 37 of 6 GHz beside one of 2.4 GHz, then 5 and 233; and what
	// is no primary channel of 6 GHz.
	b := octets(t, "c9 0a 0001 83 25 ff 0001 51 06 05 c9 14 0001 83 05 ff 0001 83 e9 ff 0001 83 02 ff 0001 83 ed ff")
	if err := e.Decode(b); err != nil {
		t.Fatal(err)
	}
	if want := uint64(1<<(37/4) | 1<<(5/4) | 1<<(233/4)); e.Neighbors6GHz != want {
		t.Errorf("channels %x, want %x", e.Neighbors6GHz, want)
	}
}
