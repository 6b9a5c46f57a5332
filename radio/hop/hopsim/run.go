package hopsim

import (
	"slices"
	"sort"
	"time"
)

// A Strategy says where each adapter listens next. Channels are places in
// Frequencies; times count from the start of the run.
type Strategy interface {
	// Next is asked when an adapter has no visit.
	Next(adapter int, now time.Duration) (channel int, dwell time.Duration)

	// Heard tells what a visit brought, about 100 ms after it ended, as a tap's
	// own pipeline would.
	Heard(v Visited)
}

// A Visited tells of a visit what a tap would know.
type Visited struct {
	Adapter, Channel int
	From, To         time.Duration // listening, without the switch
	Frames, Beacons  uint32
	BSSs, Stations   uint32 // that the adapter's window had not heard
	Deauths          uint32
	Discoveries      uint32 // stations that the whole run had not heard
}

// A Result is what a run heard.
type Result struct {
	FirstSweep time.Duration // until every channel had been listened to once
	Stations   int           // distinct ones
	Bursts     int           // of which a frame was heard
	Hops       int
	LongestGap time.Duration // between two visits of one channel, any adapter
}

// window is the length of a report's window, after which the tap counts anew.
const window = 10 * time.Second

// observed is how often the tap's pipeline tells what was heard.
const observed = 100 * time.Millisecond

// run is one strategy's time in an environment.
type run struct {
	env      *Environment
	s        Strategy
	result   Result
	stations []bool
	bursts   []bool
	known    []known
	pending  []Visited       // not yet told, by time
	visited  []time.Duration // per channel, the end of its last visit
	fresh    int             // channels not yet visited
}

// known is, for each BSS and station, the last window in which an adapter heard it.
type known struct{ bsss, stations []int64 }

// news notes that it was heard, and reports whether the window did not know it.
func news(known []int64, by int32, window int64) uint32 {
	if known[by] == window {
		return 0
	}
	known[by] = window
	return 1
}

// Run lets s decide for a number of adapters through the whole of e.
func Run(e *Environment, s Strategy, adapters int) Result {
	r := run{
		env: e, s: s, stations: make([]bool, e.total), bursts: make([]bool, e.bursts),
		visited: make([]time.Duration, Channels), fresh: Channels,
	}
	for i := range r.visited {
		r.visited[i] = -1
	}
	free := make([]time.Duration, adapters) // when each adapter's visit ends
	on := make([]int, adapters)
	for a := range adapters {
		on[a] = -1
		r.known = append(r.known, known{make([]int64, e.model.APs), make([]int64, e.total)})
	}
	for {
		a := 0
		for i := range free {
			if free[i] < free[a] {
				a = i
			}
		}
		now := free[a]
		if now >= e.model.Duration {
			r.tell(now + time.Second)
			return r.result
		}
		r.tell(now)
		channel, dwell := s.Next(a, now)
		from := now
		if channel != on[a] {
			from += e.model.SwitchCost
			r.result.Hops++
		}
		on[a], free[a] = channel, from+dwell
		r.visit(a, channel, from, min(from+dwell, e.model.Duration))
	}
}

// tell gives the strategy what the pipeline has seen by now.
func (r *run) tell(now time.Duration) {
	n := 0
	for _, v := range r.pending {
		if v.To.Truncate(observed)+observed > now {
			break
		}
		r.s.Heard(v)
		n++
	}
	r.pending = slices.Delete(r.pending, 0, n)
}

// visit listens.
func (r *run) visit(adapter, channel int, from, to time.Duration) {
	if from >= to {
		return
	}
	if r.visited[channel] < 0 {
		if r.fresh--; r.fresh == 0 {
			r.result.FirstSweep = to
		}
	} else {
		r.result.LongestGap = max(r.result.LongestGap, from-r.visited[channel])
	}
	r.visited[channel] = max(r.visited[channel], to)

	v := Visited{Adapter: adapter, Channel: channel, From: from, To: to}
	air := &r.env.channels[r.env.lives(channel, from)]
	known := &r.known[adapter]
	now := 1 + int64(from/window)
	for _, b := range air.beacons {
		if n := before(to, b.at) - before(from, b.at); n > 0 {
			v.Beacons += uint32(n)
			v.BSSs += news(known.bsss, b.by, now)
		}
	}
	v.Frames = v.Beacons
	for i := first(air.frames, from); i < len(air.frames) && air.frames[i].at < to; i++ {
		v.Frames++
		by := air.frames[i].by
		v.Stations += news(known.stations, by, now)
		if !r.stations[by] {
			r.stations[by] = true
			r.result.Stations++
			v.Discoveries++
		}
	}
	for i := first(air.deauths, from); i < len(air.deauths) && air.deauths[i].at < to; i++ {
		v.Frames++
		v.Deauths++
		if by := air.deauths[i].by; !r.bursts[by] {
			r.bursts[by] = true
			r.result.Bursts++
		}
	}
	at, _ := slices.BinarySearchFunc(r.pending, v, func(a, b Visited) int { return int(a.To - b.To) })
	r.pending = slices.Insert(r.pending, at, v)
}

// lives returns which channel's traffic is on channel c at t.
func (e *Environment) lives(c int, t time.Duration) int {
	if e.model.Shift == 0 || t < e.model.Shift {
		return c
	}
	return e.place[c]
}

// before counts the beacons before t of an AP that sends its first at that time.
func before(t, first time.Duration) int64 {
	if t <= first {
		return 0
	}
	return int64((t-first-1)/beaconInterval) + 1
}

func first(frames []frame, from time.Duration) int {
	return sort.Search(len(frames), func(i int) bool { return frames[i].at >= from })
}
