package nl80211test

import (
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
)

// eventLen is NLMSG_DEFAULT_SIZE on machines with pages of 4 KiB: an event about a
// wiphy that needs more is not sent.
const eventLen = 3760

// SetDomain changes the regulatory domain, d.Wiphy's or the global one, and tells
// of it.
func (k *Kernel) SetDomain(d nl80211.Domain, by nl80211.Initiator) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.setDomain(d, by)
}

func (k *Kernel) setDomain(d nl80211.Domain, by nl80211.Initiator) {
	command := nl80211.CommandRegulatoryChange
	if d.Wiphy == nl80211.NoWiphy {
		k.global = d
	} else {
		found := false
		for i := range k.domains {
			if k.domains[i].Wiphy == d.Wiphy {
				k.domains[i], found = d, true
			}
		}
		if !found {
			k.domains = append(k.domains, d)
		}
		if d.SelfManaged {
			command = nl80211.CommandWiphyRegChange
		}
	}
	k.tell(unix.NL80211_MULTICAST_GROUP_REG, Message{Command: command, Attributes: regulatoryChange(d, by)})
}

// regulatoryChange is nl80211_reg_change_event_fill.
func regulatoryChange(d nl80211.Domain, by nl80211.Initiator) []byte {
	ae := netlink.NewAttributeEncoder()
	ae.Uint8(unix.NL80211_ATTR_REG_INITIATOR, uint8(by))
	switch d.Country {
	case "00":
		ae.Uint8(unix.NL80211_ATTR_REG_TYPE, unix.NL80211_REGDOM_TYPE_WORLD)
	case "98":
		ae.Uint8(unix.NL80211_ATTR_REG_TYPE, unix.NL80211_REGDOM_TYPE_INTERSECTION)
	case "99":
		ae.Uint8(unix.NL80211_ATTR_REG_TYPE, unix.NL80211_REGDOM_TYPE_CUSTOM_WORLD)
	default:
		ae.Uint8(unix.NL80211_ATTR_REG_TYPE, unix.NL80211_REGDOM_TYPE_COUNTRY)
		ae.String(unix.NL80211_ATTR_REG_ALPHA2, d.Country)
	}
	if d.Wiphy != nl80211.NoWiphy {
		ae.Uint32(unix.NL80211_ATTR_WIPHY, d.Wiphy)
		ae.Flag(unix.NL80211_ATTR_WIPHY_SELF_MANAGED_REG, d.SelfManaged)
	}
	return encoded(ae)
}

// Overrun makes the next read of each subscription fail with ENOBUFS: an event was
// lost.
func (k *Kernel) Overrun() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.sockets {
		s.mu.Lock()
		s.overrun = len(s.joined) > 0
		s.mu.Unlock()
		s.signal()
	}
}

// Tell sends any message to a multicast group.
func (k *Kernel) Tell(group string, m Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell(group, m)
}

func (k *Kernel) tell(group string, m Message) {
	for _, g := range groups {
		if g.name != group {
			continue
		}
		for _, s := range k.sockets {
			s.mu.Lock()
			joined := s.joined[g.id]
			s.mu.Unlock()
			if joined {
				s.push(datagram{s.pack(0, 0, m)})
			}
		}
	}
}

// tellWiphy is nl80211_notify_wiphy, which does not tell what needs more than a
// page.
func (k *Kernel) tellWiphy(c nl80211.Command, w nl80211.Wiphy) {
	w.Generation = k.generation
	m := wiphyMessage(c, w)
	if c == nl80211.CommandNewWiphy {
		m = Encode(w, false)[0]
	}
	if len(m.Attributes) <= eventLen {
		k.tell(unix.NL80211_MULTICAST_GROUP_CONFIG, m)
	}
}

func (k *Kernel) tellInterface(c nl80211.Command, i Interface) {
	k.tell(unix.NL80211_MULTICAST_GROUP_CONFIG, EncodeInterface(c, i.Interface, k.devices))
}
