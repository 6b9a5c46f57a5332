package hop_test

import (
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

// epoch is when every plan of the tests begins.
var epoch = time.Unix(1_800_000_000, 0)

// visit is one that a planner decided on.
type visit struct {
	hop.Visit

	adapter string
	at      time.Duration // when it was decided
}

// drive follows a planner as a Hopper would, in no real time.
type drive struct {
	*hop.Planner

	t        *testing.T
	now      time.Duration
	costs    map[string]time.Duration // of a switch
	free     map[string]time.Duration // when each adapter's visit ends
	on       map[string]wlan.MHz
	visits   []visit
	promised map[wlan.MHz]time.Duration // the longest guarantee there was
	begun    map[wlan.MHz]time.Duration
	gaps     map[wlan.MHz]time.Duration // the longest between two visits' decisions
	refuses  func(adapter string, f wlan.MHz) bool
	heard    func(v visit, h *hop.Heard)
}

func newDrive(t *testing.T, seed uint64) *drive {
	return &drive{
		Planner: hop.NewPlanner(seed), t: t,
		costs: make(map[string]time.Duration), free: make(map[string]time.Duration), on: make(map[string]wlan.MHz),
		promised: make(map[wlan.MHz]time.Duration), begun: make(map[wlan.MHz]time.Duration), gaps: make(map[wlan.MHz]time.Duration),
	}
}

func (d *drive) time() time.Time { return epoch.Add(d.now) }

// set gives the planner these adapters from now on.
func (d *drive) set(adapters ...hop.Adapter) {
	d.SetAdapters(adapters, d.time())
	there := make(map[string]bool)
	for _, a := range adapters {
		there[a.Name] = true
		if _, ok := d.free[a.Name]; !ok {
			d.free[a.Name], d.costs[a.Name] = d.now, a.SwitchCost
		}
	}
	for name := range d.free {
		if !there[name] {
			delete(d.free, name)
			delete(d.on, name)
		}
	}
}

// policy applies one from now on, and all adapters ask anew.
func (d *drive) policy(p hop.Policy) {
	d.SetPolicy(p, d.time())
	for name := range d.free {
		d.free[name] = d.now
	}
}

// run goes on for that long.
func (d *drive) run(length time.Duration) {
	d.t.Helper()
	end := d.now + length
	for {
		name := ""
		for n, free := range d.free {
			if name == "" || free < d.free[name] || free == d.free[name] && n < name {
				name = n
			}
		}
		if name == "" || d.free[name] >= end {
			d.now = end
			return
		}
		d.now = max(d.now, d.free[name])
		d.next(name)
	}
}

func (d *drive) next(name string) {
	v := visit{d.Next(name, d.time()), name, d.now}
	if v.Dwell <= 0 {
		d.t.Fatalf("%v: %+v has no length", d.now, v)
	}
	if v.Frequency == 0 {
		d.free[name] = d.now + v.Dwell
		return
	}
	from := d.now
	if d.on[name] != v.Frequency {
		from += d.costs[name]
		if d.refuses != nil && d.refuses(name, v.Frequency) {
			d.Failed(name, v.Frequency, epoch.Add(from))
			d.free[name], d.on[name] = from+100*time.Millisecond, 0
			return
		}
		d.Tuned(name, d.costs[name])
	}
	d.on[name], d.free[name] = v.Frequency, from+v.Dwell
	if before, ok := d.begun[v.Frequency]; ok {
		d.gaps[v.Frequency] = max(d.gaps[v.Frequency], d.now-before)
	}
	d.begun[v.Frequency] = d.now
	d.promised[v.Frequency] = max(d.promised[v.Frequency], d.Guaranteed(v.Frequency))
	d.visits = append(d.visits, v)
	h := hop.Heard{Adapter: name, Frequency: v.Frequency, At: epoch.Add(from + v.Dwell), Listened: v.Dwell}
	if d.heard != nil {
		d.heard(v, &h)
	}
	d.Heard(h)
}

// forget starts the bookkeeping anew, after the plan had time to settle.
func (d *drive) forget() {
	d.visits = nil
	clear(d.promised)
	clear(d.gaps)
}

// airtime is how long each frequency was listened to, by adapter, and by all under "".
func (d *drive) airtime() map[string]map[wlan.MHz]time.Duration {
	all := map[string]map[wlan.MHz]time.Duration{"": {}}
	for _, v := range d.visits {
		if all[v.adapter] == nil {
			all[v.adapter] = make(map[wlan.MHz]time.Duration)
		}
		all[v.adapter][v.Frequency] += v.Dwell
		all[""][v.Frequency] += v.Dwell
	}
	return all
}

// keeps checks that no channel went without a visit for longer than promised,
// until now, and that something was promised for all.
func (d *drive) keeps(frequencies []wlan.MHz) {
	d.t.Helper()
	for _, f := range frequencies {
		begun, ok := d.begun[f]
		if !ok || d.promised[f] == 0 {
			d.t.Errorf("%d MHz: visited: %v, promised %v", f, ok, d.promised[f])
			continue
		}
		gap := max(d.gaps[f], d.now-begun)
		if gap > d.promised[f] {
			d.t.Errorf("%d MHz: left alone for %v, promised %v", f, gap, d.promised[f])
		}
	}
}

func channels(band wlan.Band, from, to, step int) []wlan.MHz {
	var all []wlan.MHz
	for n := from; n <= to; n += step {
		all = append(all, wlan.Channel{Band: band, Number: uint8(n)}.Frequency())
	}
	return all
}

func band2() []wlan.MHz { return channels(wlan.Band2GHz, 1, 13, 1) }

func band5() []wlan.MHz {
	all := append(channels(wlan.Band5GHz, 36, 64, 4), channels(wlan.Band5GHz, 100, 144, 4)...)
	return append(all, channels(wlan.Band5GHz, 149, 173, 4)...)
}

func band6() []wlan.MHz { return channels(wlan.Band6GHz, 1, 233, 4) }

// preferred6 are the preferred scanning channels of 6 GHz.
func preferred6() []wlan.MHz { return channels(wlan.Band6GHz, 5, 229, 16) }

func join(lists ...[]wlan.MHz) []wlan.MHz {
	var all []wlan.MHz
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func radio(name string, cost time.Duration, frequencies ...[]wlan.MHz) hop.Adapter {
	return hop.Adapter{Name: name, SwitchCost: cost, Frequencies: join(frequencies...)}
}
