package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"picket/server/store"
	"picket/shared/wlan"
)

// place is a site and all that its verdict rests on.
type place struct {
	site     store.Site
	taps     []store.Tap
	heard    []wlan.MHz // frequencies listened to lately
	coverage map[string]store.Coverage
}

// verdict returns the state of the site and its reason.
func (p place) verdict() (state, why string) {
	var listening, wrong []string
	reported := false
	for _, t := range p.taps {
		state, reason := tapState(t)
		reported = reported || state != never
		if capturing(t) {
			listening = append(listening, t.Name)
		}
		if state != online {
			wrong = append(wrong, t.Name+": "+reason)
		}
	}
	switch {
	case len(p.taps) == 0:
		return "pending", "No tap is enrolled here yet. Make an enrolment token and start a tap with it."
	case !reported:
		return "pending", "No tap has reported yet. " + wrong[0]
	case len(listening) == 0:
		return "no_data", "Nobody listens here now. " + wrong[0]
	case len(wrong) > 0:
		return "attention", wrong[0]
	}
	return "quiet", fmt.Sprintf("%s listening.", plural(len(listening), "tap is", "taps are"))
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// describe describes the site over a time range.
func (p place) describe(from, to time.Time) HomeSite {
	out := HomeSite{
		Slug: p.site.Slug, Name: p.site.Name,
		Taps:     SiteTaps{Total: len(p.taps)},
		Coverage: p.bands(),
		Wire:     p.hears(linkEthernet),
		History:  p.history(from, to, time.Now()),
	}
	out.State, out.Why = p.verdict()
	for _, t := range p.taps {
		out.Frames += t.Frames
		out.Demonstration = out.Demonstration || t.Demonstration
		if capturing(t) {
			out.Taps.Capturing++
		}
	}
	return out
}

// Kinds of links as a site is judged by.
const (
	linkEthernet = "wire"
	linkRadio    = "radio"
)

// hears reports whether a running capture of some tap is of a kind.
func (p place) hears(kind string) bool {
	for _, t := range p.taps {
		if !capturing(t) {
			continue
		}
		for i := range t.CaptureName {
			if runs(t, i) && linkKind(get(t.CaptureLinkType, i)) == kind {
				return true
			}
		}
	}
	return false
}

// linkKind sorts LINKTYPE_ values of tcpdump.org/linktypes.html.
func linkKind(n int32) string {
	switch n {
	case 105, 119, 127, 163, 192:
		return linkRadio
	}
	return linkEthernet
}

// bands returns the channels listened to, by band.
func (p place) bands() []BandCoverage {
	out := []BandCoverage{}
	for _, band := range []wlan.Band{wlan.Band2GHz, wlan.Band5GHz, wlan.Band6GHz} {
		channels := []int{}
		for _, f := range p.heard {
			if c, ok := f.Channel(); ok && c.Band == band && !slices.Contains(channels, int(c.Number)) {
				channels = append(channels, int(c.Number))
			}
		}
		slices.Sort(channels)
		out = append(out, BandCoverage{Band: band.String(), ChannelsHeard: channels})
	}
	return out
}

// lag is how far behind now the newest window of a healthy tap may end.
const lag = 30 * time.Second

// history says for each part of the time range how much of it the site's taps
// covered. Nothing is expected of a tap before its first report.
func (p place) history(from, to, now time.Time) []HistorySlot {
	slots := make([]HistorySlot, store.Slots)
	length := to.Sub(from) / store.Slots
	for i := range slots {
		start := from.Add(time.Duration(i) * length)
		end := start.Add(length)
		if due := now.Add(-lag); end.After(due) {
			end = due
		}
		var covered, expected time.Duration
		for _, t := range p.taps {
			c, reported := p.coverage[t.ID]
			if !reported || !c.From.Before(end) {
				continue
			}
			covered += c.Covered(start, end)
			if c.From.After(start) {
				expected += end.Sub(c.From)
			} else {
				expected += max(0, end.Sub(start))
			}
		}
		slots[i] = HistorySlot{At: Time{start}, State: "none"}
		switch {
		case covered <= 0:
		case covered*10 >= expected*9:
			slots[i].State = "heard"
		default:
			slots[i].State = "partial"
		}
	}
	return slots
}

// blindSpots lists what nobody listens to at a site.
func (p place) blindSpots(site HomeSite) []BlindSpot {
	var spots []BlindSpot
	add := func(what, why string, since *Time) {
		spots = append(spots, BlindSpot{Site: p.site.Slug, What: what, Why: why, Since: since})
	}
	if site.Taps.Capturing == 0 {
		add("Everything", site.Why, p.lastHeard())
		return spots
	}
	for _, t := range p.taps {
		switch state, why := tapState(t); state {
		case silent:
			add("What tap "+t.Name+" hears", why, at(deref(t.LastWindowEnd)))
		case never:
			add("What tap "+t.Name+" would hear", why, nil)
		}
	}
	if !p.hears(linkRadio) {
		add("Wi-Fi", p.deaf(), nil)
	} else {
		var bands []string
		for _, b := range site.Coverage {
			if len(b.ChannelsHeard) == 0 {
				bands = append(bands, b.Band)
			}
		}
		if len(bands) > 0 {
			add("Wi-Fi at "+strings.Join(bands, " and "), "No radio of a tap has listened there in the last hour. It may lack the band, or be locked to other channels.", nil)
		}
	}
	if !site.Wire {
		add("The wire", "No tap captures an Ethernet interface. Connect one to a mirror port.", nil)
	}
	return spots
}

// deaf says why no radio of the site listens.
func (p place) deaf() string {
	for _, t := range p.taps {
		for _, a := range t.Adapters {
			if state, why := adapterState(t, a); state != listening && why != "" {
				return fmt.Sprintf("No tap has a radio that captures. Adapter %s of %s: %s", text([]byte(a.Name)), t.Name, why)
			}
		}
	}
	return "No tap has a radio that captures. Plug in a Wi-Fi adapter that can monitor."
}

// lastHeard is when the last tap fell silent; nil: none ever reported.
func (p place) lastHeard() *Time {
	var last time.Time
	for _, t := range p.taps {
		if t.LastWindowEnd != nil && t.LastWindowEnd.After(last) {
			last = *t.LastWindowEnd
		}
	}
	return at(last)
}

func deref(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
