package doctor

import (
	"path"
	"slices"
	"strings"

	"picket/radio/link"
	"picket/shared/wlan"
)

// wired returns the interfaces for cables: hardware that is no radio.
func (s System) wired(links []link.Link, routes []link.Route) []Wired {
	var all []Wired
	for _, l := range links {
		dir := path.Join("sys/class/net", l.Name)
		if l.Encap != "ether" || l.Kind != "" || !s.exists(path.Join(dir, "device")) || s.exists(path.Join(dir, "phy80211")) {
			continue
		}
		w := Wired{Name: l.Name, Carrier: l.Running, Status: Fine}
		if l.MAC != (wlan.MAC{}) {
			w.MAC = l.MAC.String()
		}
		for line := range strings.Lines(s.read(path.Join(dir, "device/uevent"))) {
			if driver, ok := strings.CutPrefix(strings.TrimSpace(line), "DRIVER="); ok {
				w.Driver = driver
			}
		}
		w.Uplink = slices.ContainsFunc(routes, func(r link.Route) bool {
			return r.Default() && (r.Link == l.Index || r.Link == l.Master && l.Master != 0)
		})
		switch {
		case !l.Up:
			w.Status, w.Text, w.Cure = Warning, "It is switched off.", "Plug in a cable and switch it on: ip link set "+l.Name+" up"
		case !l.Running:
			w.Status, w.Text, w.Cure = Warning, "No cable is plugged in, or the other end is off.", "Plug in a cable if the tap shall hear a wired network."
		case w.Uplink:
			w.Text = "It is the box's way to the network, and the tap hears what passes here."
		default:
			w.Text = "A cable is plugged in, and the tap hears what passes here."
		}
		all = append(all, w)
	}
	return all
}
