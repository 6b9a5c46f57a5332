package aggregate_test

import (
	"slices"
	"testing"
	"time"

	"picket/appliance/aggregate"
	"picket/shared/wlan"
)

// A reduced neighbor report of one AP on channel 37 of 6 GHz: class and channel alone.
var sixGHz = []byte{201, 5, 0x00, 0x01, 131, 37, 255}

func TestWhatWasHeardIsToldOnceByFrequency(t *testing.T) {
	const second = int64(time.Second)
	s := aggregate.NewShard(aggregate.NewDefinitions(), "")
	s.Window = aggregate.NewWindow()
	s.Window.Reset(0, 10*time.Second)
	add := func(at int64, frequency uint16, frame []byte) {
		b := append(radiotapOn(frequency, 0, -50), frame...)
		s.Add(127, at, len(b), b)
	}
	beacon := management(8, announcement(1, append([]byte{0, 2, 'h', 'i'}, sixGHz...)...))
	deauthentication := management(12, []byte{7, 0})

	s.Window.Tune(2412, second)
	add(second+1, 2412, beacon)
	add(second+2, 2412, beacon)
	add(second+3, 2412, deauthentication)
	s.Window.Deaf(3 * second)
	s.Window.Tune(5180, 3*second+second/2)
	add(4*second, 2412, beacon) // late
	var got []aggregate.Sight
	take := func(at int64) []aggregate.Sight {
		got = nil
		s.Window.Observe(at, func(x aggregate.Sight) { got = append(got, x) })
		return got
	}
	want := []aggregate.Sight{
		{Frequency: 2412, Listened: 2 * time.Second, Frames: 4, Beacons: 3, BSSs: 1, Interest: 1, Neighbors6GHz: 1 << (37 / 4)},
		{Frequency: 5180, Listened: time.Second},
	}
	// The row of 5180 is made when time is counted for it.
	if take(4*second + second/2); !slices.Equal(got, want) {
		t.Errorf("told %+v\nwant %+v", got, want)
	}
	if take(4*second + second/2); len(got) != 0 {
		t.Errorf("told again: %+v", got)
	}
	s.Window.Dropped(9)
	s.Window.Close(10 * second)
	if take(10 * second); len(got) != 1 || got[0].Frequency != wlan.MHz(5180) || got[0].Listened != 5500*time.Millisecond {
		t.Errorf("at the end: %+v", got)
	}
	r := aggregate.Report(aggregate.NewDefinitions(), []*aggregate.Window{s.Window}, []uint32{1})
	if !slices.Equal(r.Channels.Drops, []uint32{0, 9}) || !slices.Equal(r.Channels.ListenedMs, []uint32{2000, 6500}) {
		t.Errorf("channels %v", r.Channels)
	}
}
