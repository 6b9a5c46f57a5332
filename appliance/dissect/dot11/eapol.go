package dot11

import (
	"encoding/binary"

	"picket/appliance/dissect"
)

// EtherTypeEAPOL is the Ethertype of IEEE 802.1X.
const EtherTypeEAPOL = 0x888e

// EAPOL packet types (802.1X-2020, table 11-3).
const (
	EAPOLPacket = 0
	EAPOLStart  = 1
	EAPOLLogoff = 2
	EAPOLKey    = 3
)

// EAPOL is what an EAPOL frame says without any key.
type EAPOL struct {
	Type uint8

	// Message is 1 to 4 for messages of the four-way handshake, 0 for all else.
	Message uint8
	Group   bool // a message of the group key handshake
	PMKID   bool // the key data has a PMKID that is not all zero
}

// snap is the LLC and SNAP header of an encapsulated Ethertype (RFC 1042).
var snap = [6]byte{0xaa, 0xaa, 0x03, 0, 0, 0}

// Payload returns the Ethertype of a data frame's body that is not encrypted and
// what follows it. A body of A-MSDU subframes yields the first one.
func (f *Frame) Payload(body []byte) (etherType uint16, rest []byte, err error) {
	if f.AMSDU {
		if len(body) < 14 {
			return 0, nil, dissect.ErrTruncated
		}
		size := int(binary.BigEndian.Uint16(body[12:])) // 9.3.2.2.2
		body = body[14:]
		body = body[:min(size, len(body))]
	}
	// A bridge that is in no mesh may set the same bit; SNAP is then in its place,
	// which as Mesh Control would have reserved flags set.
	if f.Mesh && len(body) >= 1 && body[0] != snap[0] {
		n := 6 + 6*int(body[0]&3) // 9.2.4.7.3: flags, TTL, number, up to two addresses
		if n > len(body) {
			return 0, nil, dissect.ErrTruncated
		}
		body = body[n:]
	}
	if len(body) < 8 {
		return 0, nil, dissect.ErrTruncated
	}
	if [6]byte(body) != snap {
		return 0, nil, dissect.ErrMalformed
	}
	return binary.BigEndian.Uint16(body[6:]), body[8:], nil
}

// Key information (802.11-2020, 12.7.2).
const (
	keyPairwise  = 0x0008
	keyInstall   = 0x0040
	keyAck       = 0x0080
	keyMIC       = 0x0100
	keySecure    = 0x0200
	keyRequest   = 0x0800
	keyEncrypted = 0x1000
)

// Decode reads an EAPOL frame from behind its Ethertype into e, replacing all of
// e. With dissect.ErrTruncated e has what could be read.
func (e *EAPOL) Decode(b []byte) error {
	*e = EAPOL{}
	if len(b) < 4 {
		return dissect.ErrTruncated
	}
	e.Type = b[1]
	size := int(binary.BigEndian.Uint16(b[2:]))
	b = b[4:]
	cut := size > len(b)
	b = b[:min(size, len(b))]
	if e.Type == EAPOLKey {
		if err := e.key(b); err != nil {
			return err
		}
	}
	if cut {
		return dissect.ErrTruncated
	}
	return nil
}

// key reads an EAPOL-Key frame (802.11-2020, 12.7.2): descriptor type, key
// information, key length, replay counter, nonce, IV, RSC, reserved, MIC, key
// data length, key data. The MIC has 16 octets, 24 or 32 with longer hashes, and
// none with an AEAD cipher; the frame does not say which, so the length that
// makes the key data fit decides.
func (e *EAPOL) key(b []byte) error {
	const micAt = 77
	if len(b) < micAt+2 {
		return dissect.ErrTruncated
	}
	if b[0] != 2 && b[0] != 254 { // RSN, WPA1; 1 is RC4, without messages
		return nil
	}
	info := binary.BigEndian.Uint16(b[1:])
	data, ok := keyData(b[micAt:], 16)
	for _, mic := range [...]int{24, 32, 0} {
		if ok {
			break
		}
		if other, fits := keyData(b[micAt:], mic); fits {
			data, ok = other, true
		}
	}
	e.message(info, data)
	if info&keyEncrypted == 0 {
		e.PMKID = pmkid(data)
	}
	return nil
}

// keyData returns the key data behind a MIC of n octets, and whether its length
// agrees with the frame's.
func keyData(b []byte, n int) ([]byte, bool) {
	if len(b) < n+2 {
		return nil, false
	}
	size := int(binary.BigEndian.Uint16(b[n:]))
	b = b[n+2:]
	if size > len(b) {
		return b, false
	}
	return b[:size], size == len(b)
}

// message tells the messages apart (802.11-2020, 12.7.6). Message 2 and 4 differ
// in Secure by the standard, but some supplicants set it in message 2 of a
// rekey; message 4 alone has no key data. A station's request, such as a report
// of a Michael failure, is none of the four.
func (e *EAPOL) message(info uint16, data []byte) {
	if info&keyPairwise == 0 {
		e.Group = true
		return
	}
	switch {
	case info&keyRequest != 0:
	case info&keyAck != 0 && info&keyMIC == 0:
		e.Message = 1
	case info&keyAck != 0:
		e.Message = 3
	case len(data) > 0:
		e.Message = 2
	default:
		e.Message = 4
	}
}

// pmkid reports whether key data holds a PMKID KDE (802.11-2020, table 12-9)
// that is not all zero.
func pmkid(data []byte) bool {
	for len(data) >= 2 {
		kind, size := data[0], int(data[1])
		data = data[2:]
		if size > len(data) {
			return false
		}
		if kind == elemVendor && size >= 20 && binary.BigEndian.Uint32(data) == 0x000fac04 {
			for _, o := range data[4:20] {
				if o != 0 {
					return true
				}
			}
		}
		data = data[size:]
	}
	return false
}
