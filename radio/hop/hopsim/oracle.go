package hopsim

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An oracle knows the model and, of the environment, how many stations and APs
// each channel has; not when they send. It computes how often and how long each
// channel is best visited for its one purpose, and follows that by always serving
// the channel that is most overdue.
type oracle struct {
	env      *Environment
	adapters int
	cells    []cell
	weights  []float64       // per channel; counts down where deplete is set
	deplete  bool            // what was heard once is worth nothing more
	plan     []cell          // per channel
	due      []time.Duration // per channel, when its next visit is to begin
	busy     []int           // per adapter, its channel
	solved   time.Duration   // when the plan was made
	gains    []float64       // per channel and cell
}

// A cell is one way to treat a channel: a visit of dwell every gap.
type cell struct {
	gap, dwell time.Duration
	cost       float64 // share of an adapter's time
	rate       float64 // per second at which something still unheard is heard, or the chance that a burst is
}

// cells are the ways to treat a channel that are worth their cost, from never to
// always. rate takes seconds.
func (m *Model) cells(rate func(gap, dwell float64) float64) []cell {
	all := []cell{{gap: time.Hour}}
	for d := 10 * time.Millisecond; d < 500*time.Millisecond; d += d / 6 {
		for gap := d + m.SwitchCost; gap < 60*time.Second; gap += gap / 16 {
			all = append(all, cell{gap, d, (d + m.SwitchCost).Seconds() / gap.Seconds(), rate(gap.Seconds(), d.Seconds())})
		}
	}
	parked := 500 * time.Millisecond
	all = append(all, cell{parked, parked, 1, rate(parked.Seconds(), parked.Seconds())})
	return efficient(all)
}

// efficient leaves out what costs as much as another and brings less.
func efficient(all []cell) []cell {
	slices.SortFunc(all, func(a, b cell) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.rate, a.rate)) })
	kept := all[:1]
	for _, c := range all[1:] {
		if best := kept[len(kept)-1]; c.rate > best.rate {
			kept = append(kept, c)
		}
	}
	return kept
}

// hazard is how often per second a station that was not heard yet is heard.
func (m *Model) hazard(gap, dwell float64) float64 {
	end, send := 1/m.On.Seconds(), m.Rate
	both := end + send
	away := math.Exp(-(gap - dwell) * end)
	// from the start of a visit on, for a station that sends then
	met := send / both * (1 - math.Exp(-both*dwell)) / (1 - math.Exp(-both*dwell)*away)
	before := (1 - away) / end * met // began to send between visits
	in := 1 - math.Exp(-both*dwell)
	within := send/both*(dwell-in/both) + in/both*away*met // or during one
	return (before + within) / gap / (m.On + m.Off).Seconds()
}

// catch is the chance that a burst is heard.
func (m *Model) catch(gap, dwell float64) float64 {
	miss := math.Exp(-m.BurstRate * dwell)
	visits := m.Burst.Seconds() / gap
	whole := math.Floor(visits)
	return 1 - math.Pow(miss, whole)*(1-(visits-whole)*(1-miss))
}

// stationOracle hears as many distinct stations as it can by the end.
func stationOracle(e *Environment, adapters int) Strategy {
	o := newOracle(e, adapters, e.stations, e.model.cells(e.model.hazard))
	o.deplete = true
	return o
}

// burstOracle hears as many bursts as it can.
func burstOracle(e *Environment, adapters int) Strategy {
	return newOracle(e, adapters, e.aps, e.model.cells(e.model.catch))
}

func newOracle(e *Environment, adapters int, counts []int, cells []cell) *oracle {
	o := &oracle{
		env: e, adapters: adapters, cells: cells, solved: -time.Hour, gains: make([]float64, len(counts)*len(cells)),
		weights: make([]float64, len(counts)), plan: make([]cell, len(counts)), due: make([]time.Duration, len(counts)), busy: make([]int, adapters),
	}
	for i, n := range counts {
		o.weights[i] = float64(n)
	}
	for i := range o.busy {
		o.busy[i] = -1
	}
	return o
}

func (o *oracle) Next(adapter int, now time.Duration) (int, time.Duration) {
	if now-o.solved >= 20*time.Second && (o.deplete || o.solved < 0) {
		o.solve(o.env.model.Duration - now)
		o.solved = now
	}
	o.busy[adapter] = -1
	best := -1
	for c, d := range o.due {
		if o.plan[c].cost == 0 {
			continue
		}
		if !slices.Contains(o.busy, c) && (best < 0 || d < o.due[best]) {
			best = c
		}
	}
	if best < 0 { // nothing is left to gain anywhere
		return 0, 100 * time.Millisecond
	}
	o.busy[adapter] = best
	o.due[best] = max(o.due[best]+o.plan[best].gap, now+o.plan[best].gap/2)
	return best, o.plan[best].dwell
}

func (o *oracle) Heard(v Visited) {
	if o.deplete {
		o.weights[v.Channel] -= float64(v.Discoveries)
	}
}

// solve finds the price of airtime at which the best treatment of every channel
// just uses up the adapters' time (Lagrange's multiplier), by bisection.
func (o *oracle) solve(left time.Duration) {
	for c, w := range o.weights {
		for i, cell := range o.cells {
			g := cell.rate
			if o.deplete {
				g = 1 - math.Exp(-cell.rate*left.Seconds())
			}
			o.gains[c*len(o.cells)+i] = w * g
		}
	}
	low, high := 0.0, 1e6
	for range 60 {
		price := (low + high) / 2
		if o.choose(price) > float64(o.adapters) {
			low = price
		} else {
			high = price
		}
	}
	o.choose(high)
}

// choose picks every channel's best treatment at a price of airtime, and returns
// what it costs.
func (o *oracle) choose(price float64) float64 {
	total := 0.0
	for c := range o.plan {
		best, value := 0, 0.0
		for i, cell := range o.cells {
			if v := o.gains[c*len(o.cells)+i] - price*cell.cost; v > value {
				best, value = i, v
			}
		}
		o.plan[c] = o.cells[best]
		total += o.plan[c].cost
	}
	return total
}
