package wlan

import (
	"encoding/hex"
	"fmt"
)

// MAC is an IEEE 802 address of 48 bits. It is an array, not a
// net.HardwareAddr, so that it can be a map key and cannot alias a capture
// buffer.
type MAC [6]byte

// BSSID identifies a basic service set (802.11-2020, 9.2.4.3.4).
type BSSID = MAC

// Broadcast is the address of all stations.
var Broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// String returns the usual form with colons, in lower case.
func (m MAC) String() string {
	var b [17]byte
	for i, o := range m {
		hex.Encode(b[3*i:], []byte{o})
		if i < 5 {
			b[3*i+2] = ':'
		}
	}
	return string(b[:])
}

// Group reports whether m addresses more than one station.
func (m MAC) Group() bool { return m[0]&1 != 0 }

// LocallyAdministered reports whether m was not assigned by its maker: all
// randomised addresses are, and so are many of virtual access points.
func (m MAC) LocallyAdministered() bool { return m[0]&2 != 0 }

// ParseMAC reads twelve hexadecimal digits with or without colons, dashes or
// dots between them.
func ParseMAC(s string) (MAC, error) {
	var m MAC
	digits := 0
	for i := range len(s) {
		c := s[i]
		var v byte
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c >= 'a' && c <= 'f':
			v = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			v = c - 'A' + 10
		case c == ':' || c == '-' || c == '.':
			continue
		default:
			return MAC{}, fmt.Errorf("address %q: %q is no hexadecimal digit", s, c)
		}
		if digits == 12 {
			return MAC{}, fmt.Errorf("address %q: more than 12 hexadecimal digits", s)
		}
		m[digits/2] = m[digits/2]<<4 | v
		digits++
	}
	if digits != 12 {
		return MAC{}, fmt.Errorf("address %q: %d hexadecimal digits, want 12", s, digits)
	}
	return m, nil
}
