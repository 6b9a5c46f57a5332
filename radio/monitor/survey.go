package monitor

import (
	"picket/radio/nl80211"
)

// Radio is what is known of a wiphy, and what a Keeper would do with it.
type Radio struct {
	nl80211.Wiphy
	Driver, Device string // empty: not known
	Domain         nl80211.Domain
	Interfaces     []Interface

	// Usable says that a Keeper would claim it now. If not, Why is the reason and
	// Cure what would help: sentences.
	Usable    bool
	Why, Cure string

	// Note is what is known of the driver that its owner should know: a sentence,
	// empty for most. Sources are the pages that say so.
	Note    string
	Sources []string

	SoftBlocked, HardBlocked bool // rfkill
}

// Interface is one of a radio's interfaces.
type Interface struct {
	Name    string
	Type    nl80211.InterfaceType
	Up      bool
	Holders []string // programs that hold it, as far as /proc tells
}

// Survey says of each radio what a Keeper would do with it, and changes nothing.
// Who may not read all of /proc learns less of who holds what.
func Survey(k *Kernel) ([]Radio, error) {
	s, err := look(k)
	if err != nil {
		return nil, err
	}
	var all []Radio
	for _, w := range s.wiphys {
		r := newRadio(k.Files, s, w)
		v := assess(k.Files, s, r)
		out := Radio{
			Wiphy: w, Driver: r.device.driver, Device: r.device.id, Domain: r.domain,
			Usable: v.use, SoftBlocked: r.blocked.soft, HardBlocked: r.blocked.hard, Sources: r.quirk.sources,
		}
		if !v.use {
			out.Why = sentence(v.why)
		}
		if v.cure != "" {
			out.Cure = sentence(v.cure)
		}
		if r.quirk.says != "" {
			out.Note = sentence("it has the driver " + r.device.driver + ", " + r.quirk.says)
		}
		for _, i := range r.interfaces {
			out.Interfaces = append(out.Interfaces, Interface{
				Name: i.Name, Type: i.Type, Up: i.link.Up, Holders: holders(k.Files, i.Index, i.Name),
			})
		}
		all = append(all, out)
	}
	return all, nil
}
