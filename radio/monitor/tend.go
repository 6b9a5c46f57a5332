package monitor

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"picket/radio/nl80211"
)

// tend takes the next step with one wiphy.
func (k *Keeper) tend(a *adapter, s *snapshot, now time.Time) {
	r := k.radio(a, s)
	if k.sweep(a, r) {
		r.interfaces = withoutOurs(r.interfaces, a.ifindex)
		s.interfaces[a.wiphy.Index] = r.interfaces
	}
	v := a.linger(assess(k.kernel.Files, s, r), r, now)
	if v.use {
		v = k.wanted(a, r)
	}
	if !v.use {
		if a.hold != nil {
			k.giveBack(a, now, v.why)
		}
		a.state, a.text = Unused, v.sentence()
		return
	}
	if a.ifindex != 0 && a.state == Listening {
		trouble := k.trouble(a, r)
		if trouble == "" {
			if now.Sub(a.since) > quiet {
				a.disturbances, a.contest = 0, pause{}
			}
			a.text = a.claimed()
			return
		}
		k.disturbed(a, r, now, trouble)
	}
	if now.Before(a.retry) {
		if a.hold != nil && a.state != Listening {
			k.giveBack(a, now, "") // what could not be undone at once
		}
		if a.state == 0 {
			a.state, a.text = Unused, sentence("it was just plugged in, and is claimed in a moment")
		}
		return
	}
	k.attempt(a, s, r, now)
}

// linger keeps off a wiphy that somebody used a short while ago and still has
// switched on: a station that roams, or whose access point restarts, is without a
// network for a moment, and would come back to none.
func (a *adapter) linger(v verdict, r radio, now time.Time) verdict {
	if v.used {
		a.used, a.usedWhy = now, v
		return v
	}
	on := slices.ContainsFunc(r.interfaces, func(i iface) bool { return i.link.Up && !r.mine[i.Index] && i.Type != nl80211.TypeMonitor })
	if !v.use || !on || a.used.IsZero() || now.Sub(a.used) >= lingering {
		return v
	}
	return verdict{why: "it was in use a moment ago (" + a.usedWhy.why + ")", cure: a.usedWhy.cure}
}

// radio is what is known of a wiphy now.
func (k *Keeper) radio(a *adapter, s *snapshot) radio {
	r := newRadio(k.kernel.Files, s, a.wiphy)
	r.mine = map[uint32]bool{a.ifindex: true}
	if a.hold != nil {
		a.hold.follow(r.interfaces, r.blocked)
		if c, ok := a.hold.flipped(); ok {
			r.mine[c.Index] = true
		}
	}
	a.device, a.quirk, a.domain = r.device, r.quirk, r.domain
	return r
}

// sweep removes interfaces of our name that are not ours: a process that was
// killed left them, unless one that lives listens there.
func (k *Keeper) sweep(a *adapter, r radio) (swept bool) {
	for _, i := range r.interfaces {
		if !ours(i.Name) || i.Index == a.ifindex || len(holders(k.kernel.Files, i.Index, i.Name)) > 0 {
			continue
		}
		if err := k.kernel.Radios.DeleteInterface(i.Index); err != nil && !errors.Is(err, os.ErrNotExist) {
			k.log.Warn("interface of a former run stays", "ifindex", i.Index, "err", err)
			continue
		}
		swept = true
	}
	return swept
}

func withoutOurs(all []iface, keep uint32) []iface {
	var rest []iface
	for _, i := range all {
		if !ours(i.Name) || i.Index == keep {
			rest = append(rest, i)
		}
	}
	return rest
}

// wanted asks the owner.
func (k *Keeper) wanted(a *adapter, r radio) verdict {
	if k.cfg.Use == nil {
		return verdict{use: true}
	}
	c := Candidate{Name: a.wiphy.Name, MAC: a.wiphy.MAC, Driver: a.device.driver, Device: a.device.id}
	for _, i := range r.interfaces {
		if !ours(i.Name) {
			c.Interfaces = append(c.Interfaces, i.Name)
		}
	}
	use, why := k.cfg.Use(c)
	if why == "" {
		why = "it is not to be used"
	}
	return verdict{use: use, why: why}
}

// trouble says what is wrong with the claim of an adapter, empty for nothing.
func (k *Keeper) trouble(a *adapter, r radio) string {
	found := false
	for _, i := range r.interfaces {
		switch {
		case i.Index == a.ifindex:
			found = true
			a.ifname = i.Name // whoever renames it may
			if i.Type != nl80211.TypeMonitor {
				return fmt.Sprintf("another program made its interface %s one of type %v", i.Name, i.Type)
			}
			if !i.link.Up && r.blocked.soft {
				return "a program switched the radio off (rfkill)"
			}
			if !i.link.Up {
				return "its interface " + i.Name + " was switched off"
			}
		case i.link.Up && i.Type != nl80211.TypeMonitor:
			return i.Name + " was switched on beside " + a.ifname
		}
	}
	if !found {
		return "its interface " + a.ifname + " was deleted"
	}
	return ""
}

// disturbed counts a disturbance and says when it is put right.
func (k *Keeper) disturbed(a *adapter, r radio, now time.Time, trouble string) {
	if now.Sub(a.since) > quiet {
		a.disturbances, a.contest = 0, pause{}
	}
	a.disturbances++
	if a.disturbances <= patient {
		k.event(now, Failure, a.wiphy.Name, trouble+"; it is put right")
		return
	}
	cure := ""
	if program := manager(k.kernel.Files); program != "" && len(r.interfaces) > 0 {
		name := r.interfaces[0].Name
		cure = "; tell " + program + " to leave " + name + " alone" + leaveAlone(program, name)
	}
	if err := k.release(a); err != nil {
		k.log.Warn("radio not put back as found", "wiphy", a.wiphy.Name, "err", err)
	}
	a.retry = now.Add(a.contest.grow(2*time.Second, quiet))
	k.fail(a, now, Failed, sentence(trouble+", again and again"+cure))
}

// attempt claims the wiphy and says what became of that.
func (k *Keeper) attempt(a *adapter, s *snapshot, r radio, now time.Time) {
	err := k.claim(a, s, r)
	if err == nil {
		k.generation++
		a.generation, a.since, a.failures = k.generation, now, pause{}
		a.state, a.text = Listening, a.claimed()
		k.event(now, Claimed, a.wiphy.Name, a.wiphy.Name+" "+lower(a.text))
		k.poke() // to see it as the kernel does
		return
	}
	v := k.explain(r, err)
	if err := k.release(a); err != nil {
		k.log.Warn("radio not put back as found", "wiphy", a.wiphy.Name, "err", err)
	}
	a.retry = now.Add(a.failures.grow(time.Second, quiet))
	switch {
	case errors.Is(err, os.ErrNotExist): // it went meanwhile, or an interface of it; the next look tells
		a.state, a.text = Failed, sentence("it went away while it was claimed")
	case errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, errLies):
		k.fail(a, now, Unused, v.sentence())
	default:
		k.fail(a, now, Failed, v.sentence())
	}
}

// fail tells of a failure, once as long as it stays the same.
func (k *Keeper) fail(a *adapter, now time.Time, state State, text string) {
	if a.state != state || a.text != text {
		k.event(now, Failure, a.wiphy.Name, a.wiphy.Name+" is not used: "+lower(text))
	}
	a.state, a.text = state, text
}

// giveBack releases what must not be held any more.
func (k *Keeper) giveBack(a *adapter, now time.Time, why string) {
	listened := a.state == Listening
	if err := k.release(a); err != nil {
		k.log.Warn("radio not put back as found", "wiphy", a.wiphy.Name, "err", err)
	}
	if listened {
		k.event(now, Released, a.wiphy.Name, a.wiphy.Name+" was put back as found: "+why)
	}
}

// cure does something about an adapter that hears nothing.
func (k *Keeper) cure(a *adapter, s *snapshot, now time.Time, evidence string) {
	c, due := a.silence.complain(now)
	if !due {
		return
	}
	text := fmt.Sprintf("%s delivered nothing (%s)", a.wiphy.Name, evidence)
	var err error
	switch c {
	case toggle:
		err = k.kernel.Links.SetDown(a.ifindex)
	case recreate:
		if flipped, ok := a.hold.flipped(); ok && flipped.Index == a.ifindex {
			err = k.retype(a.ifindex, nl80211.TypeStation)
		} else {
			err = k.kernel.Radios.DeleteInterface(a.ifindex)
		}
	case reclaim:
		err = k.release(a)
	case reset:
		err = k.release(a)
		if resetErr := k.kernel.Devices.Reset(a.wiphy.Name); resetErr != nil {
			k.log.Warn("device not reset", "wiphy", a.wiphy.Name, "err", resetErr)
			k.event(now, Silent, a.wiphy.Name, text+"; it could not be reset: unplug it and plug it in again")
		} else {
			k.event(now, Silent, a.wiphy.Name, text+"; "+c.String())
		}
	case giveUp:
		err = k.release(a)
		a.retry = now.Add(deaf)
		a.state, a.text = Failed, sentence(fmt.Sprintf("it hears nothing (%s), and no cure helped; unplug it and plug it in again, or replace it", evidence))
	}
	if err != nil {
		k.log.Warn("cure of a silent radio", "wiphy", a.wiphy.Name, "err", err)
	}
	if c != reset {
		k.event(now, Silent, a.wiphy.Name, text+"; "+c.String())
	}
	if c == giveUp {
		return
	}
	fresh, err := look(k.kernel)
	if err != nil {
		k.poke() // the next look meets the same and says so
		return
	}
	*s = *fresh
	r := k.radio(a, s)
	if a.state = Failed; c == reset { // it goes now, and comes back; if not, it is claimed as it is
		a.text = sentence("the device is being reset")
		a.retry = now.Add(settle)
		return
	}
	k.attempt(a, s, r, now)
}

// regulate keeps the country as asked for, and tells of changes of it.
func (k *Keeper) regulate(s *snapshot, now time.Time) {
	k.mu.Lock()
	want, initiator := k.country, k.initiator
	k.mu.Unlock()
	is := s.regulatory.Global.Country
	if k.started && is != k.domain {
		text := fmt.Sprintf("the regulatory domain is %q now, set by %v; it was %q", is, initiator, k.domain)
		k.event(now, RegulatoryChanged, "", text)
	}
	k.domain = is
	if want == "" || want == is || now.Sub(k.asked) < time.Minute {
		return
	}
	k.asked = now
	if err := k.kernel.Radios.SetRegulatory(want); err != nil {
		k.log.Warn("country not set", "country", want, "err", err)
	}
}

// lower makes a sentence a clause that can stand inside another.
func lower(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' || len(s) > 1 && s[1] == ' ' {
		s = strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
