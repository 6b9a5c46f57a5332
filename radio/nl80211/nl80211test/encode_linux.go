package nl80211test

import (
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// Encode returns the messages in which the kernel describes a wiphy (nl80211.c
// v6.12, nl80211_send_wiphy): many when split, otherwise one, from which everything
// that programs of 2013 did not know is left out.
func Encode(w nl80211.Wiphy, split bool) []Message {
	var parts []func(*netlink.AttributeEncoder)
	add := func(part func(*netlink.AttributeEncoder)) { parts = append(parts, part) }
	add(func(ae *netlink.AttributeEncoder) { ae.Uint8(unix.NL80211_ATTR_MAX_NUM_SCAN_SSIDS, w.MaxScanSSIDs) })
	add(func(ae *netlink.AttributeEncoder) { antennas(ae, w) })
	add(func(ae *netlink.AttributeEncoder) { types(ae, unix.NL80211_ATTR_SUPPORTED_IFTYPES, w.InterfaceTypes) })
	if split {
		for _, b := range w.Bands {
			add(func(ae *netlink.AttributeEncoder) {
				band(ae, b, func(ae *netlink.AttributeEncoder) { rateInfo(ae, b, true) })
			})
			for i := range b.Channels {
				add(func(ae *netlink.AttributeEncoder) {
					band(ae, b, func(ae *netlink.AttributeEncoder) { channels(ae, b.Channels[i:i+1], i, true) })
				})
			}
		}
	} else {
		add(func(ae *netlink.AttributeEncoder) { oldBands(ae, w) })
	}
	add(func(ae *netlink.AttributeEncoder) {
		nest(ae, unix.NL80211_ATTR_SUPPORTED_COMMANDS, func(ae *netlink.AttributeEncoder) {
			i := uint16(0)
			for c := range nl80211.Command(255) {
				if w.Commands.Has(c) {
					i++
					ae.Uint32(i, uint32(c))
				}
			}
		})
	})
	add(func(ae *netlink.AttributeEncoder) {
		types(ae, unix.NL80211_ATTR_SOFTWARE_IFTYPES, w.SoftwareTypes)
		nest(ae, unix.NL80211_ATTR_INTERFACE_COMBINATIONS, func(ae *netlink.AttributeEncoder) { combinations(ae, w.Combinations, split) })
	})
	add(func(ae *netlink.AttributeEncoder) { ae.Uint32(unix.NL80211_ATTR_FEATURE_FLAGS, uint32(w.Features)) })
	if !split {
		return []Message{wiphyMessage(nl80211.CommandNewWiphy, w, parts...)}
	}
	add(func(ae *netlink.AttributeEncoder) {
		if w.MAC != (wlan.MAC{}) {
			ae.Bytes(unix.NL80211_ATTR_MAC, w.MAC[:])
		}
		if len(w.MACs) > 0 {
			nest(ae, unix.NL80211_ATTR_MAC_ADDRS, func(ae *netlink.AttributeEncoder) {
				for i, mac := range w.MACs {
					ae.Bytes(uint16(i+1), mac[:])
				}
			})
		}
	})
	add(func(ae *netlink.AttributeEncoder) {
		ae.Flag(unix.NL80211_ATTR_WIPHY_SELF_MANAGED_REG, w.SelfManaged)
		ae.Bytes(unix.NL80211_ATTR_EXT_FEATURES, extFeatures(w.ExtFeatures))
	})
	if len(w.Radios) > 0 {
		add(func(ae *netlink.AttributeEncoder) { radios(ae, w.Radios) })
	}
	messages := make([]Message, 0, len(parts))
	for _, part := range parts {
		messages = append(messages, wiphyMessage(nl80211.CommandNewWiphy, w, part))
	}
	return messages
}

// wiphyMessage is what every message about a wiphy starts with, and parts.
func wiphyMessage(c nl80211.Command, w nl80211.Wiphy, parts ...func(*netlink.AttributeEncoder)) Message {
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(unix.NL80211_ATTR_WIPHY, w.Index)
	ae.String(unix.NL80211_ATTR_WIPHY_NAME, w.Name)
	ae.Uint32(unix.NL80211_ATTR_GENERATION, w.Generation)
	for _, part := range parts {
		part(ae)
	}
	return Message{Command: c, Attributes: encoded(ae)}
}

// EncodeInterface returns the message that describes an interface (nl80211_send_iface).
// generation is that of the list of interfaces of its wiphy.
func EncodeInterface(c nl80211.Command, i nl80211.Interface, generation uint32) Message {
	ae := netlink.NewAttributeEncoder()
	if i.Index != 0 {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, i.Index)
		ae.String(unix.NL80211_ATTR_IFNAME, i.Name)
	}
	ae.Uint32(unix.NL80211_ATTR_WIPHY, i.Wiphy)
	ae.Uint32(unix.NL80211_ATTR_IFTYPE, uint32(i.Type))
	ae.Uint64(unix.NL80211_ATTR_WDEV, i.WDev)
	ae.Bytes(unix.NL80211_ATTR_MAC, i.MAC[:])
	ae.Uint32(unix.NL80211_ATTR_GENERATION, generation)
	var four uint8
	if i.UsesFourAddresses {
		four = 1
	}
	ae.Uint8(unix.NL80211_ATTR_4ADDR, four)
	chandef(ae, i.Channel)
	if i.SSID != "" {
		ae.Bytes(unix.NL80211_ATTR_SSID, []byte(i.SSID))
	}
	if len(i.Links) > 0 {
		nest(ae, unix.NL80211_ATTR_MLO_LINKS, func(ae *netlink.AttributeEncoder) {
			for _, l := range i.Links {
				nest(ae, uint16(l.ID)+1, func(ae *netlink.AttributeEncoder) {
					ae.Uint8(unix.NL80211_ATTR_MLO_LINK_ID, l.ID)
					ae.Bytes(unix.NL80211_ATTR_MAC, l.MAC[:])
					chandef(ae, l.Channel)
				})
			}
		})
	}
	return Message{Command: c, Attributes: encoded(ae)}
}

// chandef is nl80211_send_chandef.
func chandef(ae *netlink.AttributeEncoder, d nl80211.ChannelDefinition) {
	if d.Frequency == 0 {
		return
	}
	ae.Uint32(unix.NL80211_ATTR_WIPHY_FREQ, uint32(d.Frequency))
	ae.Uint32(unix.NL80211_ATTR_WIPHY_FREQ_OFFSET, 0)
	switch d.Width {
	case nl80211.Width20NoHT:
		ae.Uint32(unix.NL80211_ATTR_WIPHY_CHANNEL_TYPE, unix.NL80211_CHAN_NO_HT)
	case nl80211.Width20:
		ae.Uint32(unix.NL80211_ATTR_WIPHY_CHANNEL_TYPE, unix.NL80211_CHAN_HT20)
	}
	ae.Uint32(unix.NL80211_ATTR_CHANNEL_WIDTH, uint32(d.Width))
	ae.Uint32(unix.NL80211_ATTR_CENTER_FREQ1, uint32(d.Center1))
	if d.Center2 != 0 {
		ae.Uint32(unix.NL80211_ATTR_CENTER_FREQ2, uint32(d.Center2))
	}
}

// EncodeDomain returns the message that describes a regulatory domain
// (nl80211_send_regdom).
func EncodeDomain(d nl80211.Domain) Message {
	ae := netlink.NewAttributeEncoder()
	ae.String(unix.NL80211_ATTR_REG_ALPHA2, d.Country)
	if d.DFS != nl80211.DFSUnset {
		ae.Uint8(unix.NL80211_ATTR_DFS_REGION, uint8(d.DFS))
	}
	nest(ae, unix.NL80211_ATTR_REG_RULES, func(ae *netlink.AttributeEncoder) {
		for i, r := range d.Rules {
			nest(ae, uint16(i), func(ae *netlink.AttributeEncoder) {
				ae.Uint32(unix.NL80211_ATTR_REG_RULE_FLAGS, uint32(r.Flags))
				ae.Uint32(unix.NL80211_ATTR_FREQ_RANGE_START, r.StartKHz)
				ae.Uint32(unix.NL80211_ATTR_FREQ_RANGE_END, r.EndKHz)
				ae.Uint32(unix.NL80211_ATTR_FREQ_RANGE_MAX_BW, r.MaxWidthKHz)
				ae.Uint32(unix.NL80211_ATTR_POWER_RULE_MAX_ANT_GAIN, mbm(r.MaxGain))
				ae.Uint32(unix.NL80211_ATTR_POWER_RULE_MAX_EIRP, mbm(r.MaxEIRP))
				ae.Uint32(unix.NL80211_ATTR_DFS_CAC_TIME, uint32(r.CAC/time.Millisecond))
			})
		}
	})
	if d.Wiphy != nl80211.NoWiphy {
		ae.Uint32(unix.NL80211_ATTR_WIPHY, d.Wiphy)
	}
	ae.Flag(unix.NL80211_ATTR_WIPHY_SELF_MANAGED_REG, d.SelfManaged)
	return Message{Command: nl80211.CommandGetRegulatory, Attributes: encoded(ae)}
}

// mbm converts to hundredths of a dBm, as the kernel counts them.
func mbm(p wlan.DBm) uint32 { return uint32(int32(p) * 100) }

// nest writes a nested attribute without NLA_F_NESTED, as the kernel does for
// every attribute of nl80211 that is older than the flag's enforcement.
func nest(ae *netlink.AttributeEncoder, attribute uint16, fill func(*netlink.AttributeEncoder)) {
	ae.Do(attribute, func() ([]byte, error) {
		inner := netlink.NewAttributeEncoder()
		fill(inner)
		return inner.Encode()
	})
}

// encoded returns the attributes. What tests describe always fits.
func encoded(ae *netlink.AttributeEncoder) []byte {
	b, err := ae.Encode()
	if err != nil {
		panic("nl80211test: " + err.Error())
	}
	return b
}
