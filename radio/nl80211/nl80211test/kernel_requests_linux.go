package nl80211test

import (
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// serve is the kernel's side of a socket.
func (k *Kernel) serve(s *socket, r Request) ([]Message, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.requests = append(k.requests, r)
	for i, f := range k.failures {
		if f.command != r.Command {
			continue
		}
		if f.times > 0 {
			if k.failures[i].times--; k.failures[i].times == 0 {
				k.failures = slices.Delete(k.failures, i, i+1)
			}
		}
		return nil, f.err
	}
	messages, err := k.do(s, r)
	if r.Flags&netlink.Dump == netlink.Dump && k.interrupt > 0 && len(messages) > 0 {
		k.interrupt--
		messages[len(messages)-1].Flags |= netlink.DumpInterrupted
	}
	return messages, err
}

func (k *Kernel) do(s *socket, r Request) ([]Message, error) {
	dump := r.Flags&netlink.Dump == netlink.Dump
	switch r.Command {
	case nl80211.CommandGetWiphy:
		return k.getWiphy(r, dump)
	case nl80211.CommandGetInterface:
		return k.getInterface(r, dump)
	case nl80211.CommandNewInterface:
		return k.newInterface(s, r)
	case nl80211.CommandSetInterface:
		return nil, k.setInterface(r)
	case nl80211.CommandDelInterface:
		return nil, k.delInterface(r)
	case nl80211.CommandSetWiphy:
		return nil, k.setWiphy(r)
	case nl80211.CommandGetRegulatory:
		return k.getRegulatory(dump), nil
	case nl80211.CommandRequestSetReg:
		return nil, k.requestSetRegulatory(r)
	case unix.NL80211_CMD_GET_PROTOCOL_FEATURES:
		ae := netlink.NewAttributeEncoder()
		ae.Uint32(unix.NL80211_ATTR_PROTOCOL_FEATURES, unix.NL80211_PROTOCOL_FEATURE_SPLIT_WIPHY_DUMP)
		return []Message{{Command: r.Command, Attributes: encoded(ae)}}, nil
	default:
		return nil, unix.EOPNOTSUPP
	}
}

func (k *Kernel) getWiphy(r Request, dump bool) ([]Message, error) {
	index, one := r.Uint32(unix.NL80211_ATTR_WIPHY)
	if !dump {
		w := k.wiphy(index)
		if w == nil || !one {
			return nil, unix.ENODEV
		}
		return k.describe(*w, false), nil
	}
	var messages []Message
	for _, w := range k.wiphys {
		if !one || w.Index == index || k.Old {
			messages = append(messages, k.describe(*w, r.Has(unix.NL80211_ATTR_SPLIT_WIPHY_DUMP) && !k.Old)...)
		}
	}
	return messages, nil
}

func (k *Kernel) describe(w nl80211.Wiphy, split bool) []Message {
	w.Generation = k.generation
	return Encode(w, split)
}

func (k *Kernel) getInterface(r Request, dump bool) ([]Message, error) {
	if !dump {
		i, err := k.requested(r)
		if err != nil {
			return nil, err
		}
		return []Message{EncodeInterface(nl80211.CommandNewInterface, i.Interface, k.devices)}, nil
	}
	var messages []Message
	for _, i := range k.interfaces {
		messages = append(messages, EncodeInterface(nl80211.CommandNewInterface, i.Interface, k.devices))
	}
	return messages, nil
}

// requested returns the interface that a request is about.
func (k *Kernel) requested(r Request) (*Interface, error) {
	index, _ := r.Uint32(unix.NL80211_ATTR_IFINDEX)
	if i := k.byIndex(index); i != nil {
		return i, nil
	}
	return nil, unix.ENODEV
}

// newInterface is _nl80211_new_interface and mac80211's ieee80211_if_add.
func (k *Kernel) newInterface(s *socket, r Request) ([]Message, error) {
	index, _ := r.Uint32(unix.NL80211_ATTR_WIPHY)
	w := k.wiphy(index)
	if w == nil {
		return nil, unix.ENODEV
	}
	t, _ := r.Uint32(unix.NL80211_ATTR_IFTYPE)
	if !w.CanCreate() || !w.InterfaceTypes.Has(nl80211.InterfaceType(t)) {
		return nil, unix.EOPNOTSUPP
	}
	name := r.Text(unix.NL80211_ATTR_IFNAME)
	if name == "" {
		return nil, unix.EINVAL
	}
	if k.byName(name) != nil {
		return nil, unix.EEXIST
	}
	i := &Interface{
		Interface: nl80211.Interface{Name: name, Wiphy: index, Type: nl80211.InterfaceType(t), MAC: w.MAC},
		Flags:     monitorFlags(r),
	}
	if r.Has(unix.NL80211_ATTR_SOCKET_OWNER) {
		i.owner = s
	}
	k.add(i)
	return []Message{EncodeInterface(nl80211.CommandNewInterface, i.Interface, k.devices)}, nil
}

// setInterface is nl80211_set_interface and mac80211's ieee80211_if_change_type.
func (k *Kernel) setInterface(r Request) error {
	i, err := k.requested(r)
	if err != nil {
		return err
	}
	w := k.wiphy(i.Wiphy)
	n, _ := r.Uint32(unix.NL80211_ATTR_IFTYPE)
	t := nl80211.InterfaceType(n)
	if !w.CanChangeType() || !w.InterfaceTypes.Has(t) {
		return unix.EOPNOTSUPP
	}
	if i.Up && t != i.Type {
		return unix.EBUSY
	}
	i.Type, i.Flags, i.SSID, i.Channel = t, monitorFlags(r), "", nl80211.ChannelDefinition{}
	k.devices++
	k.tellInterface(nl80211.CommandSetInterface, *i)
	return nil
}

func (k *Kernel) delInterface(r Request) error {
	i, err := k.requested(r)
	if err != nil {
		return err
	}
	if !k.wiphy(i.Wiphy).CanCreate() {
		return unix.EOPNOTSUPP
	}
	k.remove(i)
	return nil
}

// setWiphy is nl80211_set_wiphy, as far as it sets a monitor's channel.
func (k *Kernel) setWiphy(r Request) error {
	i, err := k.requested(r)
	if err != nil {
		return err
	}
	frequency, told := r.Uint32(unix.NL80211_ATTR_WIPHY_FREQ)
	if !told || i.Type != nl80211.TypeMonitor {
		return unix.EINVAL
	}
	w := k.wiphy(i.Wiphy)
	c, known := w.Channel(wlan.MHz(frequency))
	if !known || !c.Listen() {
		return &RefusalError{Errno: unix.EINVAL, Text: "Unknown channel", Attribute: unix.NL80211_ATTR_WIPHY_FREQ}
	}
	width, _ := r.Uint32(unix.NL80211_ATTR_CHANNEL_WIDTH)
	first, _ := r.Uint32(unix.NL80211_ATTR_CENTER_FREQ1)
	second, _ := r.Uint32(unix.NL80211_ATTR_CENTER_FREQ2)
	to := nl80211.ChannelDefinition{Frequency: c.Frequency, Width: nl80211.Width(width), Center1: wlan.MHz(first), Center2: wlan.MHz(second)}
	if want, fixed := nl80211.Widen(to.Frequency, to.Width); fixed && want != to {
		return &RefusalError{Errno: unix.EINVAL, Text: "invalid channel definition"}
	}
	if !w.CanTune() {
		return unix.EOPNOTSUPP
	}
	monitors, others := 0, 0
	for _, o := range k.interfaces {
		if o.Wiphy != i.Wiphy || !o.Up {
			continue
		}
		if o.Type == nl80211.TypeMonitor {
			monitors++
		} else {
			others++
		}
	}
	if monitors == 0 || others > 0 {
		return unix.EBUSY
	}
	for _, o := range k.interfaces {
		if o.Wiphy == i.Wiphy && o.Type == nl80211.TypeMonitor && o.Up {
			o.Channel = to
		}
	}
	return nil
}

func (k *Kernel) getRegulatory(dump bool) []Message {
	messages := []Message{EncodeDomain(k.global)}
	if dump {
		for _, d := range k.domains {
			messages = append(messages, EncodeDomain(d))
		}
	}
	return messages
}

// requestSetRegulatory is nl80211_req_set_reg; the kernel carries the hint out a
// little later, here at once.
func (k *Kernel) requestSetRegulatory(r Request) error {
	country := r.Text(unix.NL80211_ATTR_REG_ALPHA2)
	if len(country) != 2 || country != "00" && (country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z') {
		return unix.EINVAL
	}
	d := k.global
	d.Country = country
	k.setDomain(d, nl80211.InitiatorUser)
	return nil
}

// monitorFlags reads NL80211_ATTR_MNTR_FLAGS.
func monitorFlags(r Request) nl80211.MonitorFlags {
	var flags nl80211.MonitorFlags
	ad, err := netlink.NewAttributeDecoder(r.Attributes)
	if err != nil {
		return 0
	}
	for ad.Next() {
		if ad.Type() != unix.NL80211_ATTR_MNTR_FLAGS {
			continue
		}
		ad.Nested(func(ad *netlink.AttributeDecoder) error {
			for ad.Next() {
				flags |= 1 << (ad.Type() & 31)
			}
			return nil
		})
	}
	return flags
}
