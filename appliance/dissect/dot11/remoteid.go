package dot11

import (
	"bytes"
	"encoding/binary"
)

// RemoteID is what an unmanned aircraft broadcasts of itself (ASTM F3411-22a,
// 5.4.5).
type RemoteID struct {
	// BasicID is ID type and UA type in one octet, then 20 octets of identity.
	BasicID     [21]byte
	HasBasicID  bool
	HasLocation bool
	// Latitude and Longitude are in 1e-7 degrees; 0, 0 means unknown to the aircraft.
	Latitude, Longitude int32
}

const remoteIDMessage = 25 // octets of every message but the pack

// decodeElement reads a vendor element's body behind OUI and type: a counter,
// then a message or a pack of them.
func (r *RemoteID) decodeElement(v []byte) {
	if len(v) < 2 {
		return
	}
	r.messages(v[1:])
}

func (r *RemoteID) messages(v []byte) {
	if len(v) < 1 {
		return
	}
	if v[0]>>4 != 0xf {
		r.message(v)
		return
	}
	if len(v) < 3 || v[1] != remoteIDMessage {
		return
	}
	n := int(v[2])
	for v = v[3:]; n > 0 && len(v) >= remoteIDMessage; n-- {
		r.message(v)
		v = v[remoteIDMessage:]
	}
}

func (r *RemoteID) message(v []byte) {
	if len(v) < remoteIDMessage {
		return
	}
	switch v[0] >> 4 {
	case 0: // basic ID
		r.HasBasicID = true
		copy(r.BasicID[:], v[1:22])
	case 1: // location
		r.HasLocation = true
		r.Latitude = int32(binary.LittleEndian.Uint32(v[5:]))
		r.Longitude = int32(binary.LittleEndian.Uint32(v[9:]))
	}
}

// nanServiceID is the first six octets of SHA-256 of "org.opendroneid.remoteid"
// (ASTM F3411-22a, 5.4.6; Wi-Fi Aware 3.1, 2.1.1).
var nanServiceID = [6]byte{0x88, 0x69, 0x19, 0x9d, 0x92, 0x09}

// DecodeNAN reads a Remote ID from the body of a NAN service discovery frame and
// reports whether it is one.
func (r *RemoteID) DecodeNAN(body []byte) bool {
	*r = RemoteID{}
	at := bytes.Index(body, nanServiceID[:])
	if at < 0 {
		return false
	}
	// Service id (6), instance id, requestor id, service control, then as its bits
	// say: binding bitmap, matching filter, response filter, service info.
	v := body[at+6:]
	if len(v) < 3 {
		return true
	}
	const filter, responseFilter, info, bitmap = 0x04, 0x08, 0x10, 0x40
	control := v[2]
	skip := 3
	if control&bitmap != 0 {
		skip += 2
	}
	for _, bit := range [...]byte{filter, responseFilter} {
		if control&bit != 0 && skip < len(v) {
			skip += 1 + int(v[skip])
		}
	}
	if control&info == 0 || skip >= len(v) {
		return true
	}
	v = v[skip:]
	n := int(v[0])
	if v = v[1:]; n < len(v) {
		v = v[:n]
	}
	if len(v) > 1 {
		r.messages(v[1:]) // behind the message counter
	}
	return true
}
