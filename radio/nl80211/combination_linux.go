package nl80211

import (
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// maxCombinations and maxLimits bound a wiphy's combinations; drivers have
	// up to a dozen of them with up to five limits.
	maxCombinations = 64
	maxLimits       = 32
)

func parseCombinations(ad *netlink.AttributeDecoder) []Combination {
	var found []Combination
	nested(ad, func(ad *netlink.AttributeDecoder) {
		if len(found) < maxCombinations {
			found = append(found, parseCombination(ad))
		}
	})
	return found
}

// parseCombination reads enum nl80211_if_combination_attrs (nl80211.c,
// nl80211_put_iface_combinations).
func parseCombination(ad *netlink.AttributeDecoder) Combination {
	var c Combination
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_IFACE_COMB_LIMITS:
			nested(ad, func(ad *netlink.AttributeDecoder) {
				if len(c.Limits) < maxLimits {
					c.Limits = append(c.Limits, parseLimit(ad))
				}
			})
		case unix.NL80211_IFACE_COMB_MAXNUM:
			c.Max = ad.Uint32()
		case unix.NL80211_IFACE_COMB_NUM_CHANNELS:
			c.Channels = ad.Uint32()
		case unix.NL80211_IFACE_COMB_STA_AP_BI_MATCH:
			c.BeaconIntervalsMatch = ad.Flag()
		case unix.NL80211_IFACE_COMB_BI_MIN_GCD:
			c.BeaconIntervalMinGCD = ad.Uint32()
		case unix.NL80211_IFACE_COMB_RADAR_DETECT_WIDTHS:
			c.RadarWidths = ad.Uint32()
		case unix.NL80211_IFACE_COMB_RADAR_DETECT_REGIONS:
			c.RadarRegions = ad.Uint32()
		}
	})
	return c
}

func parseLimit(ad *netlink.AttributeDecoder) Limit {
	var l Limit
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_IFACE_LIMIT_MAX:
			l.Max = ad.Uint32()
		case unix.NL80211_IFACE_LIMIT_TYPES:
			l.Types = parseTypes(ad)
		}
	})
	return l
}
