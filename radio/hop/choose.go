package hop

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// choose decides the adapter's next visit.
func (p *Planner) choose(a *adapter) (*channel, Visit) {
	if a.lock != nil {
		return p.known[a.lock.Frequency], Visit{Dwell: p.untilLockEnds(a.lock), Reason: Locked}
	}
	if len(a.channels) == 0 {
		return nil, Visit{Dwell: time.Second}
	}
	if c := p.unswept(a); c != nil {
		if due := p.due(a, sweepDwell); due != nil {
			return due, Visit{Dwell: a.dwell, Reason: Revisit}
		}
		return c, Visit{Dwell: max(sweepDwell, a.least), Reason: Sweep}
	}
	if a.guard {
		return p.guard(a)
	}
	if c := p.found(a); c != nil {
		dwell := max(a.dwell, p.policy.MaxDwell)
		if due := p.due(a, dwell+dwell/jitter); due != nil && due != c {
			return due, Visit{Dwell: a.dwell, Reason: Revisit}
		}
		return c, Visit{Dwell: dwell, Reason: Information}
	}
	c := p.promising(a)
	if c == nil {
		return nil, Visit{Dwell: time.Second}
	}
	dwell := p.length(a, c)
	due := p.due(a, dwell+dwell/jitter)
	if due != nil && dwell > a.dwell { // there may be time for a shorter one
		dwell = a.dwell
		due = p.due(a, dwell+dwell/jitter)
	}
	if due != nil && due != c {
		return due, Visit{Dwell: a.dwell, Reason: Revisit}
	}
	return c, Visit{Dwell: dwell, Reason: Information}
}

func (p *Planner) untilLockEnds(l *Lock) time.Duration {
	return max(min(l.Until.Sub(p.epoch)-p.now, p.policy.MaxDwell), time.Millisecond)
}

// length is how long to listen to c: longer where something happens.
func (p *Planner) length(a *adapter, c *channel) time.Duration {
	if c.hot > p.now {
		return max(a.dwell, p.policy.MaxDwell)
	}
	return a.dwell
}

// unswept returns the next channel that nobody visited yet: of those that the
// adapter answers for, our own first; when it is done with them, of the others'.
func (p *Planner) unswept(a *adapter) *channel {
	var next *channel
	order := func(c *channel) int {
		switch {
		case c.warden != a:
			return 2
		case c.class != ours:
			return 1
		default:
			return 0
		}
	}
	for _, c := range a.channels {
		if c.swept || c.class == remote || a.guard && c.warden != a || !p.can(a, c) {
			continue
		}
		if next == nil || order(c) < order(next) {
			next = c
		}
	}
	return next
}

// found returns the channel that has waited longest of those where BSSs were heard
// for the first time: one long visit shows who their stations are.
func (p *Planner) found(a *adapter) *channel {
	var next *channel
	for _, c := range a.channels {
		if c.found && (next == nil || c.begun < next.begun) && !p.busy(a, c) && p.can(a, c) {
			next = c
		}
	}
	return next
}

// guard goes round our own networks' channels, or stays on the only one.
func (p *Planner) guard(a *adapter) (*channel, Visit) {
	if due := p.due(a, p.policy.MaxDwell+p.policy.MaxDwell/jitter); due != nil {
		return due, Visit{Dwell: a.dwell, Reason: Revisit}
	}
	var next *channel
	for _, c := range a.round {
		if next == nil || c.begun < next.begun {
			next = c
		}
	}
	if next == nil {
		return nil, Visit{Dwell: time.Second}
	}
	n := time.Duration(len(a.round))
	if n == 1 {
		return next, Visit{Dwell: max(a.dwell, p.policy.MaxDwell), Reason: Own}
	}
	dwell := min(max(roundOwn/n-a.cost, a.dwell), max(p.policy.MaxDwell, a.dwell))
	return next, Visit{Dwell: dwell, Reason: Own}
}

// roundOwn is how long a guard's round is to take, so that a burst of half a
// second does not fall between two visits.
const roundOwn = 500 * time.Millisecond

// due returns the channel that has to be visited now, because after another visit
// of that dwell some guarantee could no longer be kept: with deadlines in order,
// the i-th must leave time for the i visits before it. It returns nil when there is time.
//
// Our own channels' deadlines come again while others wait, so the two are looked at
// apart: the others with the own ones' share of the time set aside, and when they
// are in a hurry, the own ones go first only if they could not wait for one visit.
func (p *Planner) due(a *adapter, dwell time.Duration) *channel {
	visit := a.dwell + a.dwell/jitter + a.cost
	wait := dwell + a.cost
	other := p.late(a.duty, wait+time.Duration(len(a.own))*visit, visit, visit.Seconds()*float64(len(a.own))/p.revisit[ours].Seconds())
	if other != nil {
		wait = visit
	}
	if own := p.late(a.own, wait, visit, 0); own != nil {
		return own
	}
	return other
}

// late returns the channel with the earliest deadline if, after some wait, not all
// of them could be visited in time, each visit taking that long, when a part of the
// time goes elsewhere.
func (p *Planner) late(channels []*channel, wait, visit time.Duration, elsewhere float64) *channel {
	slices.SortFunc(channels, func(x, y *channel) int { return cmp.Compare(p.deadline(x), p.deadline(y)) })
	var earliest *channel
	for _, c := range channels {
		if !c.promised() {
			continue
		}
		if earliest == nil {
			earliest = c
		}
		left := p.deadline(c) - p.now
		if wait+time.Duration(elsewhere*float64(left)) > left {
			return earliest
		}
		wait += visit
	}
	return nil
}

// deadline is when c has to be visited again.
func (p *Planner) deadline(c *channel) time.Duration { return c.begun + p.revisit[c.class] }

// promising returns the channel where a visit is worth most; where all have
// another adapter on them, the one that was left longest ago. It returns nil when
// the adapter may not go anywhere.
func (p *Planner) promising(a *adapter) *channel {
	var best, shared *channel
	most := math.Inf(-1)
	station := 1 - math.Exp(-stationRate*a.dwell.Seconds())
	attack := 1 - math.Exp(-attackRate*a.dwell.Seconds())
	for _, c := range a.channels {
		if v, avoided := a.avoided[c]; avoided && v.until > p.now {
			continue
		}
		if p.busy(a, c) {
			if shared == nil || c.left < shared.left {
				shared = c
			}
			continue
		}
		gap := (p.now - c.left).Seconds()
		w := c.stationShare*worth(gap, stationOn, station) + c.attackShare*worth(gap, attackOn, attack)
		w += 1e-12 * gap // where nothing tells channels apart, the one left longest ago
		if w > most {
			best, most = c, w
		}
	}
	if best == nil {
		return shared
	}
	return best
}

// busy reports whether another adapter listens to c.
func (p *Planner) busy(a *adapter, c *channel) bool {
	for _, b := range p.adapters {
		if b != a && b.on == c {
			return true
		}
	}
	return false
}
