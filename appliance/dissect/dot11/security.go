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

// suites reads a count and that many selectors from v and returns the set of
// types and what follows. An element may end before any of its fields: then the
// set is unsaid, the default (802.11-2020, 9.4.2.24.1). cut is true where v ends
// within the list, which leaves nothing to follow.
func suites(v []byte, oui uint32, unsaid uint64) (types uint64, rest []byte, cut bool) {
	if len(v) == 0 {
		return unsaid, nil, false
	}
	if len(v) < 2 {
		return 0, nil, true
	}
	n := int(binary.LittleEndian.Uint16(v))
	v = v[2:]
	for ; n > 0; n-- {
		if len(v) < 4 {
			return types, nil, true
		}
		types |= suite(v, oui)
		v = v[4:]
	}
	return types, v, false
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

// groupSuite reads the group cipher that starts v and returns what follows; where
// v has none, unsaid is the default.
func groupSuite(v []byte, oui uint32, unsaid uint) (wlan.Ciphers, []byte) {
	if len(v) < 4 {
		return 1 << unsaid, nil
	}
	return ciphers(suite(v, oui)), v[4:]
}

// ciphers narrows a set of types to wlan.Ciphers.
func ciphers(types uint64) wlan.Ciphers {
	c := wlan.Ciphers(types & (1<<wlan.CipherOther - 1))
	if types>>wlan.CipherOther != 0 {
		c |= 1 << wlan.CipherOther
	}
	return c
}

// rsn reads an RSN element (802.11-2020, 9.4.2.24). Several elements add up.
// Absent suites are the defaults of 9.4.2.24.1: CCMP and 802.1X.
func (e *Elements) rsn(v []byte) {
	if len(v) < 2 || binary.LittleEndian.Uint16(v) != 1 { // version
		return
	}
	e.HasRSN = true
	s := &e.Security
	v = v[2:]
	group, v := groupSuite(v, ouiRSN, wlan.CipherCCMP)
	s.Group |= group
	pairwise, v, cut := suites(v, ouiRSN, 1<<wlan.CipherCCMP)
	s.Pairwise |= ciphers(pairwise)
	var akms uint64
	if !cut {
		akms, v, cut = suites(v, ouiRSN, 1<<wlan.AKM8021X)
	}
	if akms == 0 { // damaged: that is not an open network
		akms = 1 << wlan.AKMOther
	}
	s.AKMs |= wlan.AKMs(akms)
	if cut || len(v) < 2 {
		return
	}
	const mfpRequired, mfpCapable = 0x40, 0x80 // bits 6 and 7 of RSN capabilities
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

// rsnOverride reads an element that stations which know it use in place of the
// RSN element (Wi-Fi Alliance, WPA3 specification 3.4). The suites add up; but what only the
// override requires, the BSS does not require of all.
func (e *Elements) rsnOverride(v []byte) {
	base, hadRSN := e.Security.PMF, e.HasRSN
	e.rsn(v)
	if hadRSN && e.Security.PMF > base {
		e.Security.PMF = wlan.PMFCapable
	}
}

// rsnx reads the RSN extension element (802.11-2020, 9.4.2.241).
func (e *Elements) rsnx(v []byte) {
	if len(v) >= 1 && v[0]&0x20 != 0 { // bit 5
		e.Features |= wlan.FeatureSAEHashToElement
	}
}

// wpa1 reads the vendor element that preceded RSN (Wi-Fi Protected Access
// specification 3.1, 2.1), from behind its type. Absent suites are TKIP and
// 802.1X.
func (e *Elements) wpa1(v []byte) {
	if len(v) < 2 || binary.LittleEndian.Uint16(v) != 1 { // version
		return
	}
	s := &e.Security
	v = v[2:]
	group, v := groupSuite(v, ouiWPA1, wlan.CipherTKIP)
	s.Group |= group
	pairwise, v, cut := suites(v, ouiWPA1, 1<<wlan.CipherTKIP)
	s.Pairwise |= ciphers(pairwise)
	var akms uint64
	if !cut {
		akms, _, _ = suites(v, ouiWPA1, 1<<1)
	}
	if akms&(1<<1|1<<2) == 0 {
		s.AKMs |= 1 << wlan.AKMOther
	}
	if akms&(1<<1) != 0 {
		s.AKMs |= 1 << wlan.AKMWPA18021X
	}
	if akms&(1<<2) != 0 {
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
