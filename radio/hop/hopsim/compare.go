package hopsim

import (
	"slices"
	"time"
)

// A Comparison is what strategies heard in the same environments.
type Comparison struct {
	Adapters     int
	Environments int
	Strategies   []Score // uniform, static, planned, oracle for stations, oracle for bursts

	// Of the planner, medians over the environments.
	FirstSweep        time.Duration
	StationsGain      float64 // (planned − uniform) / (oracle − uniform)
	BurstGain         float64
	StationsVsUniform float64 // planned / uniform
	BurstVsUniform    float64
}

// A Score is one strategy's, as medians over the environments.
type Score struct {
	Name       string
	FirstSweep time.Duration // 0: not every channel was visited
	Stations   float64       // share of those that there are
	Bursts     float64       // likewise
	Hops       float64       // per second and adapter
	LongestGap time.Duration
}

// strategies are those that are compared; the order is that of Comparison.
var strategies = [...]struct {
	name string
	make func(e *Environment, adapters int, seed uint64) Strategy
}{
	{"uniform 250 ms", func(_ *Environment, k int, _ uint64) Strategy { return newRoundRobin(k, 250*time.Millisecond) }},
	{"static 1 s", func(_ *Environment, k int, _ uint64) Strategy { return newRoundRobin(k, time.Second) }},
	{"picket", func(e *Environment, k int, seed uint64) Strategy { return newPlanned(e, k, seed) }},
	{"oracle for stations", func(e *Environment, k int, _ uint64) Strategy { return stationOracle(e, k) }},
	{"oracle for bursts", func(e *Environment, k int, _ uint64) Strategy { return burstOracle(e, k) }},
}

// Places in strategies.
const (
	uniform, static, ours, knowsStations, knowsBursts = 0, 1, 2, 3, 4
)

// Compare runs every strategy over environments drawn with seed and those after it.
func Compare(m Model, seed uint64, environments, adapters int) Comparison {
	results := make([][]Result, len(strategies))
	var stations, bursts []float64 // in each environment
	for i := range environments {
		e := NewEnvironment(m, seed+uint64(i))
		stations, bursts = append(stations, float64(e.total)), append(bursts, float64(e.bursts))
		for s := range strategies {
			results[s] = append(results[s], Run(e, strategies[s].make(e, adapters, seed+uint64(i)), adapters))
		}
	}
	c := Comparison{Adapters: adapters, Environments: environments}
	over := func(value func(i int) float64) float64 {
		all := make([]float64, environments)
		for i := range all {
			all[i] = value(i)
		}
		return median(all)
	}
	for s := range strategies {
		r := results[s]
		c.Strategies = append(c.Strategies, Score{
			Name:       strategies[s].name,
			FirstSweep: seconds(over(func(i int) float64 { return r[i].FirstSweep.Seconds() })),
			Stations:   over(func(i int) float64 { return float64(r[i].Stations) / stations[i] }),
			Bursts:     over(func(i int) float64 { return float64(r[i].Bursts) / bursts[i] }),
			Hops:       over(func(i int) float64 { return float64(r[i].Hops) / m.Duration.Seconds() / float64(adapters) }),
			LongestGap: seconds(over(func(i int) float64 { return r[i].LongestGap.Seconds() })),
		})
	}
	c.FirstSweep = c.Strategies[ours].FirstSweep
	c.StationsGain = over(func(i int) float64 {
		return gain(results[uniform][i].Stations, results[ours][i].Stations, results[knowsStations][i].Stations)
	})
	c.BurstGain = over(func(i int) float64 {
		return gain(results[uniform][i].Bursts, results[ours][i].Bursts, results[knowsBursts][i].Bursts)
	})
	c.StationsVsUniform = over(func(i int) float64 {
		return float64(results[ours][i].Stations) / float64(max(1, results[uniform][i].Stations))
	})
	c.BurstVsUniform = over(func(i int) float64 {
		return float64(results[ours][i].Bursts) / float64(max(1, results[uniform][i].Bursts))
	})
	return c
}

// gain is how much of what knowing the environment would bring was reached. Where
// it brings nothing, reaching as much is all and anything less is nothing.
func gain(uniform, ours, oracle int) float64 {
	switch {
	case oracle > uniform:
		return float64(ours-uniform) / float64(oracle-uniform)
	case ours >= oracle:
		return 1
	default:
		return 0
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	n := len(all)
	if n == 0 {
		return 0
	}
	return (all[(n-1)/2] + all[n/2]) / 2
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
