package hopsim

import (
	"strconv"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

// roundRobin visits all channels in turn, its adapters evenly apart.
type roundRobin struct {
	dwell time.Duration
	next  []int
}

func newRoundRobin(adapters int, dwell time.Duration) *roundRobin {
	r := &roundRobin{dwell: dwell, next: make([]int, adapters)}
	for i := range r.next {
		r.next[i] = i * Channels / adapters
	}
	return r
}

func (r *roundRobin) Next(adapter int, _ time.Duration) (int, time.Duration) {
	c := r.next[adapter]
	r.next[adapter] = (c + 1) % Channels
	return c, r.dwell
}

func (r *roundRobin) Heard(Visited) {}

// planned asks the tap's own planner, and tells it what a tap would know.
type planned struct {
	planner     *hop.Planner
	epoch       time.Time
	frequencies []wlan.MHz
	place       map[wlan.MHz]int
	names       []string
}

func newPlanned(e *Environment, adapters int, seed uint64) *planned {
	s := &planned{
		planner: hop.NewPlanner(seed), epoch: time.Unix(1_800_000_000, 0),
		frequencies: Frequencies(), place: make(map[wlan.MHz]int),
	}
	for i, f := range s.frequencies {
		s.place[f] = i
	}
	var all []hop.Adapter
	for i := range adapters {
		s.names = append(s.names, "phy"+strconv.Itoa(i))
		all = append(all, hop.Adapter{Name: s.names[i], Frequencies: s.frequencies, SwitchCost: e.model.SwitchCost})
	}
	s.planner.SetAdapters(all, s.epoch)
	return s
}

func (s *planned) Next(adapter int, now time.Duration) (int, time.Duration) {
	v := s.planner.Next(s.names[adapter], s.epoch.Add(now))
	return s.place[v.Frequency], v.Dwell
}

func (s *planned) Heard(v Visited) {
	s.planner.Heard(hop.Heard{
		Adapter: s.names[v.Adapter], Frequency: s.frequencies[v.Channel],
		At: s.epoch.Add(v.To), Listened: v.To - v.From,
		Frames: v.Frames, Beacons: v.Beacons, BSSs: v.BSSs, Stations: v.Stations, Interest: v.Deauths,
	})
}
