package air

import (
	"encoding/binary"

	"picket/shared/wlan"
)

// Frame control, first octet: type and subtype (802.11-2020, table 9-1).
const (
	fcAssociationRequest  = 0x00
	fcAssociationResponse = 0x10
	fcReassociation       = 0x20
	fcReassociationAnswer = 0x30
	fcProbeRequest        = 0x40
	fcProbeResponse       = 0x50
	fcBeacon              = 0x80
	fcAuthentication      = 0xb0
	fcDeauthentication    = 0xc0
	fcQoSData             = 0x88
)

// Frame control, second octet.
const (
	fcFromDS = 0x02
	fcRetry  = 0x08
)

// Elements (802.11-2020, table 9-92; 802.11ax-2021; 802.11be-2024).
const (
	elemSSID            = 0
	elemRates           = 1
	elemDS              = 3
	elemTIM             = 5
	elemCountry         = 7
	elemChannelSwitch   = 37
	elemHTCapabilities  = 45
	elemRSN             = 48
	elemExtendedRates   = 50
	elemHTOperation     = 61
	elemVHTCapabilities = 191
	elemVHTOperation    = 192
	elemNeighbors       = 201
	elemVendor          = 221
	elemRSNX            = 244
	elemExtension       = 255

	extHECapabilities  = 35
	extHEOperation     = 36
	extHE6Capabilities = 59
	extEHTOperation    = 106
	extMultiLink       = 107
	extEHTCapabilities = 108
)

// Capability information (802.11-2020, 9.4.1.4).
const (
	capabilityESS     = 0x0001
	capabilityPrivacy = 0x0010
	capabilityShort   = 0x0420 // short preamble and slot
)

// sequenceNumbers are 12 bits.
const sequenceNumbers = 1 << 12

// header appends a MAC header without QoS: addresses 1, 2 and 3.
func header(b []byte, fc, flags byte, to, from, third wlan.MAC, sequence uint16) []byte {
	b = append(b, fc, flags, 0x3a, 0x01) // duration 314 µs, as most drivers say
	b = append(b, to[:]...)
	b = append(b, from[:]...)
	b = append(b, third[:]...)
	return binary.LittleEndian.AppendUint16(b, sequence%sequenceNumbers<<4)
}

// element appends an element.
func element(b []byte, id byte, body ...byte) []byte {
	b = append(b, id, byte(len(body)))
	return append(b, body...)
}

// extension appends an element with an extended identifier.
func extension(b []byte, id byte, body ...byte) []byte {
	b = append(b, elemExtension, byte(len(body)+1), id)
	return append(b, body...)
}

// ssidElement appends a name of at most 32 octets; what is longer is cut.
func ssidElement(b []byte, ssid string) []byte {
	ssid = ssid[:min(len(ssid), 32)]
	b = append(b, elemSSID, byte(len(ssid)))
	return append(b, ssid...)
}

// rates appends the supported rates of a band.
func rates(b []byte, f wlan.MHz) []byte {
	if f.Band() == wlan.Band2GHz {
		b = element(b, elemRates, 0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12, 0x18, 0x24)
		return element(b, elemExtendedRates, 0x30, 0x48, 0x60, 0x6c)
	}
	return element(b, elemRates, 0x8c, 0x12, 0x98, 0x24, 0xb0, 0x48, 0x60, 0x6c)
}

// channelNumber returns the number of a channel in its band, 0 for none.
func channelNumber(f wlan.MHz) byte {
	c, _ := f.Channel()
	return c.Number
}

// Deauth appends a deauthentication that claims to come from an AP of bssid.
func Deauth(b []byte, bssid wlan.BSSID, station wlan.MAC, reason, sequence uint16) []byte {
	b = header(b, fcDeauthentication, 0, station, bssid, bssid, sequence)
	return binary.LittleEndian.AppendUint16(b, reason)
}

// Probe appends a probe request of a station; ssid "" asks for any.
func Probe(b []byte, station wlan.MAC, ssid string, f wlan.MHz, sequence uint16) []byte {
	b = header(b, fcProbeRequest, 0, wlan.Broadcast, station, wlan.Broadcast, sequence)
	b = ssidElement(b, ssid)
	b = rates(b, f)
	if f.Band() == wlan.Band2GHz {
		b = element(b, elemDS, channelNumber(f))
	}
	return b
}

// authentication is an open system authentication, its answer with
// transaction 2 (802.11-2020, 9.3.3.11).
func authentication(to, from wlan.MAC, bssid wlan.BSSID, transaction, sequence uint16) []byte {
	b := header(nil, fcAuthentication, 0, to, from, bssid, sequence)
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, transaction)
	return append(b, 0, 0) // success
}

// associationAnswer is a response that welcomes a station (802.11-2020,
// 9.3.3.6). again: to a reassociation.
func associationAnswer(station wlan.MAC, bssid wlan.BSSID, f wlan.MHz, aid, sequence uint16, again bool) []byte {
	fc := byte(fcAssociationResponse)
	if again {
		fc = fcReassociationAnswer
	}
	b := header(nil, fc, 0, station, bssid, bssid, sequence)
	b = binary.LittleEndian.AppendUint16(b, capabilityESS|capabilityShort)
	b = append(b, 0, 0) // success
	b = binary.LittleEndian.AppendUint16(b, aid|0xc000)
	return rates(b, f)
}
