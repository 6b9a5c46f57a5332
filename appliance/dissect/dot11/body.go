package dot11

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// Capability information (802.11-2020, 9.4.1.4).
const (
	CapabilityESS     = 0x0001
	CapabilityIBSS    = 0x0002
	CapabilityPrivacy = 0x0010
)

// BeaconBody is the fixed part of beacons and probe responses.
type BeaconBody struct {
	TSF          wlan.TSF
	Interval     wlan.TU
	Capabilities uint16
}

// BeaconFixedLen is the length of a BeaconBody in octets.
const BeaconFixedLen = 12

// Decode reads a body from behind the MAC header.
func (m *BeaconBody) Decode(b []byte) error {
	if len(b) < BeaconFixedLen {
		return dissect.ErrTruncated
	}
	m.TSF = wlan.TSF(binary.LittleEndian.Uint64(b))
	m.Interval = wlan.TU(binary.LittleEndian.Uint16(b[8:]))
	m.Capabilities = binary.LittleEndian.Uint16(b[10:])
	return nil
}

// FixedLen returns the octets before the elements of a management frame of kind
// k, and false when it has no elements to speak of (802.11-2020, 9.3.3). Of
// authentication frames that holds for algorithms other than SAE.
func (k Kind) FixedLen() (int, bool) {
	switch k {
	case Beacon, ProbeResponse:
		return BeaconFixedLen, true
	case TimingAdvertisement:
		return 10, true
	case ProbeRequest:
		return 0, true
	case AssociationRequest:
		return 4, true
	case ReassociationRequest:
		return 10, true
	case AssociationResponse, ReassociationResponse, Authentication:
		return 6, true
	default:
		return 0, false
	}
}

// Authentication algorithms (802.11-2020, 9.4.1.1).
const (
	AuthOpen      = 0
	AuthSharedKey = 1
	AuthFT        = 2
	AuthSAE       = 3
	AuthFILS      = 4
	AuthFILSPFS   = 5
	AuthFILSKey   = 6
	AuthPASN      = 7
)

// AuthBody is the body of an authentication frame that is not encrypted.
type AuthBody struct {
	Algorithm   uint16
	Transaction uint16
	Status      uint16
	SAEGroup    uint16 // of an SAE commit; 0: none
}

// Decode reads a body from behind the MAC header.
func (m *AuthBody) Decode(b []byte) error {
	*m = AuthBody{}
	if len(b) < 6 {
		return dissect.ErrTruncated
	}
	m.Algorithm = binary.LittleEndian.Uint16(b)
	m.Transaction = binary.LittleEndian.Uint16(b[2:])
	m.Status = binary.LittleEndian.Uint16(b[4:])
	if m.Algorithm == AuthSAE && m.Transaction == 1 && len(b) >= 8 {
		m.SAEGroup = binary.LittleEndian.Uint16(b[6:])
	}
	return nil
}

// AssocResponseStatus returns the status code of a (re)association response.
func AssocResponseStatus(b []byte) (uint16, error) {
	if len(b) < 4 {
		return 0, dissect.ErrTruncated
	}
	return binary.LittleEndian.Uint16(b[2:]), nil
}

// Reason returns the reason code of a deauthentication or disassociation that is
// not encrypted (802.11-2020, 9.4.1.7).
func Reason(b []byte) (uint16, error) {
	if len(b) < 2 {
		return 0, dissect.ErrTruncated
	}
	return binary.LittleEndian.Uint16(b), nil
}
