package nl80211

import (
	"fmt"
	"math"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

// Tune moves the monitor interface ifindex, and with it its whole wiphy, to a
// channel.
//
// The error is unix.EBUSY while no monitor of the wiphy is up, or an interface of
// another type is (chan.c, cfg80211_set_monitor_channel; later kernels let drivers
// that can do both at once off the latter); unix.EINVAL when the driver has no such
// channel or the regulatory domain disables it; unix.EOPNOTSUPP where the driver
// cannot be told a channel; and os.ErrNotExist when the interface is gone.
func (c *Client) Tune(ifindex uint32, to ChannelDefinition) error {
	what := fmt.Sprintf("tune ifindex %d to %v", ifindex, to)
	if to.Center1 == 0 {
		if to.Width.MHz() > 20 {
			return fmt.Errorf("%s: no centre frequency: %w", what, unix.EINVAL)
		}
		to.Center1 = to.Frequency
	}
	return c.change(what, CommandSetWiphy, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, ifindex)
		ae.Uint32(unix.NL80211_ATTR_WIPHY_FREQ, uint32(to.Frequency))
		ae.Uint32(unix.NL80211_ATTR_CHANNEL_WIDTH, uint32(to.Width))
		ae.Uint32(unix.NL80211_ATTR_CENTER_FREQ1, uint32(to.Center1))
		if to.Center2 != 0 {
			ae.Uint32(unix.NL80211_ATTR_CENTER_FREQ2, uint32(to.Center2))
		}
	})
}

// A channelParser collects the attributes of a channel definition, which lie
// among those of whatever is tuned to it (nl80211.c, nl80211_send_chandef).
type channelParser struct {
	d     ChannelDefinition
	width bool // told; kernels before 3.8 told only a channel type
	kind  uint32
}

func newChannelParser() *channelParser { return &channelParser{} }

func (p *channelParser) attribute(ad *netlink.AttributeDecoder) {
	switch ad.Type() {
	case unix.NL80211_ATTR_WIPHY_FREQ:
		p.d.Frequency = megahertz(ad.Uint32())
	case unix.NL80211_ATTR_CHANNEL_WIDTH:
		p.d.Width, p.width = Width(ad.Uint32()), true
	case unix.NL80211_ATTR_WIPHY_CHANNEL_TYPE:
		p.kind = ad.Uint32()
	case unix.NL80211_ATTR_CENTER_FREQ1:
		p.d.Center1 = megahertz(ad.Uint32())
	case unix.NL80211_ATTR_CENTER_FREQ2:
		p.d.Center2 = megahertz(ad.Uint32())
	}
}

func (p *channelParser) definition() ChannelDefinition {
	if p.d.Frequency == 0 {
		return ChannelDefinition{}
	}
	if p.width {
		return p.d
	}
	p.d.Center1 = p.d.Frequency
	switch p.kind {
	case unix.NL80211_CHAN_HT20:
		p.d.Width = Width20
	case unix.NL80211_CHAN_HT40MINUS:
		p.d.Width, p.d.Center1 = Width40, p.d.Frequency-10
	case unix.NL80211_CHAN_HT40PLUS:
		p.d.Width, p.d.Center1 = Width40, p.d.Frequency+10
	}
	return p.d
}

// megahertz returns 0 for frequencies that wlan.MHz does not hold: the channels
// above 65 GHz, of which no 802.11 adapter knows any that are used.
func megahertz(f uint32) wlan.MHz {
	if f > math.MaxUint16 {
		return 0
	}
	return wlan.MHz(f)
}
