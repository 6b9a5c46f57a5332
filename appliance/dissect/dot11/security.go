package dot11

import (
	"encoding/binary"

	"picket/shared/wlan"
)

// Suite selectors' OUIs, big-endian.
const (
	ouiRSN  = 0x000fac
	ouiWPA1 = 0x0050f2
)

// suites reads a count and that many selectors from v, calls nothing, and returns
// the set of types and what follows. ok is false where v ends: an RSN element
// may end after any of its fields (802.11-2020, 9.4.2.24.1).
func suites(v []byte, oui uint32) (types uint64, rest []byte, ok bool) {
	if len(v) < 2 {
		return 0, nil, false
	}
	n := int(binary.LittleEndian.Uint16(v))
	v = v[2:]
	for ; n > 0; n-- {
		if len(v) < 4 {
			return types, nil, false
		}
		types |= suite(v, oui)
		v = v[4:]
	}
	return types, v, true
}

// suite returns the bit of one selector; a vendor's, or a type above 55, is
// bit 59.
func suite(v []byte, oui uint32) uint64 {
	sel := binary.BigEndian.Uint32(v)
	if sel>>8 == oui && sel&0xff <= 55 {
		return 1 << (sel & 0xff)
	}
	return 1 << wlan.AKMOther
}

// ciphers narrows a set of types to wlan.Ciphers.
func ciphers(types uint64) wlan.Ciphers {
	c := wlan.Ciphers(types & (1<<wlan.CipherOther - 1))
	if types>>wlan.CipherOther != 0 {
		c |= 1 << wlan.CipherOther
	}
	return c
}

// rsn reads an RSN element (802.11-2020, 9.4.2.24). Several elements, as with
// RSN overriding, add up.
func (e *Elements) rsn(v []byte) {
	if len(v) < 2 || binary.LittleEndian.Uint16(v) != 1 { // version
		return
	}
	s := &e.Security
	v = v[2:]
	if len(v) < 4 {
		// Absent suites mean the defaults of 9.4.2.24.1: CCMP and 802.1X.
		s.Group, s.Pairwise, s.AKMs = 1<<wlan.CipherCCMP, 1<<wlan.CipherCCMP, 1<<wlan.AKM8021X
		return
	}
	s.Group |= ciphers(suite(v, ouiRSN))
	types, v, ok := suites(v[4:], ouiRSN)
	s.Pairwise |= ciphers(types)
	if !ok {
		return
	}
	types, v, ok = suites(v, ouiRSN)
	s.AKMs |= wlan.AKMs(types)
	if !ok || len(v) < 2 {
		return
	}
	const mfpRequired, mfpCapable = 0x40, 0x80
	switch {
	case v[0]&mfpRequired != 0:
		s.PMF = wlan.PMFRequired
	case v[0]&mfpCapable != 0:
		s.PMF = max(s.PMF, wlan.PMFCapable)
	}
	if v = v[2:]; len(v) >= 2 {
		e.PMKIDs = uint8(min(int(binary.LittleEndian.Uint16(v)), len(v[2:])/16, 255))
	}
}

// wpa1 reads the vendor element that preceded RSN (Wi-Fi Protected Access
// specification 3.1, 2.1), from behind its type.
func (e *Elements) wpa1(v []byte) {
	if len(v) < 6 || binary.LittleEndian.Uint16(v) != 1 { // version
		return
	}
	s := &e.Security
	s.Group |= ciphers(suite(v[2:], ouiWPA1))
	types, v, ok := suites(v[6:], ouiWPA1)
	s.Pairwise |= ciphers(types)
	if !ok {
		return
	}
	types, _, _ = suites(v, ouiWPA1)
	if types&(1<<1) != 0 {
		s.AKMs |= 1 << wlan.AKMWPA18021X
	}
	if types&(1<<2) != 0 {
		s.AKMs |= 1 << wlan.AKMWPA1PSK
	}
}

// WPS attributes (Wi-Fi Simple Configuration 2.0.5, table 28).
const (
	wpsState   = 0x1044
	wpsVersion = 0x104a
)

// wps reads the attributes of a Wi-Fi Simple Configuration element.
func (e *Elements) wps(v []byte) {
	for len(v) >= 4 {
		kind, size := binary.BigEndian.Uint16(v), int(binary.BigEndian.Uint16(v[2:]))
		v = v[4:]
		if size > len(v) {
			return
		}
		switch {
		case kind == wpsVersion:
			e.Features |= wlan.FeatureWPS
		case kind == wpsState && size >= 1 && v[0] == 2:
			e.Features |= wlan.FeatureWPSConfigured
		}
		v = v[size:]
	}
}
