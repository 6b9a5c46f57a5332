package hop

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"picket/shared/wlan"
)

// A Planner decides where the adapters of a box listen. It is pure: it asks no
// clock and no kernel, and does the same for the same seed and calls. It is not
// safe for concurrent use. Times must not go back; one that does counts as the
// latest.
type Planner struct {
	random   *rand.Rand
	epoch    time.Time // of all times below; zero before the first call
	now      time.Duration
	ticked   time.Duration
	policy   Policy
	adapters []*adapter // by name
	channels []*channel // that some adapter has and the policy permits, by rank
	known    map[wlan.MHz]*channel
	replan   time.Duration // when duties are to be shared out anew
	revisit  [remote + 1]time.Duration
}

// An adapter is an Adapter at work.
type adapter struct {
	name     string
	channels []*channel // permitted, by rank
	all      []wlan.MHz
	cost     time.Duration
	least    time.Duration // dwell that its driver bears
	dwell    time.Duration // of an ordinary visit
	lock     *Lock
	guard    bool
	round    []*channel // a guard's
	duty     []*channel // that it answers for, but own, by deadline
	own      []*channel // that it answers for, of our own networks, by deadline
	avoided  map[*channel]avoidance

	on     *channel
	begun  time.Duration // of its visit
	before time.Duration // what on.begun was, in case tuning fails
	swept  bool          // whether on was
}

// An avoidance is a channel that an adapter could not be tuned to.
type avoidance struct {
	until    time.Duration
	failures int
}

// NewPlanner returns a planner without adapters. Chance decides ties and keeps
// visits out of step with what they listen to.
func NewPlanner(seed uint64) *Planner {
	p := &Planner{random: rand.New(rand.NewPCG(seed, 0)), known: make(map[wlan.MHz]*channel)}
	p.policy = Policy{}.complete()
	return p
}

// SetAdapters replaces the adapters. One that was there before, by name, goes on
// with its visit; what was learnt of channels is kept.
func (p *Planner) SetAdapters(adapters []Adapter, now time.Time) {
	p.advance(now)
	old := p.adapters
	p.adapters = nil
	for _, a := range adapters {
		at := &adapter{name: a.Name, avoided: make(map[*channel]avoidance)}
		if i := slices.IndexFunc(old, func(o *adapter) bool { return o.name == a.Name }); i >= 0 {
			at = old[i]
			old = slices.Delete(old, i, i+1)
		} else {
			at.cost = defaultSwitchCost
			if a.SwitchCost > 0 {
				at.cost = a.SwitchCost
			}
		}
		at.least = a.MinDwell
		at.all = slices.Clone(a.Frequencies)
		p.adapters = append(p.adapters, at)
	}
	for _, gone := range old {
		p.leave(gone)
	}
	slices.SortFunc(p.adapters, func(a, b *adapter) int { return strings.Compare(a.name, b.name) })
	p.arrange()
}

// SetPolicy replaces the policy.
func (p *Planner) SetPolicy(policy Policy, now time.Time) {
	p.advance(now)
	p.policy = policy.complete()
	p.policy.Own = slices.Clone(policy.Own)
	p.policy.Locks = slices.Clone(policy.Locks)
	p.policy.Exclude = slices.Clone(policy.Exclude)
	p.policy.Only = slices.Clone(policy.Only)
	p.arrange()
}

// Next ends the adapter's visit, however long it was, and begins another.
func (p *Planner) Next(name string, now time.Time) Visit {
	p.advance(now)
	a := p.adapter(name)
	if a == nil {
		return Visit{Dwell: time.Second}
	}
	if p.now >= p.replan {
		p.share()
	}
	last := a.on
	p.leave(a)
	c, v := p.choose(a)
	if c == nil {
		return v
	}
	a.on, a.begun, a.before, a.swept = c, p.now, c.begun, c.swept
	c.begun, c.swept = p.now, true
	if v.Dwell >= p.policy.MaxDwell {
		c.found = false
	}
	v.Frequency = c.frequency
	if c != last && v.Reason != Sweep { // out of step with beacons and with what is periodic
		v.Dwell += time.Duration(p.random.Int64N(1 + int64(v.Dwell)/jitter))
	}
	return v
}

// jitter is the part of a dwell by which it may be longer than planned.
const jitter = 8

// Heard takes in what an adapter heard. What is told of unknown channels is
// ignored, as are announcements of channels that no adapter has.
func (p *Planner) Heard(h Heard) {
	if p.epoch.IsZero() {
		return
	}
	for _, f := range h.Announced {
		if c := p.known[f]; c != nil {
			if c.class == remote && c.named <= p.now {
				p.replan = p.now
			}
			c.named = p.now + namedFor
		}
	}
	c := p.known[h.Frequency]
	if c == nil {
		return
	}
	to := min(h.At.Sub(p.epoch), p.now+time.Minute) // a wrong clock must not stop it for long
	if c.bsss.count < nobody && h.BSSs > 0 && c.class != distant {
		c.found = true
	}
	c.hear(to-max(0, h.Listened), to, &h)
	if h.Interest > 0 {
		c.hot = p.now + hotFor
	}
}

// nobody is the count of beacons, faded, below which a channel is taken to have been
// without a BSS: five minutes after a visit that heard a few.
const nobody = 0.1

// hotFor is how long after a frame of interest a channel is worth long visits.
const hotFor = 3 * time.Second

// Tuned tells how long a change of channel took: from the request until the
// adapter listened again.
func (p *Planner) Tuned(name string, took time.Duration) {
	a := p.adapter(name)
	if a == nil {
		return
	}
	delete(a.avoided, a.on)
	took = min(max(took, 0), time.Second)
	a.cost += (took - a.cost) / 8
	p.setDwell(a)
	p.limit()
}

// Failed tells that the adapter's visit to f could not begin. The adapter leaves the
// channel alone, at first for 30 s, then for twice as long each time.
func (p *Planner) Failed(name string, f wlan.MHz, now time.Time) {
	p.advance(now)
	a, c := p.adapter(name), p.known[f]
	if a == nil || c == nil || !slices.Contains(a.channels, c) {
		return
	}
	p.undo(a)
	v := a.avoided[c]
	v.until = p.now + min(30*time.Second<<v.failures, 10*time.Minute)
	v.failures = min(v.failures+1, 5)
	a.avoided[c] = v
	p.replan = p.now
}

// Gone tells that the adapter's visit could not begin for a reason that is not the
// channel's.
func (p *Planner) Gone(name string, now time.Time) {
	p.advance(now)
	if a := p.adapter(name); a != nil {
		p.undo(a)
	}
}

// undo takes back the adapter's latest visit.
func (p *Planner) undo(a *adapter) {
	if c := a.on; c != nil {
		c.begun, c.swept = a.before, a.swept
		a.on = nil
	}
}

// Guaranteed returns how long f goes without a visit at most, as things are: for
// most channels the policy's Revisit, or more where there are too many channels
// for that; for our own networks' less; for those that other taps of the site look
// after as many times more as there are taps. It is 0 where nothing is promised:
// no adapter has f, those that do are locked or failed there, or f was not visited yet.
func (p *Planner) Guaranteed(f wlan.MHz) time.Duration {
	c := p.known[f]
	if c == nil || !c.permitted || c.warden == nil || !c.promised() {
		return 0
	}
	return p.revisit[c.class]
}

func (p *Planner) advance(now time.Time) {
	if p.epoch.IsZero() {
		p.epoch = now
	}
	p.now = max(p.now, now.Sub(p.epoch))
	if p.now-p.ticked >= time.Second {
		p.tick()
	}
}

// tick lets what was learnt fade, and weighs the channels against each other.
func (p *Planner) tick() {
	passed := (p.now - p.ticked).Seconds()
	p.ticked = p.now
	slow, fast := math.Exp(-passed/memory), math.Exp(-passed/10)
	for _, c := range p.known {
		c.fade(slow, fast)
	}
	p.weigh()
}

// weigh gives each channel its share of all stations and of all attacks that there
// are likely to be.
func (p *Planner) weigh() {
	stations, bsss := rate{count: 1e-3, exposure: priorWeight}, rate{count: 1e-3, exposure: priorWeight}
	for _, c := range p.channels {
		if c.class != remote && c.class != distant {
			stations.count += c.stations.count
			stations.exposure += c.stations.exposure
			bsss.count += c.bsss.count
			bsss.exposure += c.bsss.exposure
		}
	}
	likelyStations, likelyBSSs := stations.count/stations.exposure, bsss.count/bsss.exposure
	allStations, allAttacks := 0.0, 0.0
	for _, c := range p.channels {
		faith := 1.0
		if c.class == remote {
			faith = faithRemote
		}
		c.stationShare = c.stations.value(likelyStations, faith)
		c.attackShare = c.bsss.value(likelyBSSs, faith) + c.alarm()
		if c.class != distant {
			allStations += c.stationShare
			allAttacks += c.attackShare
		}
	}
	for _, c := range p.channels {
		if c.class == distant {
			c.stationShare, c.attackShare = 0, 0
			continue
		}
		c.stationShare /= allStations
		c.attackShare /= allAttacks
	}
}

func (p *Planner) adapter(name string) *adapter {
	for _, a := range p.adapters {
		if a.name == name {
			return a
		}
	}
	return nil
}

// leave ends an adapter's visit.
func (p *Planner) leave(a *adapter) {
	if a.on != nil {
		a.on.left = p.now
		a.on = nil
	}
}
