package nl80211

import (
	"time"

	"picket/shared/wlan"
)

// Regulatory is what may be sent where, as the kernel sees it.
type Regulatory struct {
	Global Domain

	// Wiphys are domains of single wiphys, where they differ: self-managed
	// ones, and drivers with a domain of their own.
	Wiphys []Domain
}

// For returns the domain that holds for a wiphy.
func (r Regulatory) For(wiphy uint32) Domain {
	for _, d := range r.Wiphys {
		if d.Wiphy == wiphy {
			return d
		}
	}
	return r.Global
}

// A Domain is a regulatory domain.
type Domain struct {
	Wiphy       uint32 // NoWiphy: the global one
	SelfManaged bool   // the wiphy's firmware decides

	// Country is ISO 3166-1 alpha-2, or one of the kernel's own: "00" the world
	// domain, "98" an intersection of several, "99" a driver's own.
	Country string
	DFS     DFSRegion
	Rules   []Rule
}

// World reports whether the domain is none of a country: the kernel does not
// know where it is, and allows what is allowed everywhere.
func (d Domain) World() bool { return d.Country == "" || d.Country[0] >= '0' && d.Country[0] <= '9' }

// A Rule holds for a range of frequencies.
type Rule struct {
	StartKHz, EndKHz uint32
	MaxWidthKHz      uint32
	MaxGain          wlan.DBm // dBi
	MaxEIRP          wlan.DBm
	CAC              time.Duration
	Flags            RuleFlags
}

// Contains reports whether the 20 MHz channel at f is within the rule.
func (r Rule) Contains(f wlan.MHz) bool {
	return uint32(f)*1000 >= r.StartKHz+10_000 && uint32(f)*1000+10_000 <= r.EndKHz
}

// RuleFlags are enum nl80211_reg_rule_flags (nl80211.h v6.12).
type RuleFlags uint32

// Rule flags.
const (
	RuleNoOFDM    RuleFlags = 1 << 0
	RuleNoIndoor  RuleFlags = 1 << 2
	RuleNoOutdoor RuleFlags = 1 << 3
	RuleDFS       RuleFlags = 1 << 4
	RuleNoIR      RuleFlags = 1 << 7
	RuleAutoBW    RuleFlags = 1 << 11
	RuleNo80MHz   RuleFlags = 1 << 15
	RuleNo160MHz  RuleFlags = 1 << 16
	RuleNoHE      RuleFlags = 1 << 17
	RuleNo320MHz  RuleFlags = 1 << 18
	RuleNoEHT     RuleFlags = 1 << 19
)

// Has reports whether all of flags are set.
func (f RuleFlags) Has(flags RuleFlags) bool { return f&flags == flags }

// A DFSRegion says whose rules of radar detection hold (enum nl80211_dfs_regions,
// nl80211.h v6.12).
type DFSRegion uint8

// The regions.
const (
	DFSUnset DFSRegion = iota
	DFSFCC
	DFSETSI
	DFSJapan
)

// String names the region.
func (r DFSRegion) String() string {
	switch r {
	case DFSFCC:
		return "FCC"
	case DFSETSI:
		return "ETSI"
	case DFSJapan:
		return "JP"
	default:
		return "unset"
	}
}
