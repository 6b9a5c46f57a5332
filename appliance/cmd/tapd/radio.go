package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/appliance/config"
	"picket/appliance/pipeline"
	"picket/radio/hop"
	"picket/radio/monitor"
	"picket/shared/desired"
	"picket/shared/task"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// lookAgain is how often it is looked which locks are in force.
const lookAgain = time.Minute

// radios has the box's radios listen: the keeper claims them, the hopper tunes
// them, a capture each listens, and what it hears tells the hopper where to go and
// the judge which of them is deaf.
//
//	keeper ── adapters ──▶ captures ── what was heard ──▶ hopper, judge
//	   ▲                      ▲                             │      │
//	   └── silent ────────────┼──────────── tunes ──────────┘      │
//	   └──────────────────────┴─────────────────────────────◀──────┘
type radios struct {
	names  []string // of those to use
	live   *pipeline.Live
	keeper *monitor.Keeper
	hopper *hop.Hopper
	tuner  *tuner
	ring   int // octets of a capture's ring
	tell   *telling
	log    *slog.Logger

	mu    sync.Mutex
	judge monitor.Judge
	ears  map[string]*ear // by the adapter's name
	use   bool            // the centre may say no
	wants desired.Radio   // what it says
	locks []hop.Lock      // that are obeyed
}

// ear is an adapter that listens.
type ear struct {
	adapter monitor.Adapter
	tuning  *pipeline.Tuning
	remove  func()
}

// newRadios returns what has the radios that cfg names listen into live.
func newRadios(cfg config.Config, live *pipeline.Live, ring int, tell *telling, log *slog.Logger) *radios {
	r := &radios{
		names: cfg.Radios, live: live, tuner: new(tuner), ring: ring, tell: tell, log: log,
		ears: make(map[string]*ear), use: true,
	}
	r.keeper = monitor.New(monitor.Config{StateDir: cfg.State, Use: r.wanted, Changed: r.changed, Event: r.event}, log)
	r.keeper.SetCountry(cfg.Country)
	r.hopper = hop.New(hop.Config{Tuner: r.tuner, Seed: rand.Uint64(), Tuned: r.tuned, Failed: r.failed}, log)
	return r
}

// tasks are what must run.
func (r *radios) tasks() []task.Task {
	return []task.Task{r.keeper, r.hopper, task.Func("locks", r.relock)}
}

// wanted says whether the operator and the centre want an adapter used.
func (r *radios) wanted(c monitor.Candidate) (bool, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.use {
		return false, "the centre wants no radio used"
	}
	if slices.Contains(r.names, config.AllRadios) || slices.Contains(r.names, c.Name) ||
		slices.ContainsFunc(r.names, func(n string) bool { return strings.EqualFold(n, c.MAC.String()) }) ||
		slices.ContainsFunc(c.Interfaces, func(i string) bool { return slices.Contains(r.names, i) }) {
		return true, ""
	}
	return false, "it is none of those that -radio names"
}

// changed captures from the adapters that listen, and from no others.
func (r *radios) changed(all []monitor.Adapter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var listening []hop.Radio
	kept := make(map[string]*ear)
	for _, a := range all {
		if a.State != monitor.Listening {
			continue
		}
		e := r.ears[a.Name]
		if e == nil || e.adapter.Generation != a.Generation {
			if e != nil {
				e.remove()
			}
			e = r.listen(a)
		}
		e.adapter = a
		kept[a.Name] = e
		delete(r.ears, a.Name)
		listening = append(listening, hop.Radio{
			Adapter: hop.Adapter{Name: a.Name, Frequencies: a.Frequencies}, Ifindex: a.Ifindex, Generation: a.Generation,
		})
	}
	for name, e := range r.ears {
		e.remove()
		r.judge.Forget(name)
	}
	r.ears = kept
	r.hopper.SetAdapters(listening)
	r.tell.now(radioOf(all))
}

// listen captures from an adapter that was just claimed.
func (r *radios) listen(a monitor.Adapter) *ear {
	e := &ear{tuning: new(pipeline.Tuning)}
	e.remove = r.live.Add(pipeline.Input{
		Name: a.Interface, Kind: wirepb.Capture_KIND_RADIO, Driver: a.Driver, Tuning: e.tuning,
		Open: func() (capture.Source, error) {
			ring, err := capture.OpenInterface(a.Interface, capture.LiveOptions{RingOctets: r.ring})
			if err != nil {
				return nil, err // not ring: a nil *Ring in an interface is not nil
			}
			return ring, nil
		},
		Heard: func(at time.Time, s aggregate.Sight) { r.heard(a, at, s) },
	})
	return e
}

// tuned tells the capture of an adapter where it listens.
func (r *radios) tuned(name string, f wlan.MHz, from, at time.Time) {
	if e := r.ear(name); e != nil {
		e.tuning.Tuned(f, from, at)
	}
}

func (r *radios) failed(name string, _ wlan.MHz, _ error) {
	if e := r.ear(name); e != nil {
		e.tuning.Failed()
	}
}

func (r *radios) ear(name string) *ear {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ears[name]
}

// heard hands on what an adapter heard.
func (r *radios) heard(a monitor.Adapter, at time.Time, s aggregate.Sight) {
	r.hopper.Heard(hop.Heard{
		Adapter: a.Name, Frequency: s.Frequency, At: at, Listened: s.Listened, Frames: s.Frames, Beacons: s.Beacons,
		BSSs: s.BSSs, Stations: s.Stations, Interest: s.Interest, Announced: channelsOf6GHz(s.Neighbors6GHz),
	})
	r.mu.Lock()
	evidence, deaf := r.judge.Heard(monitor.Visit{
		Adapter: a.Name, Generation: a.Generation, Frequency: s.Frequency, At: at, Listened: s.Listened, Frames: s.Frames + s.BadFCS,
	})
	r.mu.Unlock()
	if deaf {
		r.keeper.Silent(a.Name, evidence)
	}
}

// channelsOf6GHz returns the centres of the channels 4n + 1 whose bits n are set.
func channelsOf6GHz(bits uint64) []wlan.MHz {
	var all []wlan.MHz
	for n := range 64 {
		if bits&(1<<n) != 0 {
			all = append(all, wlan.Channel{Band: wlan.Band6GHz, Number: uint8(4*n + 1)}.Frequency())
		}
	}
	return all
}

// obey does what the centre wants, as far as it says.
func (r *radios) obey(d desired.Radio, country string) {
	r.mu.Lock()
	r.use = d.Use == nil || *d.Use
	r.wants = d
	r.mu.Unlock()
	if d.Country != "" {
		country = d.Country
	}
	r.keeper.SetCountry(country)
	r.keeper.Reconsider()
	r.plan(true)
}

// relock looks again which locks are in force: a clock that was wrong when the
// centre was heard may have been set since.
func (r *radios) relock(ctx context.Context) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			r.plan(false)
		}
	}
}

// plan tells the hopper what the centre wants; unless always, only where the locks
// are others than before.
func (r *radios) plan(always bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.wants
	var locks []hop.Lock
	for _, l := range d.Active(time.Now()) {
		bssid, _ := wlan.ParseMAC(l.BSSID) // empty: for nobody's sake
		locks = append(locks, hop.Lock{Frequency: l.Frequency, BSSID: bssid, Until: l.Until, Adapter: l.Adapter})
	}
	if !always && slices.Equal(locks, r.locks) {
		return
	}
	r.locks = locks
	r.hopper.SetPolicy(hop.Policy{
		Own: d.Own, Only: d.Only, Exclude: d.Exclude, Share: hop.Share{Index: d.Share.Index, Of: d.Share.Of},
		Revisit: time.Duration(d.RevisitMS) * time.Millisecond, Locks: locks,
	})
}
