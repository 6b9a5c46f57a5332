package hop

import (
	"cmp"
	"slices"
	"time"

	"picket/shared/wlan"
)

const (
	// revisitOwn is the guaranteed revisit of our own networks' channels.
	revisitOwn = time.Second

	// shareOwn and shareCommon are the most of an adapter's time that guaranteed
	// revisits may take; where they would take more, they come less often.
	shareOwn, shareCommon = 0.4, 0.35
)

// arrange takes in new adapters or another policy: which channels there are.
func (p *Planner) arrange() {
	before := make(map[*channel]bool, len(p.channels))
	for _, c := range p.channels {
		before[c] = true
	}
	for _, c := range p.known {
		c.permitted = false
	}
	for _, a := range p.adapters {
		a.channels = a.channels[:0]
		for _, f := range a.all {
			c := p.channel(f)
			if c == nil || slices.Contains(a.channels, c) || !p.permits(f) {
				continue
			}
			c.permitted = true
			a.channels = append(a.channels, c)
		}
		slices.SortFunc(a.channels, byRank)
		for c := range a.avoided {
			if !slices.Contains(a.channels, c) {
				delete(a.avoided, c)
			}
		}
	}
	p.channels = p.channels[:0]
	for _, c := range p.known {
		if !c.permitted {
			continue
		}
		p.channels = append(p.channels, c)
		if !before[c] { // however well it was known once
			c.swept, c.begun = false, p.now
		}
	}
	slices.SortFunc(p.channels, byRank)
	p.share()
	p.weigh()
}

func byRank(a, b *channel) int { return cmp.Compare(a.rank, b.rank) }

func (p *Planner) permits(f wlan.MHz) bool {
	if slices.Contains(p.policy.Exclude, f) {
		return false
	}
	return len(p.policy.Only) == 0 || slices.Contains(p.policy.Only, f)
}

// channel returns what is known of f, and nil when it is not for us.
func (p *Planner) channel(f wlan.MHz) *channel {
	if c := p.known[f]; c != nil {
		return c
	}
	place, ok := rank(f)
	if !ok {
		return nil
	}
	c := &channel{frequency: f, rank: place, left: p.now - time.Hour, begun: p.now}
	c.until, c.unheard = p.now, stationOn
	p.known[f] = c
	return c
}

// share gives out duties: locks, the guard, and who answers for which channel.
func (p *Planner) share() {
	p.replan = p.now + time.Minute
	for _, c := range p.channels {
		c.class = p.classify(c)
		c.warden = nil
	}
	for _, a := range p.adapters {
		a.lock, a.guard, a.duty, a.own, a.round = nil, false, a.duty[:0], a.own[:0], a.round[:0]
	}
	for _, a := range p.adapters {
		p.setDwell(a)
	}
	p.assignLocks()
	p.assignGuard()
	p.assignWardens()
	p.limit()
}

func (p *Planner) classify(c *channel) class {
	switch {
	case slices.Contains(p.policy.Own, c.frequency):
		return ours
	case shareOf(c.frequency, p.policy.Share.Of) != p.policy.Share.Index:
		return distant
	case c.frequency.Band() == wlan.Band6GHz && !preferred(c.frequency) && c.named <= p.now:
		return remote
	default:
		return common
	}
}

func (p *Planner) assignLocks() {
	for i := range p.policy.Locks {
		l := &p.policy.Locks[i]
		until := l.Until.Sub(p.epoch)
		c := p.known[l.Frequency]
		if until <= p.now || c == nil {
			continue
		}
		var best *adapter
		for _, a := range p.adapters {
			if a.lock != nil || l.Adapter != "" && l.Adapter != a.name || !p.can(a, c) {
				continue
			}
			if best == nil || len(a.channels) < len(best.channels) {
				best = a
			}
		}
		if best != nil {
			best.lock = l
			p.replan = min(p.replan, until)
		}
	}
}

// assignGuard makes one of two or more adapters stay on our own channels: of those that
// have any, rather one whose other channels are not missed, then the one that has most.
func (p *Planner) assignGuard() {
	have := make(map[*channel]int, len(p.channels)) // adapters
	free := 0
	for _, a := range p.adapters {
		if a.lock != nil || len(a.channels) == 0 {
			continue
		}
		free++
		for _, c := range a.channels {
			if p.can(a, c) {
				have[c]++
			}
		}
	}
	if free < 2 {
		return
	}
	var best *adapter
	missed, most := 0, 0
	for _, a := range p.adapters {
		alone, own := 0, 0
		for _, c := range a.channels {
			switch {
			case a.lock != nil || !p.can(a, c):
			case c.class == ours:
				own++
			case have[c] == 1:
				alone++
			}
		}
		if own == 0 {
			continue
		}
		order := cmp.Or(cmp.Compare(min(alone, 1), missed), -cmp.Compare(own, most))
		if best == nil || order < 0 || order == 0 && len(a.channels) < len(best.channels) {
			best, missed, most = a, min(alone, 1), own
		}
	}
	if best == nil {
		return
	}
	best.guard = true
	for _, c := range best.channels {
		if c.class == ours && p.can(best, c) {
			best.round = append(best.round, c)
		}
	}
}

// assignWardens gives every channel to the adapter that answers for its revisits:
// first those with the least choice, each to the one with least to do. The guard
// takes what nobody else can hear.
func (p *Planner) assignWardens() {
	order := slices.Clone(p.channels)
	choice := make(map[*channel]int, len(order))
	for _, a := range p.adapters {
		for _, c := range a.channels {
			if a.lock == nil && !a.guard && p.can(a, c) {
				choice[c]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *channel) int { return cmp.Compare(choice[a], choice[b]) })
	for _, c := range order {
		var best *adapter
		for _, a := range p.adapters {
			if a.lock != nil || !p.can(a, c) {
				continue
			}
			if a.guard && slices.Contains(a.round, c) {
				best = a
				break
			}
			if best == nil || best.guard && !a.guard || !a.guard && a.load() < best.load() {
				best = a
			}
		}
		if best != nil {
			c.warden = best
			if c.class == ours {
				best.own = append(best.own, c)
			} else {
				best.duty = append(best.duty, c)
			}
		}
	}
}

// load is what the adapter has to do for the channels it answers for, as time per round.
func (a *adapter) load() time.Duration {
	return time.Duration(len(a.duty)+len(a.own)) * (a.dwell + a.cost)
}

// can reports whether the adapter has the channel and nothing speaks against it now.
func (p *Planner) can(a *adapter, c *channel) bool {
	if v, avoided := a.avoided[c]; avoided && v.until > p.now {
		p.replan = min(p.replan, v.until)
		return false
	}
	return slices.Contains(a.channels, c)
}

// limit sets the guaranteed revisits: the wanted ones, or what is possible.
func (p *Planner) limit() {
	p.revisit = [...]time.Duration{common: p.policy.Revisit, ours: revisitOwn, distant: 0, remote: 0}
	for _, a := range p.adapters {
		var count [remote + 1]int
		for _, c := range a.duty {
			count[c.class]++
		}
		visit := (a.dwell + a.dwell/jitter + a.cost).Seconds()
		p.stretch(ours, float64(len(a.own))*visit/shareOwn)
		distantPart := float64(count[distant]) / float64(max(1, p.policy.Share.Of))
		p.stretch(common, (float64(count[common]+count[remote])+distantPart)*visit/shareCommon)
	}
	p.revisit[remote] = p.revisit[common]
	p.revisit[distant] = p.revisit[common] * time.Duration(p.policy.Share.Of)
}

func (p *Planner) stretch(c class, seconds float64) {
	p.revisit[c] = max(p.revisit[c], time.Duration(seconds*float64(time.Second)))
}

// setDwell sets the length of an ordinary visit after a change of what it costs.
func (p *Planner) setDwell(a *adapter) {
	least := max(p.policy.MinDwell, a.least)
	a.dwell = min(max(bestDwell(a.cost), least), max(p.policy.MaxDwell, least))
}
