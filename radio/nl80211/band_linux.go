package nl80211

import (
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

const (
	// maxBands is more than NUM_NL80211_BANDS.
	maxBands = 16

	// maxTypeCapabilities bounds the sets of interface types with capabilities
	// of their own in a band; drivers have up to five.
	maxTypeCapabilities = 32
)

// bandOf translates enum nl80211_band. A band of a later kernel is unknown, and
// left out: its frequencies mean nothing here.
func bandOf(n uint16) wlan.Band {
	switch n {
	case unix.NL80211_BAND_2GHZ:
		return wlan.Band2GHz
	case unix.NL80211_BAND_5GHZ:
		return wlan.Band5GHz
	case unix.NL80211_BAND_60GHZ:
		return wlan.Band60GHz
	case unix.NL80211_BAND_6GHZ:
		return wlan.Band6GHz
	case unix.NL80211_BAND_S1GHZ:
		return wlan.BandS1G
	default:
		return wlan.BandUnknown
	}
}

// mergeBand reads a band's part, of which the attribute's type says which band it
// is of. In a split dump the first part has the capabilities and each of the
// others a channel.
func (w *Wiphy) mergeBand(ad *netlink.AttributeDecoder) {
	name := bandOf(ad.Type())
	if name == wlan.BandUnknown {
		return
	}
	var band *Band
	for i := range w.Bands {
		if w.Bands[i].Band == name {
			band = &w.Bands[i]
		}
	}
	if band == nil {
		if len(w.Bands) == maxBands {
			return
		}
		w.Bands = append(w.Bands, Band{Band: name})
		band = &w.Bands[len(w.Bands)-1]
	}
	band.merge(ad)
}

func (b *Band) merge(ad *netlink.AttributeDecoder) {
	var ht HT
	var vht VHT
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_BAND_ATTR_FREQS:
			nested(ad, b.mergeChannel)
		case unix.NL80211_BAND_ATTR_HT_CAPA:
			ht.Capabilities = ad.Uint16()
			b.HT = &ht
		case unix.NL80211_BAND_ATTR_HT_MCS_SET:
			exactly(ad, ht.MCS[:])
		case unix.NL80211_BAND_ATTR_HT_AMPDU_FACTOR:
			ht.AMPDUFactor = ad.Uint8()
		case unix.NL80211_BAND_ATTR_HT_AMPDU_DENSITY:
			ht.AMPDUDensity = ad.Uint8()
		case unix.NL80211_BAND_ATTR_VHT_CAPA:
			vht.Capabilities = ad.Uint32()
			b.VHT = &vht
		case unix.NL80211_BAND_ATTR_VHT_MCS_SET:
			exactly(ad, vht.MCS[:])
		case unix.NL80211_BAND_ATTR_IFTYPE_DATA:
			b.Types = b.Types[:0]
			nested(ad, func(ad *netlink.AttributeDecoder) {
				if len(b.Types) < maxTypeCapabilities {
					b.Types = append(b.Types, parseTypeCapabilities(ad))
				}
			})
		}
	})
}

func parseTypeCapabilities(ad *netlink.AttributeDecoder) TypeCapabilities {
	var c TypeCapabilities
	var he HE
	var eht EHT
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_BAND_IFTYPE_ATTR_IFTYPES:
			c.Types = parseTypes(ad)
		case unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_MAC:
			atMost(ad, he.MAC[:])
			c.HE = &he
		case unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_PHY:
			atMost(ad, he.PHY[:])
			c.HE = &he
		case unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_MCS_SET:
			atMost(ad, he.MCS[:])
		case unix.NL80211_BAND_IFTYPE_ATTR_HE_6GHZ_CAPA:
			c.Capabilities6GHz = ad.Uint16()
		case unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_MAC:
			atMost(ad, eht.MAC[:])
			c.EHT = &eht
		case unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_PHY:
			atMost(ad, eht.PHY[:])
			c.EHT = &eht
		case unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_MCS_SET:
			eht.MCS = ad.Bytes()
		}
	})
	return c
}

// exactly copies an attribute that has one length in all kernels.
func exactly(ad *netlink.AttributeDecoder, to []byte) {
	ad.Do(func(b []byte) error {
		if len(b) != len(to) {
			return fmt.Errorf("attribute %d has %d octets, want %d", ad.Type(), len(b), len(to))
		}
		copy(to, b)
		return nil
	})
}

// atMost copies an attribute whose length has changed between kernels: what is
// missing is zero, what is more is of no use here.
func atMost(ad *netlink.AttributeDecoder, to []byte) {
	ad.Do(func(b []byte) error {
		copy(to, b)
		return nil
	})
}
