package hopsim

import (
	"math"
	"slices"
	"testing"
	"time"
)

// The figures of the product's promise, over fewer environments than picket sim hop.
func TestPlannerGainsMostOfWhatAnOracleGains(t *testing.T) {
	most, environments := 3, 4
	if testing.Short() {
		most, environments = 1, 2
	}
	for adapters := 1; adapters <= most; adapters++ {
		c := Compare(DefaultModel(), 100, environments, adapters)
		if most := 4600 * time.Millisecond / time.Duration(adapters); c.FirstSweep > most+10*time.Millisecond+most/20 {
			t.Errorf("%d adapters: first sweep takes %v", adapters, c.FirstSweep)
		}
		if c.StationsGain < 0.6 || c.BurstGain < 0.6 || c.StationsVsUniform < 1 || c.BurstVsUniform < 1 {
			t.Errorf("%d adapters: %+v", adapters, c)
		}
		if gap := c.Strategies[ours].LongestGap; gap > 10*time.Second {
			t.Errorf("%d adapters: a channel is left alone for %v", adapters, gap)
		}
	}
}

// What the planner assumes of stations, attacks and adapters may be wrong.
func TestPlannerGainsWhereItsAssumptionsAreWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("a long simulation")
	}
	for name, change := range map[string]func(*Model){
		"slow adapter":        func(m *Model) { m.SwitchCost = 40 * time.Millisecond },
		"few frames":          func(m *Model) { m.Rate = 2 },
		"many frames":         func(m *Model) { m.Rate = 50 },
		"short sending":       func(m *Model) { m.On, m.Off = 500*time.Millisecond, 15*time.Second },
		"long sending":        func(m *Model) { m.On, m.Off = 8*time.Second, 240*time.Second },
		"short, weak attacks": func(m *Model) { m.Burst, m.BurstRate = time.Second, 10 },
		"channels alike":      func(m *Model) { m.Crowded = 3.0 / 40 },
	} {
		m := DefaultModel()
		change(&m)
		c := Compare(m, 100, 3, 1)
		t.Logf("%s: stations %.2f, bursts %.2f", name, c.StationsGain, c.BurstGain)
		if c.StationsGain < 0.5 || c.BurstGain < 0.5 {
			t.Errorf("%s: gains %.2f and %.2f", name, c.StationsGain, c.BurstGain)
		}
	}
}

// In the middle of a run everything moves to other channels; within a minute and
// a half the planner is where it would have been had it never known another place.
func TestPlannerFollowsAnEnvironmentThatChanges(t *testing.T) {
	m := DefaultModel()
	m.Shift = 5 * time.Minute
	var crowd, old float64
	for seed := range uint64(6) {
		e := NewEnvironment(m, seed)
		w := &watcher{Strategy: newPlanned(e, 1, seed), spent: make([]time.Duration, Channels), from: 390 * time.Second}
		Run(e, w, 1)
		total := time.Duration(0)
		for _, s := range w.spent {
			total += s
		}
		for c, s := range w.spent {
			if slices.Contains(crowded[:], e.place[c]) {
				crowd += float64(s) / float64(total) / 6
			}
			if slices.Contains(crowded[:], c) && !slices.Contains(crowded[:], e.place[c]) {
				old += float64(s) / float64(total) / 6
			}
		}
	}
	if crowd < 0.25 || old > 0.15 {
		t.Errorf("90 s after the change %.0f %% of the time went to the three crowded channels, %.0f %% to those that were", 100*crowd, 100*old)
	}
}

// watcher counts the time that a strategy gives to each channel from some time on.
type watcher struct {
	Strategy

	from  time.Duration
	spent []time.Duration
}

func (w *watcher) Next(adapter int, now time.Duration) (int, time.Duration) {
	c, dwell := w.Strategy.Next(adapter, now)
	if now >= w.from {
		w.spent[c] += dwell
	}
	return c, dwell
}

// An oracle that another strategy beats at its own purpose would be none.
func TestNobodyBeatsTheOracles(t *testing.T) {
	if testing.Short() {
		t.Skip("a long simulation")
	}
	for adapters := 1; adapters <= 2; adapters++ {
		var stations, bursts [2]int // of the oracle, of the best of the others
		for seed := range uint64(4) {
			e := NewEnvironment(DefaultModel(), seed)
			s := Run(e, stationOracle(e, adapters), adapters)
			b := Run(e, burstOracle(e, adapters), adapters)
			others := []Result{s, b, Run(e, newPlanned(e, adapters, seed), adapters)}
			for _, dwell := range []time.Duration{20, 35, 50, 80, 110, 250} {
				others = append(others, Run(e, newRoundRobin(adapters, dwell*time.Millisecond), adapters))
			}
			bestS, bestB := 0, 0
			for _, r := range others {
				bestS, bestB = max(bestS, r.Stations), max(bestB, r.Bursts)
			}
			stations[0], stations[1] = stations[0]+s.Stations, stations[1]+bestS
			bursts[0], bursts[1] = bursts[0]+b.Bursts, bursts[1]+bestB
		}
		// The best of nine is lucky now and then.
		if float64(stations[0]) < 0.998*float64(stations[1]) || float64(bursts[0]) < 0.98*float64(bursts[1]) {
			t.Errorf("%d adapters: stations %v, bursts %v (oracle, best)", adapters, stations, bursts)
		}
	}
}

// The oracles' closed forms, against the simulation of one channel's treatment.
func TestClosedFormsAgreeWithTheSimulation(t *testing.T) {
	m := DefaultModel()
	m.Bursts = 1
	for _, c := range []struct{ gap, dwell time.Duration }{
		{2 * time.Second, 50 * time.Millisecond},
		{4 * time.Second, 110 * time.Millisecond},
		{10200 * time.Millisecond, 250 * time.Millisecond},
	} {
		var heard, stations, caught, bursts float64
		for seed := range uint64(4) {
			e := NewEnvironment(m, seed)
			r := Run(e, &regular{gap: c.gap, dwell: c.dwell, empty: slices.Index(e.aps, 0)}, 1)
			stations += float64(e.stations[0])
			heard += float64(r.Stations)
			caught += float64(r.Bursts)
			bursts += float64(e.burstsOn(0))
		}
		want := 1 - math.Exp(-m.hazard(c.gap.Seconds(), c.dwell.Seconds())*m.Duration.Seconds())
		if got := heard / stations; math.Abs(got-want) > 0.05 {
			t.Errorf("%v every %v: %.3f of the stations, want %.3f", c.dwell, c.gap, got, want)
		}
		want = m.catch(c.gap.Seconds(), c.dwell.Seconds())
		if got := caught / bursts; math.Abs(got-want) > 0.08 {
			t.Errorf("%v every %v: %.3f of the bursts, want %.3f", c.dwell, c.gap, got, want)
		}
	}
}

func (e *Environment) burstsOn(channel int) int {
	seen := make(map[int32]bool)
	for _, f := range e.channels[channel].deauths {
		seen[f.by] = true
	}
	return len(seen)
}

// regular visits channel 0 every gap, and an empty one meanwhile.
type regular struct {
	gap, dwell time.Duration
	empty      int // where nothing is
	away       bool
}

func (r *regular) Next(int, time.Duration) (int, time.Duration) {
	r.away = !r.away
	if !r.away {
		return 0, r.dwell
	}
	return r.empty, r.gap - r.dwell - 2*DefaultModel().SwitchCost
}

func (*regular) Heard(Visited) {}

func TestEnvironmentIsAsTheModelSays(t *testing.T) {
	m := DefaultModel()
	var stations, crowdedAPs, onAir, bursts float64
	const n = 20
	for seed := range uint64(n) {
		e := NewEnvironment(m, seed)
		stations += float64(e.total) / n
		bursts += float64(e.bursts) / n
		frames := 0
		for c := range e.channels {
			frames += len(e.channels[c].frames)
			if len(e.channels[c].beacons) != e.aps[c] {
				t.Errorf("channel %d: %d APs, %d send beacons", c, e.aps[c], len(e.channels[c].beacons))
			}
		}
		for _, c := range crowded {
			crowdedAPs += float64(e.aps[c]) / n
		}
		onAir += float64(frames) / m.Rate / m.Duration.Seconds() / float64(e.total) / n
	}
	// The mean of a log-normal is its median · e^(σ²/2).
	if want := 100 * 4 * math.Exp(0.5); stations < want*0.9 || stations > want*1.1 {
		t.Errorf("%.0f stations, want %.0f", stations, want)
	}
	if math.Abs(crowdedAPs-60) > 0.01 || bursts < 85 || bursts > 115 {
		t.Errorf("%.1f APs on channels 1, 6 and 11, %.1f bursts", crowdedAPs, bursts)
	}
	if want := 2.0 / 62; onAir < want*0.95 || onAir > want*1.05 {
		t.Errorf("stations send for %.4f of the time, want %.4f", onAir, want)
	}
	if len(Frequencies()) != Channels {
		t.Errorf("%d channels", len(Frequencies()))
	}
	if a, b := NewEnvironment(m, 3), NewEnvironment(m, 3); a.total != b.total || !slices.Equal(a.channels[0].frames, b.channels[0].frames) {
		t.Error("the same seed gives another environment")
	}
}

func TestGainIsDefinedWhereAnOracleGainsNothing(t *testing.T) {
	for _, c := range []struct {
		uniform, ours, oracle int
		want                  float64
	}{{50, 80, 100, 0.6}, {50, 40, 100, -0.2}, {90, 90, 90, 1}, {90, 89, 90, 0}} {
		if got := gain(c.uniform, c.ours, c.oracle); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median %v", got)
	}
}
