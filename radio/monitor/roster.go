package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// arrive begins with a wiphy that was not there before.
func (k *Keeper) arrive(w nl80211.Wiphy, now time.Time) *adapter {
	d := readDevice(k.kernel.Files, w.Name)
	a := &adapter{wiphy: w, device: d, quirk: quirkOf(d.driver)}
	k.adapters[w.Index] = a
	if n := slices.IndexFunc(k.left, func(h hold) bool { return h.Wiphy == w.Index && h.MAC == w.MAC }); n >= 0 {
		h := k.left[n]
		k.left = slices.Delete(k.left, n, n+1)
		if c, ok := h.flipped(); ok {
			a.ifindex, a.ifname = c.Index, c.Name
		}
		a.hold = &h
	}
	if !k.started {
		return a
	}
	a.retry = now.Add(settle)
	text := fmt.Sprintf("%s appeared%s", w.Name, a.described())
	key := a.identity()
	if was, known := k.gone[key]; known {
		a.silence = was.silence
		delete(k.gone, key)
		text = fmt.Sprintf("%s%s is back after %v", w.Name, a.described(), now.Sub(was.at).Round(time.Second))
		if was.name != w.Name {
			text += ", and was " + was.name
		}
	}
	k.event(now, Appeared, w.Name, text)
	return a
}

// depart ends with a wiphy that is not there any more. Who is unplugged needs
// nothing put back; but a wiphy may also come back as it went, from another network
// namespace.
func (k *Keeper) depart(a *adapter, now time.Time) Adapter {
	for key, m := range k.gone {
		if now.Sub(m.at) > memory {
			delete(k.gone, key)
		}
	}
	if len(k.gone) < maxHolds {
		k.gone[a.identity()] = memo{name: a.wiphy.Name, at: now, silence: a.silence}
	}
	if a.hold != nil {
		k.left = append(k.left[max(0, len(k.left)-maxHolds+1):], *a.hold)
	}
	a.hold, a.ifindex, a.ifname = nil, 0, ""
	a.state, a.text = Gone, sentence(a.wiphy.Name+" was unplugged, or its driver let go of it")
	k.event(now, Unplugged, a.wiphy.Name, a.wiphy.Name+a.described()+" was unplugged, or its driver let go of it")
	return k.adapterOf(a)
}

// identity tells an adapter from others, also after it was unplugged.
func (a *adapter) identity() string {
	return a.wiphy.MAC.String() + " " + a.device.driver + " " + a.device.id
}

// described is the adapter's device and driver in parentheses.
func (a *adapter) described() string {
	switch {
	case a.device.id != "" && a.device.driver != "":
		return fmt.Sprintf(" (%s, driver %s)", a.device.id, a.device.driver)
	case a.device.driver != "":
		return fmt.Sprintf(" (driver %s)", a.device.driver)
	default:
		return ""
	}
}

// tell calls Config.Changed if anything changed.
func (k *Keeper) tell(departed []Adapter) {
	var all []Adapter
	for _, a := range k.sorted() {
		all = append(all, k.adapterOf(a))
	}
	now := slices.Clone(all)
	for _, d := range departed {
		if !slices.ContainsFunc(all, func(a Adapter) bool { return a.Name == d.Name }) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Adapter) int { return cmp.Compare(a.Name, b.Name) })
	changed := !slices.EqualFunc(all, k.told, Adapter.equal) || !k.toldAny
	k.told, k.toldAny = now, true // who is gone is told once
	if changed && k.cfg.Changed != nil {
		k.cfg.Changed(all)
	}
}

func (k *Keeper) adapterOf(a *adapter) Adapter {
	out := Adapter{
		Wiphy: a.wiphy.Index, Name: a.wiphy.Name, MAC: a.wiphy.MAC, Driver: a.device.driver, Device: a.device.id,
		State: a.state, Text: a.text, Frequencies: a.wiphy.Frequencies(), Country: a.domain.Country, Generation: a.generation,
	}
	if a.state == Listening {
		out.Interface, out.Ifindex = a.ifname, a.ifindex
	}
	out.NoIR = pick(a.wiphy, out.Frequencies, func(c nl80211.Channel) bool { return c.NoIR })
	out.Radar = pick(a.wiphy, out.Frequencies, func(c nl80211.Channel) bool { return c.Radar })
	return out
}

func pick(w nl80211.Wiphy, from []wlan.MHz, has func(nl80211.Channel) bool) []wlan.MHz {
	var found []wlan.MHz
	for _, f := range from {
		if c, ok := w.Channel(f); ok && has(c) {
			found = append(found, f)
		}
	}
	return found
}

func (k *Keeper) event(now time.Time, kind EventKind, subject, text string) {
	if said := sentence(text); subject == "" || !strings.HasPrefix(text, subject) {
		text = said
	} else { // its name stays as it is
		text = subject + said[len(subject):]
	}
	if k.cfg.Event == nil {
		k.log.Info("radio event", "kind", kind.String(), "wiphy", subject, "text", text)
		return
	}
	k.cfg.Event(Event{Time: now, Kind: kind, Subject: subject, Text: text})
}
