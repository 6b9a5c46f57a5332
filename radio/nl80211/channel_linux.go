package nl80211

import (
	"math"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

// maxChannels bounds the channels of a band; 6 GHz has 60.
const maxChannels = 256

// mergeChannel adds a channel (nl80211.c, nl80211_msg_put_channel), or replaces
// the one that is already there.
func (b *Band) mergeChannel(ad *netlink.AttributeDecoder) {
	c := parseChannel(ad)
	if c.Frequency == 0 {
		return
	}
	for i := range b.Channels {
		if b.Channels[i].Frequency == c.Frequency && b.Channels[i].OffsetKHz == c.OffsetKHz {
			b.Channels[i] = c
			return
		}
	}
	if len(b.Channels) < maxChannels {
		b.Channels = append(b.Channels, c)
	}
}

func parseChannel(ad *netlink.AttributeDecoder) Channel {
	var c Channel
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_FREQUENCY_ATTR_FREQ:
			c.Frequency = megahertz(ad.Uint32())
		case unix.NL80211_FREQUENCY_ATTR_OFFSET:
			c.OffsetKHz = uint16(min(ad.Uint32(), 999))
		case unix.NL80211_FREQUENCY_ATTR_DISABLED:
			c.Disabled = ad.Flag()
		case unix.NL80211_FREQUENCY_ATTR_CAN_MONITOR:
			c.CanMonitor = ad.Flag()
		case unix.NL80211_FREQUENCY_ATTR_NO_IR:
			c.NoIR = ad.Flag()
		case unix.NL80211_FREQUENCY_ATTR_RADAR:
			c.Radar = ad.Flag()
		case unix.NL80211_FREQUENCY_ATTR_INDOOR_ONLY:
			c.IndoorOnly = ad.Flag()
		case unix.NL80211_FREQUENCY_ATTR_MAX_TX_POWER:
			c.MaxPower = fromMBm(ad.Uint32())
		case unix.NL80211_FREQUENCY_ATTR_DFS_STATE:
			c.DFS = DFSState(ad.Uint32())
		case unix.NL80211_FREQUENCY_ATTR_DFS_CAC_TIME:
			c.CAC = time.Duration(ad.Uint32()) * time.Millisecond
		default:
			c.Limits |= limitOf(ad.Type())
		}
	})
	return c
}

// limitOf returns the limit that an attribute's presence is, 0 for others.
func limitOf(attribute uint16) ChannelLimits {
	switch attribute {
	case unix.NL80211_FREQUENCY_ATTR_NO_10MHZ:
		return No10MHz
	case unix.NL80211_FREQUENCY_ATTR_NO_20MHZ:
		return No20MHz
	case unix.NL80211_FREQUENCY_ATTR_NO_HT40_MINUS:
		return No40MHzBelow
	case unix.NL80211_FREQUENCY_ATTR_NO_HT40_PLUS:
		return No40MHzAbove
	case unix.NL80211_FREQUENCY_ATTR_NO_80MHZ:
		return No80MHz
	case unix.NL80211_FREQUENCY_ATTR_NO_160MHZ:
		return No160MHz
	case unix.NL80211_FREQUENCY_ATTR_NO_320MHZ:
		return No320MHz
	case unix.NL80211_FREQUENCY_ATTR_NO_HE:
		return NoHE
	case unix.NL80211_FREQUENCY_ATTR_NO_EHT:
		return NoEHT
	default:
		return 0
	}
}

// fromMBm converts hundredths of a dBm, which the kernel sends as an unsigned
// number although powers below a milliwatt are negative.
func fromMBm(v uint32) wlan.DBm {
	return wlan.DBm(min(max(int32(v)/100, math.MinInt8), math.MaxInt8))
}
