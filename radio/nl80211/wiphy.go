package nl80211

import (
	"slices"

	"picket/shared/wlan"
)

// A Wiphy is a radio as the kernel sees it, with all that decides what may be
// done with it.
type Wiphy struct {
	Index      uint32 // grows with every wiphy that appears, and is not used again
	Name       string // "phy0"; may be changed by anyone
	Generation uint32 // of the kernel's list of wiphys when this was told

	// MAC is its permanent address, and MACs all those its firmware may use;
	// zero and none where the driver tells of none.
	MAC  wlan.MAC
	MACs []wlan.MAC

	Bands []Band // by frequency

	// InterfaceTypes are those it can have, SoftwareTypes those of them that can
	// always be added beside others. All of mac80211's drivers have monitors
	// among the latter.
	InterfaceTypes, SoftwareTypes TypeSet
	Combinations                  []Combination
	Radios                        []Radio // none: one radio

	Commands    CommandSet
	Features    Features
	ExtFeatures ExtFeatures

	AntennasTX, AntennasRX Antennas

	// SelfManaged marks a wiphy whose firmware alone decides the regulatory
	// domain; SetRegulatory does not reach it.
	SelfManaged bool

	// MaxScanSSIDs is how many SSIDs one active scan can ask for; a driver
	// that cannot scan says 0.
	MaxScanSSIDs uint8
}

// Antennas are bit masks. Both are 0 where the driver does not tell.
type Antennas struct{ Available, Configured uint32 }

// CanMonitor reports whether the wiphy has monitor interfaces at all.
func (w Wiphy) CanMonitor() bool { return w.InterfaceTypes.Has(TypeMonitor) }

// CanCreate reports whether interfaces can be added; where not, the one that
// came with the driver is all there is, and its type may be changed where
// CanChangeType says so.
func (w Wiphy) CanCreate() bool { return w.Commands.Has(CommandNewInterface) }

// CanChangeType reports whether SetInterfaceType can work.
func (w Wiphy) CanChangeType() bool { return w.Commands.Has(CommandSetInterface) }

// CanTune reports whether the driver may set a channel when it is told to. False is
// certain; true is also said of drivers that set it for access points only, of
// which a monitor's Tune fails with unix.EOPNOTSUPP.
func (w Wiphy) CanTune() bool { return w.Commands.Has(CommandSetChannel) }

// ActiveMonitor reports whether a monitor may acknowledge frames.
func (w Wiphy) ActiveMonitor() bool { return w.Features.Has(FeatureActiveMonitor) }

// Allows reports whether interfaces of the given types can be up together.
// Software types always can, and any one interface alone.
func (w Wiphy) Allows(types ...InterfaceType) bool {
	var count [32]uint32
	var total uint32
	for _, t := range types {
		if !w.InterfaceTypes.Has(t) {
			return false
		}
		if !w.SoftwareTypes.Has(t) {
			count[t]++
			total++
		}
	}
	if total <= 1 {
		return true
	}
	return slices.ContainsFunc(w.Combinations, func(c Combination) bool { return c.allows(count, total) })
}

// Channel returns the channel at f, and false where no band has it.
func (w Wiphy) Channel(f wlan.MHz) (Channel, bool) {
	for _, b := range w.Bands {
		if c, ok := b.Channel(f); ok {
			return c, true
		}
	}
	return Channel{}, false
}

// Frequencies returns the channels of 2.4, 5 and 6 GHz that a monitor may be tuned
// to now and on which access points send beacons, ascending. Drivers also list what
// is none: the centres of 40 MHz channels (rt2800), those of 5 and 10 MHz at
// 5.9 GHz (mac80211_hwsim). A sweep would spend its time there and hear nothing.
func (w Wiphy) Frequencies() []wlan.MHz {
	var found []wlan.MHz
	for _, b := range w.Bands {
		for _, c := range b.Channels {
			if c.Listen() && !c.Limits.Has(No20MHz) && c.OffsetKHz == 0 && primary(c.Frequency) {
				found = append(found, c.Frequency)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Features are enum nl80211_feature_flags (nl80211.h v6.12); those that matter to
// a listener have names here.
type Features uint32

// Features with a name.
const (
	FeatureCellBaseHints   Features = 1 << 3
	FeatureLowPriorityScan Features = 1 << 6
	FeatureActiveMonitor   Features = 1 << 17
	FeatureMACOnCreate     Features = 1 << 27
	FeatureRandomScanMAC   Features = 1 << 29
)

// Has reports whether all of features are there.
func (f Features) Has(features Features) bool { return f&features == features }

// ExtFeatures is a set of enum nl80211_ext_feature_index: feature n is bit n%64 of
// word n/64.
type ExtFeatures [4]uint64

// An ExtFeature is the number of an extended feature.
type ExtFeature uint8

// Extended features with a name (enum nl80211_ext_feature_index, nl80211.h v6.12).
const (
	ExtFeatureMUMIMOSniffer   ExtFeature = 2
	ExtFeatureSetScanDwell    ExtFeature = 5
	ExtFeatureDFSOffload      ExtFeature = 25
	ExtFeatureScanFreqKHz     ExtFeature = 47
	ExtFeatureRadarBackground ExtFeature = 60
)

// Has reports whether f is in the set.
func (s ExtFeatures) Has(f ExtFeature) bool { return s[f/64]>>(f%64)&1 != 0 }
