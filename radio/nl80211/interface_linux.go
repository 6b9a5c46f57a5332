package nl80211

import (
	"fmt"
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

const (
	// maxInterfaces bounds a list of interfaces; a machine has a handful.
	maxInterfaces = 4096

	// maxLinks is IEEE80211_MLD_MAX_NUM_LINKS: link identifiers have four bits,
	// of which 15 is reserved (802.11be-2024, 9.4.2.312.2.3).
	maxLinks = 15

	// maxNameLen is IFNAMSIZ without the terminator.
	maxNameLen = unix.IFNAMSIZ - 1

	// ssidLen is the longest SSID (802.11-2020, 9.4.2.2).
	ssidLen = 32
)

// Interfaces returns the interfaces of all wiphys, by index; those without a
// network device come first.
func (c *Client) Interfaces() ([]Interface, error) {
	const what = "list interfaces"
	messages, err := c.dump(what, CommandGetInterface, unix.NL80211_ATTR_WIPHY, func(*netlink.AttributeEncoder) {})
	if err != nil {
		return nil, err
	}
	if len(messages) > maxInterfaces {
		return nil, fmt.Errorf("%s: %d of them, more than %d", what, len(messages), maxInterfaces)
	}
	found := make([]Interface, 0, len(messages))
	for _, m := range messages {
		i, err := parseInterface(m.data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		found = append(found, i)
	}
	slices.SortFunc(found, func(a, b Interface) int {
		if a.Index != b.Index {
			return int(int64(a.Index) - int64(b.Index))
		}
		return int(int64(a.WDev&0xffffffff) - int64(b.WDev&0xffffffff))
	})
	return found, nil
}

// Interface returns one interface. The error is os.ErrNotExist when it is gone.
func (c *Client) Interface(ifindex uint32) (Interface, error) {
	return c.one(fmt.Sprintf("get ifindex %d", ifindex), CommandGetInterface, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, ifindex)
	})
}

// CreateInterface adds an interface of type t to a wiphy. It is down. Flags are
// for monitors; 0 leaves the kernel's default.
//
// The error is unix.EOPNOTSUPP where the driver adds none or none of that type,
// unix.EEXIST (unix.ENFILE from older kernels) when the name is taken, and
// os.ErrNotExist when the wiphy is gone.
func (c *Client) CreateInterface(wiphy uint32, name string, t InterfaceType, flags MonitorFlags) (Interface, error) {
	return c.create(wiphy, name, t, flags, false)
}

// CreateOwnedInterface is CreateInterface, and the kernel deletes the interface
// when the client is closed, however the process ends (NL80211_ATTR_SOCKET_OWNER).
func (c *Client) CreateOwnedInterface(wiphy uint32, name string, t InterfaceType, flags MonitorFlags) (Interface, error) {
	return c.create(wiphy, name, t, flags, true)
}

func (c *Client) create(wiphy uint32, name string, t InterfaceType, flags MonitorFlags, owned bool) (Interface, error) {
	what := fmt.Sprintf("create %v interface %q on wiphy %d", t, name, wiphy)
	if name == "" || len(name) > maxNameLen {
		return Interface{}, fmt.Errorf("%s: a name has 1 to %d octets", what, maxNameLen)
	}
	// No acknowledgement is asked for: the answer is a message of its own.
	return c.one(what, CommandNewInterface, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_WIPHY, wiphy)
		ae.String(unix.NL80211_ATTR_IFNAME, name)
		ae.Uint32(unix.NL80211_ATTR_IFTYPE, uint32(t))
		encodeMonitorFlags(ae, flags)
		ae.Flag(unix.NL80211_ATTR_SOCKET_OWNER, owned)
	})
}

// one makes a request that is answered by one interface.
func (c *Client) one(what string, command Command, encode func(*netlink.AttributeEncoder)) (Interface, error) {
	messages, err := c.request(what, command, 0, encode)
	if err != nil {
		return Interface{}, err
	}
	if len(messages) != 1 {
		return Interface{}, fmt.Errorf("%s: %d answers, want 1", what, len(messages))
	}
	i, err := parseInterface(messages[0].data)
	if err != nil {
		return Interface{}, fmt.Errorf("%s: %w", what, err)
	}
	return i, nil
}

// DeleteInterface removes an interface. The error is os.ErrNotExist when it is
// gone already, and unix.EOPNOTSUPP where the driver removes none.
func (c *Client) DeleteInterface(ifindex uint32) error {
	return c.change(fmt.Sprintf("delete ifindex %d", ifindex), CommandDelInterface, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, ifindex)
	})
}

// SetInterfaceType makes an interface one of type t. The error is unix.EBUSY
// while it is up (most drivers), and unix.EOPNOTSUPP where the driver has no
// interfaces of type t.
func (c *Client) SetInterfaceType(ifindex uint32, t InterfaceType, flags MonitorFlags) error {
	return c.change(fmt.Sprintf("make ifindex %d a %v interface", ifindex, t), CommandSetInterface, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, ifindex)
		ae.Uint32(unix.NL80211_ATTR_IFTYPE, uint32(t))
		encodeMonitorFlags(ae, flags)
	})
}

// encodeMonitorFlags says nothing for 0: an empty list would switch off what the
// kernel has on by default.
func encodeMonitorFlags(ae *netlink.AttributeEncoder, flags MonitorFlags) {
	if flags == 0 {
		return
	}
	ae.Nested(unix.NL80211_ATTR_MNTR_FLAGS, func(ae *netlink.AttributeEncoder) error {
		for n := range uint16(32) {
			ae.Flag(n, flags>>n&1 != 0)
		}
		return nil
	})
}

// parseInterface reads the attributes of a NEW_INTERFACE message
// (nl80211.c, nl80211_send_iface).
func parseInterface(b []byte) (Interface, error) {
	var i Interface
	var identified bool
	channel := newChannelParser()
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_IFINDEX:
			i.Index, identified = ad.Uint32(), true
		case unix.NL80211_ATTR_WDEV:
			i.WDev, identified = ad.Uint64(), true
		case unix.NL80211_ATTR_IFNAME:
			i.Name = ad.String()
		case unix.NL80211_ATTR_WIPHY:
			i.Wiphy = ad.Uint32()
		case unix.NL80211_ATTR_IFTYPE:
			i.Type = InterfaceType(ad.Uint32())
		case unix.NL80211_ATTR_MAC:
			i.MAC = parseMAC(ad)
		case unix.NL80211_ATTR_SSID:
			ad.Do(func(b []byte) error {
				i.SSID = string(b[:min(len(b), ssidLen)])
				return nil
			})
		case unix.NL80211_ATTR_4ADDR:
			i.UsesFourAddresses = ad.Uint8() != 0
		case unix.NL80211_ATTR_MLO_LINKS:
			i.Links = parseLinks(ad)
		default:
			channel.attribute(ad)
		}
	})
	i.Channel = channel.definition()
	if err != nil {
		return Interface{}, fmt.Errorf("interface: %w", err)
	}
	if !identified {
		return Interface{}, errNoIdentity
	}
	return i, nil
}

func parseLinks(ad *netlink.AttributeDecoder) []Link {
	var links []Link
	nested(ad, func(ad *netlink.AttributeDecoder) {
		if len(links) == maxLinks {
			return
		}
		var l Link
		channel := newChannelParser()
		nested(ad, func(ad *netlink.AttributeDecoder) {
			switch ad.Type() {
			case unix.NL80211_ATTR_MLO_LINK_ID:
				l.ID = ad.Uint8()
			case unix.NL80211_ATTR_MAC:
				l.MAC = parseMAC(ad)
			default:
				channel.attribute(ad)
			}
		})
		l.Channel = channel.definition()
		links = append(links, l)
	})
	return links
}

// parseMAC reads an address; anything but six octets is an error of ad.
func parseMAC(ad *netlink.AttributeDecoder) wlan.MAC {
	var mac wlan.MAC
	ad.Do(func(b []byte) error {
		if len(b) != len(mac) {
			return fmt.Errorf("attribute %d is no address: %d octets", ad.Type(), len(b))
		}
		copy(mac[:], b)
		return nil
	})
	return mac
}
