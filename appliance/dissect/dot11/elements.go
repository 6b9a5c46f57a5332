package dot11

import (
	"bytes"

	"picket/shared/wlan"
)

// Elements is what the elements of a management frame say, as far as Picket
// reports it. The zero value says nothing.
type Elements struct {
	SSID    [32]byte
	SSIDLen uint8
	HasSSID bool // an SSID element is there, of whatever length

	Security wlan.Security
	HasRSN   bool
	PMKIDs   uint8 // in the RSN element of a (re)association request
	Features wlan.Features

	Channel     uint8    // primary channel announced: DS, HT or HE 6 GHz operation; 0: none
	Channel6GHz bool     // Channel is of the 6 GHz band
	Width       wlan.MHz // 0: not announced
	Country     [2]byte  // zero: none

	// Rates holds supported and extended supported rates as sent: in 500 kbit/s,
	// with bit 7 for those that every station must support; above 122 they are
	// membership selectors (802.11-2020, 9.4.2.3).
	Rates     [16]uint8
	RateCount uint8

	HasLoad      bool
	StationCount uint16 // BSS load
	Utilisation  uint8  // BSS load: busy time in 1/255

	HasSwitch     bool // channel switch or extended channel switch announcement
	SwitchChannel uint8
	SwitchClass   uint8 // operating class; 0: the band stays
	SwitchCount   uint8 // beacons until the switch
	SwitchMode    uint8 // 1: nobody may transmit until then

	HasQuiet      bool
	QuietCount    uint8 // beacons until the quiet interval
	QuietPeriod   uint8 // beacons between intervals; 0: once
	QuietDuration wlan.TU

	HasDTIM           bool
	DTIMCount         uint8 // beacons until the next DTIM; 0: this one
	DTIMPeriod        uint8 // beacons
	HasMobilityDomain bool
	MobilityDomain    uint16
	HasInterworking   bool
	AccessNetwork     uint8 // type (802.11-2020, table 9-220): 0 private, 2 chargeable public, 3 free public
	Internet          bool
	MaxBSSIDIndicator uint8 // of the multiple BSSID element: 2 to this power is the most BSSIDs of the set
	HasMLD            bool
	MLD               wlan.MAC // of the device that this link is a part of
	HasLink           bool
	Link              uint8 // identifier of this link within MLD
	htCentre          uint8 // centre segment 2 of HT operation, for VHT widths

	// Neighbors6GHz are the primary channels of 6 GHz that reduced neighbor reports
	// name: bit n is channel 4n + 1.
	Neighbors6GHz uint64

	// TIMStart and TIMEnd enclose the traffic indication map in the buffer, which
	// changes with every beacon; both 0 when there is none.
	TIMStart, TIMEnd int

	RemoteID RemoteID
}

// Hidden reports whether the SSID element is there and does not name a network:
// it is empty or all NUL.
func (e *Elements) Hidden() bool {
	return e.HasSSID && len(bytes.Trim(e.SSID[:e.SSIDLen], "\x00")) == 0
}

// Name returns the SSID, which aliases e, and nil when none is named.
func (e *Elements) Name() []byte {
	if !e.HasSSID || e.Hidden() {
		return nil
	}
	return e.SSID[:e.SSIDLen]
}

// Decode reads the elements in b into e, replacing all of e. It keeps no
// reference to b. The error is dissect.ErrTruncated when the last element is
// cut; what precedes it is in e.
func (e *Elements) Decode(b []byte) error {
	*e = Elements{}
	it := Iterator{B: b}
	var el Element
	for it.Next(&el) {
		e.add(&el, it.Offset())
	}
	return it.Err()
}

func (e *Elements) add(el *Element, end int) {
	v := el.Body
	switch el.ID {
	case elemSSID:
		if !e.HasSSID && len(v) <= 32 { // 9.4.2.2: 0 to 32 octets, and the first one counts
			e.HasSSID = true
			e.SSIDLen = uint8(copy(e.SSID[:], v))
		}
	case elemDS:
		if len(v) >= 1 && e.Channel == 0 {
			e.Channel = v[0]
		}
	case elemTIM:
		if e.TIMEnd == 0 {
			e.TIMStart, e.TIMEnd = el.Offset, end
			e.dtim(v)
		}
	case elemSupportedRates, elemExtendedRates:
		e.RateCount += uint8(copy(e.Rates[e.RateCount:], v))
	case elemCountry:
		if len(v) >= 2 {
			e.Country = [2]byte(v)
		}
	case elemBSSLoad:
		if len(v) >= 3 {
			e.HasLoad = true
			e.StationCount = uint16(v[0]) | uint16(v[1])<<8
			e.Utilisation = v[2]
		}
	case elemChannelSwitch:
		if len(v) >= 3 {
			e.channelSwitch(v[0], 0, v[1], v[2])
		}
	case elemExtChannelSwitch:
		if len(v) >= 4 {
			e.channelSwitch(v[0], v[1], v[2], v[3])
		}
	case elemQuiet:
		e.quiet(v)
	case elemHTCapabilities:
		e.Features |= wlan.FeatureHT
	case elemHTOperation:
		e.htOperation(v)
	case elemRSN:
		e.rsn(v)
	case elemMobilityDomain:
		e.mobilityDomain(v)
	case elemMultipleBSSID:
		e.Features |= wlan.FeatureMultipleBSSID
		if len(v) >= 1 {
			e.MaxBSSIDIndicator = v[0]
		}
	case elemInterworking:
		e.interworking(v)
	case elemMeshID:
		e.Features |= wlan.FeatureMesh
	case elemExtCapabilities:
		if len(v) >= 3 && v[2]&0x08 != 0 { // bit 19
			e.Features |= wlan.FeatureBSSTransition
		}
	case elemVHTCapabilities:
		e.Features |= wlan.FeatureVHT
	case elemVHTOperation:
		e.vhtOperation(v)
	case elemNeighborReport:
		e.neighbors(v)
	case elemRSNX:
		e.rsnx(v)
	case elemVendor:
		e.vendor(el)
	case elemExtension:
		e.extension(el)
	}
}

// neighbors reads 802.11-2020, 9.4.2.170, as far as it says where in 6 GHz to
// listen: stations find APs there by this report of those in other bands
// (802.11ax-2021, 26.17.2.3).
func (e *Elements) neighbors(v []byte) {
	e.Features |= wlan.FeatureNeighborReport
	walk := Neighbors{B: v}
	var n Neighbor
	for walk.Next(&n) {
		if n.Class >= 131 && n.Class <= 137 && n.Channel%4 == 1 && n.Channel <= 233 {
			e.Neighbors6GHz |= 1 << (n.Channel / 4)
		}
	}
}

// dtim reads the start of 802.11-2020, 9.4.2.5.
func (e *Elements) dtim(v []byte) {
	if len(v) >= 2 {
		e.HasDTIM, e.DTIMCount, e.DTIMPeriod = true, v[0], v[1]
	}
}

// quiet reads 802.11-2020, 9.4.2.22.
func (e *Elements) quiet(v []byte) {
	e.Features |= wlan.FeatureQuiet
	if len(v) >= 4 && !e.HasQuiet {
		e.HasQuiet, e.QuietCount, e.QuietPeriod = true, v[0], v[1]
		e.QuietDuration = wlan.TU(v[2]) | wlan.TU(v[3])<<8
	}
}

// mobilityDomain reads 802.11-2020, 9.4.2.46.
func (e *Elements) mobilityDomain(v []byte) {
	e.Features |= wlan.FeatureMobilityDomain
	if len(v) >= 2 {
		e.HasMobilityDomain = true
		e.MobilityDomain = uint16(v[0]) | uint16(v[1])<<8
	}
}

// interworking reads the start of 802.11-2020, 9.4.2.91.
func (e *Elements) interworking(v []byte) {
	e.Features |= wlan.FeatureInterworking
	if len(v) >= 1 {
		e.HasInterworking, e.AccessNetwork, e.Internet = true, v[0]&0x0f, v[0]&0x10 != 0
	}
}

// channelSwitch takes what 802.11-2020, 9.4.2.18 and 9.4.2.52 have in common.
func (e *Elements) channelSwitch(mode, class, channel, count uint8) {
	e.Features |= wlan.FeatureChannelSwitch
	e.HasSwitch = true
	e.SwitchMode = mode
	e.SwitchChannel, e.SwitchCount = channel, count
	if class != 0 {
		e.SwitchClass = class
	}
}

func (e *Elements) vendor(el *Element) {
	switch el.Vendor {
	case vendorWPA:
		e.wpa1(el.Body[4:])
	case vendorWMM:
		e.Features |= wlan.FeatureQoS
	case vendorWPS:
		e.wps(el.Body[4:])
	case vendorHotspot20:
		e.Features |= wlan.FeatureHotspot20
	case vendorOWETransition:
		e.Features |= wlan.FeatureOWETransition
	case vendorRSNOverride, vendorRSNOverride2:
		e.rsnOverride(el.Body[4:])
	case vendorRSNXOverride:
		e.rsnx(el.Body[4:])
	case vendorRemoteID:
		e.Features |= wlan.FeatureRemoteID
		e.RemoteID.decodeElement(el.Body[4:])
	}
}

func (e *Elements) extension(el *Element) {
	switch el.Extension {
	case extHECapabilities:
		e.Features |= wlan.FeatureHE
	case extHEOperation:
		e.heOperation(el.Body)
	case extEHTCapabilities:
		e.Features |= wlan.FeatureEHT
	case extEHTOperation:
		e.Features |= wlan.FeatureEHT
		e.ehtOperation(el.Body)
	case extMultiLink:
		e.multiLink(el.Body)
	}
}
