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
	PMKIDs   uint8 // in the RSN element of a (re)association request
	Features wlan.Features

	Channel     uint8    // primary channel announced: DS, HT or HE 6 GHz operation; 0: none
	Channel6GHz bool     // Channel is of the 6 GHz band
	Width       wlan.MHz // 0: not announced
	Country     [2]byte  // zero: none

	HasLoad      bool
	StationCount uint16 // BSS load
	Utilisation  uint8  // BSS load: busy time in 1/255

	HasSwitch     bool // channel switch or extended channel switch announcement
	SwitchChannel uint8
	SwitchClass   uint8 // operating class; 0: the band stays
	SwitchCount   uint8 // beacons until the switch

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
		}
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
			e.channelSwitch(0, v[1], v[2])
		}
	case elemExtChannelSwitch:
		if len(v) >= 4 {
			e.channelSwitch(v[1], v[2], v[3])
		}
	case elemQuiet:
		e.Features |= wlan.FeatureQuiet
	case elemHTCapabilities:
		e.Features |= wlan.FeatureHT
	case elemHTOperation:
		e.htOperation(v)
	case elemRSN:
		e.rsn(v)
	case elemMobilityDomain:
		e.Features |= wlan.FeatureMobilityDomain
	case elemMultipleBSSID:
		e.Features |= wlan.FeatureMultipleBSSID
	case elemInterworking:
		e.Features |= wlan.FeatureInterworking
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
		e.Features |= wlan.FeatureNeighborReport
	case elemRSNX:
		if len(v) >= 1 && v[0]&0x20 != 0 { // bit 5: SAE hash-to-element
			e.Features |= wlan.FeatureSAEHashToElement
		}
	case elemVendor:
		e.vendor(el)
	case elemExtension:
		e.extension(el)
	}
}

func (e *Elements) channelSwitch(class, channel, count uint8) {
	e.Features |= wlan.FeatureChannelSwitch
	e.HasSwitch = true
	e.SwitchChannel, e.SwitchCount = channel, count
	if class != 0 {
		e.SwitchClass = class
	}
}

// htOperation reads 802.11-2020, 9.4.2.56.
func (e *Elements) htOperation(v []byte) {
	if len(v) < 2 {
		return
	}
	if e.Channel == 0 {
		e.Channel = v[0]
	}
	width := wlan.MHz(20)
	if v[1]&0x04 != 0 && v[1]&0x03 != 0 {
		width = 40
	}
	e.Width = max(e.Width, width)
}

// vhtOperation reads 802.11-2020, 9.4.2.158, table 11-23.
func (e *Elements) vhtOperation(v []byte) {
	if len(v) < 3 || v[0] == 0 {
		return
	}
	width := wlan.MHz(80)
	if v[0] == 2 || v[0] == 1 && v[2] != 0 && (v[2] > v[1] && v[2]-v[1] == 8 || v[1] > v[2] && v[1]-v[2] == 8) {
		width = 160
	}
	e.Width = max(e.Width, width)
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
		e.rsn(el.Body[4:])
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
		e.Features |= wlan.FeatureMultiLink
	}
}

// heOperation reads 802.11ax-2021, 9.4.2.249: the 6 GHz operation information.
func (e *Elements) heOperation(v []byte) {
	if len(v) < 6 {
		return
	}
	params := uint32(v[0]) | uint32(v[1])<<8 | uint32(v[2])<<16
	at := 6
	if params&(1<<14) != 0 { // VHT operation information
		at += 3
	}
	if params&(1<<15) != 0 { // co-hosted BSSID indicator
		at++
	}
	if params&(1<<17) == 0 || len(v) < at+5 {
		return
	}
	e.Channel, e.Channel6GHz = v[at], true
	e.Width = max(e.Width, 20<<(v[at+1]&3))
}

// ehtOperation reads 802.11be-2024, 9.4.2.311.
func (e *Elements) ehtOperation(v []byte) {
	if len(v) < 6 || v[0]&1 == 0 { // operation information present
		return
	}
	if code := v[5] & 7; code <= 4 {
		e.Width = max(e.Width, 20<<code)
	}
}
