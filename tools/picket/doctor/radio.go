package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"picket/radio/monitor"
	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// radioOf says of a radio what people want to know.
func radioOf(m monitor.Radio, rights rights) Radio {
	r := Radio{
		Name: m.Name, Driver: m.Driver, Device: m.Device, Note: m.Note, Sources: m.Sources, Monitor: m.CanMonitor(),
		Country: m.Domain.Country, Status: Fine,
	}
	if m.MAC != (wlan.MAC{}) {
		r.MAC = m.MAC.String()
	}
	for _, i := range m.Interfaces {
		r.Interfaces = append(r.Interfaces, Interface{Name: i.Name, Type: i.Type.String(), Up: i.Up, By: i.Holders})
	}
	for _, b := range m.Bands {
		if b.Band == wlan.Band2GHz || b.Band == wlan.Band5GHz || b.Band == wlan.Band6GHz {
			r.Bands = append(r.Bands, bandOf(b))
		}
	}
	switch {
	case !m.Usable:
		r.Status, r.Text, r.Cure = Broken, m.Why, m.Cure
	case !rights.admin:
		r.Status, r.Text = Warning, "It can listen, but this user may not make it do so."
		r.Cure = "Nothing, if the tap runs as a service: that has the rights. Otherwise run it as root."
	default:
		r.Text = "It can listen, and the tap will use it."
		if m.SoftBlocked {
			r.Text = "It can listen: it is switched off by a program (rfkill), and the tap will switch it on."
		}
		if m.Domain.World() {
			r.Status = Warning
			r.Text += " But nobody told the kernel which country the box is in, so that it listens only where that is allowed everywhere."
			r.Cure = "Start tapd with -country and the two letters of your country, as in -country DE."
		}
	}
	return r
}

// bandOf says on which channels of a band one may listen.
func bandOf(b nl80211.Band) Band {
	out := Band{Band: b.Band.String(), Known: len(b.Channels)}
	channels := slices.SortedFunc(slices.Values(b.Channels), func(a, b nl80211.Channel) int { return int(a.Frequency) - int(b.Frequency) })
	allowed := func(c nl80211.Channel) bool { return c.Listen() && !c.Limits.Has(nl80211.No20MHz) }
	for _, c := range channels {
		if allowed(c) {
			out.Allowed++
		}
	}
	out.Channels = runs(channels, allowed)
	out.Radar = runs(channels, func(c nl80211.Channel) bool { return allowed(c) && c.Radar })
	return out
}

// runs writes channel numbers, those that follow each other in the adapter's own
// list as one: "1-13", "36-64, 100-140".
func runs(channels []nl80211.Channel, in func(nl80211.Channel) bool) string {
	var parts []string
	for i := 0; i < len(channels); i++ {
		if !in(channels[i]) {
			continue
		}
		last := i
		for last+1 < len(channels) && in(channels[last+1]) && channels[last+1].Frequency-channels[last].Frequency <= 20 {
			last++
		}
		from, to := channelNumber(channels[i]), channelNumber(channels[last])
		switch last - i {
		case 0:
			parts = append(parts, from)
		case 1:
			parts = append(parts, from, to)
		default:
			parts = append(parts, from+"-"+to)
		}
		i = last
	}
	return strings.Join(parts, ", ")
}

func channelNumber(c nl80211.Channel) string {
	if n, ok := c.Frequency.Channel(); ok {
		return strconv.Itoa(int(n.Number))
	}
	return fmt.Sprintf("%d MHz", c.Frequency)
}
