package nl80211

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// maxWiphys bounds a list of wiphys; a machine has a handful, a laboratory
	// a few dozen.
	maxWiphys = 1024

	// maxAddresses bounds the addresses of a wiphy, maxRadios the radios behind
	// one.
	maxAddresses = 64
	maxRadios    = 16
)

// errNoIdentity is an answer that does not say what it describes.
var errNoIdentity = errors.New("the kernel's message does not say which one it describes")

// Wiphys returns all wiphys, by index.
func (c *Client) Wiphys() ([]Wiphy, error) {
	return c.dumpWiphys("list wiphys", func(*netlink.AttributeEncoder) {})
}

// Wiphy returns one wiphy. The error is os.ErrNotExist when it is gone.
func (c *Client) Wiphy(index uint32) (Wiphy, error) {
	what := fmt.Sprintf("get wiphy %d", index)
	all, err := c.dumpWiphys(what, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_WIPHY, index)
	})
	if err != nil {
		return Wiphy{}, err
	}
	// Kernels before 3.10 dump all, whatever is asked for.
	for _, w := range all {
		if w.Index == index {
			return w, nil
		}
	}
	return Wiphy{}, fmt.Errorf("%s: %w", what, os.ErrNotExist)
}

func (c *Client) dumpWiphys(what string, encode func(*netlink.AttributeEncoder)) ([]Wiphy, error) {
	messages, err := c.dump(what, CommandGetWiphy, 0, func(ae *netlink.AttributeEncoder) {
		ae.Flag(unix.NL80211_ATTR_SPLIT_WIPHY_DUMP, true)
		encode(ae)
	})
	if err != nil {
		return nil, err
	}
	found, err := mergeWiphys(messages)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return found, nil
}

// mergeWiphys puts the parts of a dump together. Kernels send a wiphy's parts one
// after the other; nothing here relies on it.
func mergeWiphys(messages []message) ([]Wiphy, error) {
	var found []*Wiphy
	byIndex := make(map[uint32]*Wiphy)
	for _, m := range messages {
		index, err := wiphyIndex(m.data)
		if err != nil {
			return nil, err
		}
		w := byIndex[index]
		if w == nil {
			if len(found) == maxWiphys {
				return nil, fmt.Errorf("more than %d wiphys", maxWiphys)
			}
			w = &Wiphy{Index: index}
			byIndex[index], found = w, append(found, w)
		}
		if err := w.merge(m.data); err != nil {
			return nil, fmt.Errorf("wiphy %d: %w", index, err)
		}
	}
	wiphys := make([]Wiphy, 0, len(found))
	for _, w := range found {
		slices.SortStableFunc(w.Bands, func(a, b Band) int { return int(a.Band) - int(b.Band) })
		wiphys = append(wiphys, *w)
	}
	slices.SortFunc(wiphys, func(a, b Wiphy) int { return int(int64(a.Index) - int64(b.Index)) })
	return wiphys, nil
}

// wiphyIndex returns which wiphy a message is about.
func wiphyIndex(b []byte) (uint32, error) {
	var index uint32
	var told bool
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		if ad.Type() == unix.NL80211_ATTR_WIPHY && !told {
			index, told = ad.Uint32(), true
		}
	})
	if err != nil {
		return 0, err
	}
	if !told {
		return 0, errNoIdentity
	}
	return index, nil
}

// merge reads one part of a wiphy's description (nl80211.c, nl80211_send_wiphy).
func (w *Wiphy) merge(b []byte) error {
	return attributes(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_WIPHY_NAME:
			w.Name = ad.String()
		case unix.NL80211_ATTR_GENERATION:
			w.Generation = ad.Uint32()
		case unix.NL80211_ATTR_MAC:
			w.MAC = parseMAC(ad)
		case unix.NL80211_ATTR_MAC_ADDRS:
			w.MACs = w.MACs[:0]
			nested(ad, func(ad *netlink.AttributeDecoder) {
				if len(w.MACs) < maxAddresses {
					w.MACs = append(w.MACs, parseMAC(ad))
				}
			})
		case unix.NL80211_ATTR_WIPHY_BANDS:
			nested(ad, w.mergeBand)
		case unix.NL80211_ATTR_SUPPORTED_IFTYPES:
			w.InterfaceTypes = parseTypes(ad)
		case unix.NL80211_ATTR_SOFTWARE_IFTYPES:
			w.SoftwareTypes = parseTypes(ad)
		case unix.NL80211_ATTR_INTERFACE_COMBINATIONS:
			w.Combinations = parseCombinations(ad)
		case unix.NL80211_ATTR_WIPHY_RADIOS:
			w.Radios = parseRadios(ad)
		case unix.NL80211_ATTR_SUPPORTED_COMMANDS:
			nested(ad, func(ad *netlink.AttributeDecoder) {
				if n := ad.Uint32(); n <= 255 { // a generic netlink command has eight bits
					w.Commands.add(Command(n))
				}
			})
		case unix.NL80211_ATTR_WIPHY_ANTENNA_AVAIL_TX:
			w.AntennasTX.Available = ad.Uint32()
		case unix.NL80211_ATTR_WIPHY_ANTENNA_AVAIL_RX:
			w.AntennasRX.Available = ad.Uint32()
		case unix.NL80211_ATTR_WIPHY_ANTENNA_TX:
			w.AntennasTX.Configured = ad.Uint32()
		case unix.NL80211_ATTR_WIPHY_ANTENNA_RX:
			w.AntennasRX.Configured = ad.Uint32()
		case unix.NL80211_ATTR_MAX_NUM_SCAN_SSIDS:
			w.MaxScanSSIDs = ad.Uint8()
		case unix.NL80211_ATTR_FEATURE_FLAGS:
			w.Features = Features(ad.Uint32())
		case unix.NL80211_ATTR_EXT_FEATURES:
			w.ExtFeatures = parseExtFeatures(ad)
		case unix.NL80211_ATTR_WIPHY_SELF_MANAGED_REG:
			w.SelfManaged = ad.Flag()
		}
	})
}

// parseTypes reads a list of flags, one a type.
func parseTypes(ad *netlink.AttributeDecoder) TypeSet {
	var s TypeSet
	nested(ad, func(ad *netlink.AttributeDecoder) { s.add(InterfaceType(ad.Type())) })
	return s
}

// parseExtFeatures reads a bit array that grows with the kernel: feature n is bit
// n%8 of octet n/8.
func parseExtFeatures(ad *netlink.AttributeDecoder) ExtFeatures {
	var s ExtFeatures
	ad.Do(func(b []byte) error {
		for i, octet := range b {
			if i == len(s)*8 {
				break
			}
			s[i/8] |= uint64(octet) << (i % 8 * 8)
		}
		return nil
	})
	return s
}

// parseRadios reads NL80211_ATTR_WIPHY_RADIOS (Linux 6.12 and later).
func parseRadios(ad *netlink.AttributeDecoder) []Radio {
	var radios []Radio
	nested(ad, func(ad *netlink.AttributeDecoder) {
		if len(radios) == maxRadios {
			return
		}
		var r Radio
		nested(ad, func(ad *netlink.AttributeDecoder) {
			switch ad.Type() {
			case unix.NL80211_WIPHY_RADIO_ATTR_INDEX:
				r.Index = ad.Uint32()
			case unix.NL80211_WIPHY_RADIO_ATTR_FREQ_RANGE:
				if len(r.Ranges) < maxRadios {
					r.Ranges = append(r.Ranges, parseRange(ad))
				}
			case unix.NL80211_WIPHY_RADIO_ATTR_INTERFACE_COMBINATION:
				if len(r.Combinations) < maxCombinations {
					r.Combinations = append(r.Combinations, parseCombination(ad))
				}
			}
		})
		radios = append(radios, r)
	})
	return radios
}

// parseRange reads a range that the kernel tells in kHz.
func parseRange(ad *netlink.AttributeDecoder) FrequencyRange {
	var r FrequencyRange
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_WIPHY_RADIO_FREQ_ATTR_START:
			r.Start = megahertz(ad.Uint32() / 1000)
		case unix.NL80211_WIPHY_RADIO_FREQ_ATTR_END:
			r.End = megahertz(ad.Uint32() / 1000)
		}
	})
	return r
}
