package nl80211

import (
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// maxRules is NL80211_MAX_SUPP_REG_RULES (nl80211.h v6.12).
const maxRules = unix.NL80211_MAX_SUPP_REG_RULES

// Regulatory returns the regulatory domains that hold: the global one, and those
// of wiphys that have their own.
func (c *Client) Regulatory() (Regulatory, error) {
	const what = "get regulatory domains"
	messages, err := c.dump(what, CommandGetRegulatory, 0, func(*netlink.AttributeEncoder) {})
	if err != nil {
		return Regulatory{}, err
	}
	if len(messages) > maxWiphys {
		return Regulatory{}, fmt.Errorf("%s: %d of them, more than %d", what, len(messages), maxWiphys)
	}
	r := Regulatory{Global: Domain{Wiphy: NoWiphy}}
	for _, m := range messages {
		d, err := parseDomain(m.data)
		if err != nil {
			return Regulatory{}, fmt.Errorf("%s: %w", what, err)
		}
		if d.Wiphy == NoWiphy {
			r.Global = d
		} else {
			r.Wiphys = append(r.Wiphys, d)
		}
	}
	return r, nil
}

// SetRegulatory tells the kernel in which country the machine is: two upper-case
// letters of ISO 3166-1, or "00" for what is allowed everywhere. It is a hint: the
// kernel may intersect it with what an adapter insists on, self-managed wiphys
// ignore it, and a country that its database lacks changes nothing. What came of it
// arrives as an event RegulatoryChange.
func (c *Client) SetRegulatory(country string) error {
	what := fmt.Sprintf("set regulatory domain %q", country)
	if len(country) != 2 {
		return fmt.Errorf("%s: a country has two letters: %w", what, unix.EINVAL)
	}
	return c.change(what, CommandRequestSetReg, func(ae *netlink.AttributeEncoder) {
		ae.String(unix.NL80211_ATTR_REG_ALPHA2, country)
	})
}

// parseDomain reads one answer to GET_REG (nl80211.c, nl80211_send_regdom).
func parseDomain(b []byte) (Domain, error) {
	d := Domain{Wiphy: NoWiphy}
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_WIPHY:
			d.Wiphy = ad.Uint32()
		case unix.NL80211_ATTR_WIPHY_SELF_MANAGED_REG:
			d.SelfManaged = ad.Flag()
		case unix.NL80211_ATTR_REG_ALPHA2:
			d.Country = parseCountry(ad)
		case unix.NL80211_ATTR_DFS_REGION:
			d.DFS = DFSRegion(ad.Uint8())
		case unix.NL80211_ATTR_REG_RULES:
			d.Rules = d.Rules[:0]
			nested(ad, func(ad *netlink.AttributeDecoder) {
				if len(d.Rules) < maxRules {
					d.Rules = append(d.Rules, parseRule(ad))
				}
			})
		}
	})
	if err != nil {
		return Domain{}, fmt.Errorf("regulatory domain: %w", err)
	}
	return d, nil
}

// parseRule reads enum nl80211_reg_rule_attr.
func parseRule(ad *netlink.AttributeDecoder) Rule {
	var r Rule
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_REG_RULE_FLAGS:
			r.Flags = RuleFlags(ad.Uint32())
		case unix.NL80211_ATTR_FREQ_RANGE_START:
			r.StartKHz = ad.Uint32()
		case unix.NL80211_ATTR_FREQ_RANGE_END:
			r.EndKHz = ad.Uint32()
		case unix.NL80211_ATTR_FREQ_RANGE_MAX_BW:
			r.MaxWidthKHz = ad.Uint32()
		case unix.NL80211_ATTR_POWER_RULE_MAX_ANT_GAIN:
			r.MaxGain = fromMBm(ad.Uint32())
		case unix.NL80211_ATTR_POWER_RULE_MAX_EIRP:
			r.MaxEIRP = fromMBm(ad.Uint32())
		case unix.NL80211_ATTR_DFS_CAC_TIME:
			r.CAC = time.Duration(ad.Uint32()) * time.Millisecond
		}
	})
	return r
}

// parseCountry reads two letters, and "" where there are not two.
func parseCountry(ad *netlink.AttributeDecoder) string {
	s := ad.String()
	if len(s) != 2 {
		return ""
	}
	return s
}
