package monitor

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"picket/radio/link"
	"picket/radio/nl80211"
)

// namePrefix begins the names of interfaces that are ours.
const namePrefix = "picket"

// ours reports whether an interface was made by a Keeper: picket0, picket1, …
func ours(name string) bool {
	number, found := strings.CutPrefix(name, namePrefix)
	if !found {
		return false
	}
	_, err := strconv.ParseUint(number, 10, 16)
	return err == nil
}

// snapshot is what the kernel says at one moment, or nearly: what changes while
// it is read wakes the loop again.
type snapshot struct {
	wiphys     []nl80211.Wiphy    // by index
	interfaces map[uint32][]iface // by wiphy, by ifindex
	names      map[string]bool    // of all links
	regulatory nl80211.Regulatory
	routes     []link.Route
	addresses  []link.Address
}

// iface is a wireless interface: what nl80211 and rtnetlink say of it.
type iface struct {
	nl80211.Interface
	link link.Link
}

// look reads a snapshot.
func look(k *Kernel) (*snapshot, error) {
	s := &snapshot{interfaces: make(map[uint32][]iface), names: make(map[string]bool)}
	var err error
	if s.wiphys, err = k.Radios.Wiphys(); err != nil {
		return nil, err
	}
	interfaces, err := k.Radios.Interfaces()
	if err != nil {
		return nil, err
	}
	if s.regulatory, err = k.Radios.Regulatory(); err != nil {
		return nil, err
	}
	links, err := k.Links.Links()
	if err != nil {
		return nil, err
	}
	if s.addresses, err = k.Links.Addresses(); err != nil {
		return nil, err
	}
	if s.routes, err = k.Links.Routes(); err != nil {
		return nil, err
	}
	slices.SortFunc(s.wiphys, func(a, b nl80211.Wiphy) int { return cmp.Compare(a.Index, b.Index) })
	byIndex := make(map[uint32]link.Link, len(links))
	for _, l := range links {
		byIndex[l.Index] = l
		s.names[l.Name] = true
	}
	for _, i := range interfaces {
		l, ok := byIndex[i.Index]
		if !ok {
			continue // without a network device, or gone since
		}
		s.interfaces[i.Wiphy] = append(s.interfaces[i.Wiphy], iface{i, l})
	}
	for _, list := range s.interfaces {
		slices.SortFunc(list, func(a, b iface) int { return cmp.Compare(a.Index, b.Index) })
	}
	return s, nil
}
