package aggregate

import (
	"time"

	"picket/shared/wlan"
)

// A Sight is what was heard on one frequency in some time: what decides whether
// it is worth listening there.
type Sight struct {
	Frequency wlan.MHz
	Listened  time.Duration
	Frames    uint32
	BadFCS    uint32 // damaged ones, which Frames leaves out
	Beacons   uint32 // and probe responses
	BSSs      uint32 // that this window had not heard on this frequency
	Stations  uint32 // likewise
	Interest  uint32 // frames that join, part or exchange keys

	// Neighbors6GHz are channels that reduced neighbor reports named: bit n is
	// channel 4n + 1 of 6 GHz.
	Neighbors6GHz uint64
}

// Observe calls see for each frequency on which something happened, or time was
// spent, since it was last called, with what that was; time counts up to t. The
// window goes on as it was.
func (w *Window) Observe(t int64, see func(Sight)) {
	w.settle(t)
	for i := range w.channels.rows {
		r := &w.channels.rows[i]
		now := r.sight
		now.Listened, now.Frames, now.BadFCS = time.Duration(r.listened), r.frames, r.badFCS
		s := Sight{
			Frequency: w.channels.keys[i], Listened: now.Listened - r.seen.Listened, Frames: now.Frames - r.seen.Frames,
			BadFCS:  now.BadFCS - r.seen.BadFCS,
			Beacons: now.Beacons - r.seen.Beacons, BSSs: now.BSSs - r.seen.BSSs, Stations: now.Stations - r.seen.Stations,
			Interest: now.Interest - r.seen.Interest,
		}
		if s.Listened == 0 && s.Frames == 0 && s.BadFCS == 0 {
			continue
		}
		r.seen = now
		s.Neighbors6GHz, w.neighbors = w.neighbors, 0
		see(s)
	}
}

// found counts a beacon's or another frame's BSS that is new to the window.
func (g *heard) found(isNew bool) {
	if isNew && g.channel != nil {
		g.channel.sight.BSSs++
	}
}

// interest counts a frame that joins, parts or exchanges keys.
func (g *heard) interest() {
	if g.channel != nil {
		g.channel.sight.Interest++
	}
}
