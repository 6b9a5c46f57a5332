package nl80211test

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// bandNumber is enum nl80211_band.
func bandNumber(b wlan.Band) uint16 {
	switch b {
	case wlan.Band2GHz:
		return unix.NL80211_BAND_2GHZ
	case wlan.Band5GHz:
		return unix.NL80211_BAND_5GHZ
	case wlan.Band6GHz:
		return unix.NL80211_BAND_6GHZ
	case wlan.Band60GHz:
		return unix.NL80211_BAND_60GHZ
	default:
		return unix.NL80211_BAND_S1GHZ
	}
}

func band(ae *netlink.AttributeEncoder, b nl80211.Band, fill func(*netlink.AttributeEncoder)) {
	nest(ae, unix.NL80211_ATTR_WIPHY_BANDS, func(ae *netlink.AttributeEncoder) { nest(ae, bandNumber(b.Band), fill) })
}

// oldBands leaves 6 GHz and later bands out, as the kernel does.
func oldBands(ae *netlink.AttributeEncoder, w nl80211.Wiphy) {
	nest(ae, unix.NL80211_ATTR_WIPHY_BANDS, func(ae *netlink.AttributeEncoder) {
		for _, b := range w.Bands {
			if b.Band != wlan.Band2GHz && b.Band != wlan.Band5GHz {
				continue
			}
			nest(ae, bandNumber(b.Band), func(ae *netlink.AttributeEncoder) {
				rateInfo(ae, b, false)
				channels(ae, b.Channels, 0, false)
			})
		}
	})
}

// rateInfo is nl80211_send_band_rateinfo, without bit rates.
func rateInfo(ae *netlink.AttributeEncoder, b nl80211.Band, split bool) {
	if b.HT != nil {
		ae.Bytes(unix.NL80211_BAND_ATTR_HT_MCS_SET, b.HT.MCS[:])
		ae.Uint16(unix.NL80211_BAND_ATTR_HT_CAPA, b.HT.Capabilities)
		ae.Uint8(unix.NL80211_BAND_ATTR_HT_AMPDU_FACTOR, b.HT.AMPDUFactor)
		ae.Uint8(unix.NL80211_BAND_ATTR_HT_AMPDU_DENSITY, b.HT.AMPDUDensity)
	}
	if b.VHT != nil {
		ae.Bytes(unix.NL80211_BAND_ATTR_VHT_MCS_SET, b.VHT.MCS[:])
		ae.Uint32(unix.NL80211_BAND_ATTR_VHT_CAPA, b.VHT.Capabilities)
	}
	if !split || len(b.Types) == 0 {
		return
	}
	nest(ae, unix.NL80211_BAND_ATTR_IFTYPE_DATA, func(ae *netlink.AttributeEncoder) {
		for i, t := range b.Types {
			nest(ae, uint16(i+1), func(ae *netlink.AttributeEncoder) { typeCapabilities(ae, t) })
		}
	})
}

func typeCapabilities(ae *netlink.AttributeEncoder, t nl80211.TypeCapabilities) {
	types(ae, unix.NL80211_BAND_IFTYPE_ATTR_IFTYPES, t.Types)
	if t.HE != nil {
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_MAC, t.HE.MAC[:])
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_PHY, t.HE.PHY[:])
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_HE_CAP_MCS_SET, t.HE.MCS[:])
	}
	if t.Capabilities6GHz != 0 {
		ae.Uint16(unix.NL80211_BAND_IFTYPE_ATTR_HE_6GHZ_CAPA, t.Capabilities6GHz)
	}
	if t.EHT != nil {
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_MAC, t.EHT.MAC[:])
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_PHY, t.EHT.PHY[:])
		ae.Bytes(unix.NL80211_BAND_IFTYPE_ATTR_EHT_CAP_MCS_SET, t.EHT.MCS)
	}
}

// channels writes channels of which the first is number first of its band. The
// kernel hides channels from old programs that these would misread.
func channels(ae *netlink.AttributeEncoder, list []nl80211.Channel, first int, split bool) {
	nest(ae, unix.NL80211_BAND_ATTR_FREQS, func(ae *netlink.AttributeEncoder) {
		for i, c := range list {
			if !split && (c.Limits.Has(nl80211.No10MHz|nl80211.No20MHz) || c.OffsetKHz != 0) {
				continue
			}
			nest(ae, uint16(first+i), func(ae *netlink.AttributeEncoder) { channel(ae, c, split) })
		}
	})
}

// channel is nl80211_msg_put_channel.
func channel(ae *netlink.AttributeEncoder, c nl80211.Channel, split bool) {
	ae.Uint32(unix.NL80211_FREQUENCY_ATTR_FREQ, uint32(c.Frequency))
	ae.Uint32(unix.NL80211_FREQUENCY_ATTR_OFFSET, uint32(c.OffsetKHz))
	ae.Flag(unix.NL80211_FREQUENCY_ATTR_DISABLED, c.Disabled)
	ae.Flag(unix.NL80211_FREQUENCY_ATTR_NO_IR, c.NoIR)
	ae.Flag(unix.NL80211_FREQUENCY_ATTR_NO_IR+1, c.NoIR) // __NL80211_FREQUENCY_ATTR_NO_IBSS
	ae.Flag(unix.NL80211_FREQUENCY_ATTR_RADAR, c.Radar)
	if split {
		if c.Radar {
			ae.Uint32(unix.NL80211_FREQUENCY_ATTR_DFS_STATE, uint32(c.DFS))
			ae.Uint32(unix.NL80211_FREQUENCY_ATTR_DFS_TIME, 0) // how long it is in the state
			ae.Uint32(unix.NL80211_FREQUENCY_ATTR_DFS_CAC_TIME, uint32(c.CAC/time.Millisecond))
		}
		for _, l := range []struct {
			attribute uint16
			limit     nl80211.ChannelLimits
		}{
			{unix.NL80211_FREQUENCY_ATTR_NO_HT40_MINUS, nl80211.No40MHzBelow},
			{unix.NL80211_FREQUENCY_ATTR_NO_HT40_PLUS, nl80211.No40MHzAbove},
			{unix.NL80211_FREQUENCY_ATTR_NO_80MHZ, nl80211.No80MHz},
			{unix.NL80211_FREQUENCY_ATTR_NO_160MHZ, nl80211.No160MHz},
		} {
			ae.Flag(l.attribute, c.Limits.Has(l.limit))
		}
		ae.Flag(unix.NL80211_FREQUENCY_ATTR_INDOOR_ONLY, c.IndoorOnly)
		for _, l := range []struct {
			attribute uint16
			limit     nl80211.ChannelLimits
		}{
			{unix.NL80211_FREQUENCY_ATTR_NO_20MHZ, nl80211.No20MHz},
			{unix.NL80211_FREQUENCY_ATTR_NO_10MHZ, nl80211.No10MHz},
			{unix.NL80211_FREQUENCY_ATTR_NO_HE, nl80211.NoHE},
			{unix.NL80211_FREQUENCY_ATTR_NO_320MHZ, nl80211.No320MHz},
			{unix.NL80211_FREQUENCY_ATTR_NO_EHT, nl80211.NoEHT},
		} {
			ae.Flag(l.attribute, c.Limits.Has(l.limit))
		}
		ae.Flag(unix.NL80211_FREQUENCY_ATTR_CAN_MONITOR, c.CanMonitor)
	}
	ae.Uint32(unix.NL80211_FREQUENCY_ATTR_MAX_TX_POWER, mbm(c.MaxPower))
}

func types(ae *netlink.AttributeEncoder, attribute uint16, set nl80211.TypeSet) {
	nest(ae, attribute, func(ae *netlink.AttributeEncoder) {
		for t := range nl80211.InterfaceType(32) {
			ae.Flag(uint16(t), set.Has(t))
		}
	})
}

// combinations is nl80211_put_iface_combinations.
func combinations(ae *netlink.AttributeEncoder, list []nl80211.Combination, split bool) {
	for i, c := range list {
		nest(ae, uint16(i+1), func(ae *netlink.AttributeEncoder) { combination(ae, c, split) })
	}
}

func combination(ae *netlink.AttributeEncoder, c nl80211.Combination, split bool) {
	nest(ae, unix.NL80211_IFACE_COMB_LIMITS, func(ae *netlink.AttributeEncoder) {
		for i, l := range c.Limits {
			nest(ae, uint16(i+1), func(ae *netlink.AttributeEncoder) {
				ae.Uint32(unix.NL80211_IFACE_LIMIT_MAX, l.Max)
				types(ae, unix.NL80211_IFACE_LIMIT_TYPES, l.Types)
			})
		}
	})
	ae.Flag(unix.NL80211_IFACE_COMB_STA_AP_BI_MATCH, c.BeaconIntervalsMatch)
	ae.Uint32(unix.NL80211_IFACE_COMB_NUM_CHANNELS, c.Channels)
	ae.Uint32(unix.NL80211_IFACE_COMB_MAXNUM, c.Max)
	if split {
		ae.Uint32(unix.NL80211_IFACE_COMB_RADAR_DETECT_WIDTHS, c.RadarWidths)
		ae.Uint32(unix.NL80211_IFACE_COMB_RADAR_DETECT_REGIONS, c.RadarRegions)
	}
	if c.BeaconIntervalMinGCD != 0 {
		ae.Uint32(unix.NL80211_IFACE_COMB_BI_MIN_GCD, c.BeaconIntervalMinGCD)
	}
}

func antennas(ae *netlink.AttributeEncoder, w nl80211.Wiphy) {
	ae.Uint32(unix.NL80211_ATTR_WIPHY_ANTENNA_AVAIL_TX, w.AntennasTX.Available)
	ae.Uint32(unix.NL80211_ATTR_WIPHY_ANTENNA_AVAIL_RX, w.AntennasRX.Available)
	if w.AntennasTX.Available != 0 || w.AntennasRX.Available != 0 {
		ae.Uint32(unix.NL80211_ATTR_WIPHY_ANTENNA_TX, w.AntennasTX.Configured)
		ae.Uint32(unix.NL80211_ATTR_WIPHY_ANTENNA_RX, w.AntennasRX.Configured)
	}
}

// extFeatures is as long as the kernel's highest feature needs.
func extFeatures(s nl80211.ExtFeatures) []byte {
	var b []byte
	for _, word := range s {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return bytes.TrimRight(b, "\x00")
}

func radios(ae *netlink.AttributeEncoder, list []nl80211.Radio) {
	nest(ae, unix.NL80211_ATTR_WIPHY_RADIOS, func(ae *netlink.AttributeEncoder) {
		for i, r := range list {
			nest(ae, uint16(i), func(ae *netlink.AttributeEncoder) {
				ae.Uint32(unix.NL80211_WIPHY_RADIO_ATTR_INDEX, r.Index)
				for _, f := range r.Ranges {
					nest(ae, unix.NL80211_WIPHY_RADIO_ATTR_FREQ_RANGE, func(ae *netlink.AttributeEncoder) {
						ae.Uint32(unix.NL80211_WIPHY_RADIO_FREQ_ATTR_START, uint32(f.Start)*1000)
						ae.Uint32(unix.NL80211_WIPHY_RADIO_FREQ_ATTR_END, uint32(f.End)*1000)
					})
				}
				for _, c := range r.Combinations {
					nest(ae, unix.NL80211_WIPHY_RADIO_ATTR_INTERFACE_COMBINATION, func(ae *netlink.AttributeEncoder) { combination(ae, c, true) })
				}
			})
		}
	})
}
