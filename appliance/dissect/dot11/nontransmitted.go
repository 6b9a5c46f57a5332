package dot11

import (
	"encoding/binary"

	"picket/shared/wlan"
)

// Bounds of what one frame may say of other BSSs: an AP of today has 16.
const (
	maxProfiles = 64
	maxSegments = 4 // elements over which one profile is spread
)

// Profile is a BSS that has no beacon of its own: another one's beacon or probe
// response speaks for it.
type Profile struct {
	BSSID        wlan.BSSID
	Index        uint8 // within the set of BSSIDs; 0 is the one that transmits
	Capabilities uint16
	Interval     uint8 // DTIM period, in beacons; 0: not said
	Count        uint8 // beacons until the next DTIM

	// Elements is what holds of the BSS: what its profile says, and what it
	// inherits from the frame around it (802.11-2020, 11.1.3.8.4). TIMStart and
	// TIMEnd are 0.
	Elements Elements
}

// NonTransmitted walks the profiles of a multiple BSSID set (802.11-2020,
// 9.4.2.45) within the elements of a beacon or probe response. It allocates
// nothing, and yields at most 64 profiles a frame.
type NonTransmitted struct {
	B     []byte     // the elements of the frame
	BSSID wlan.BSSID // of the frame: the one that transmits

	next     profileReader
	found    int
	segments [maxSegments][]byte
}

// Next moves to the next profile, into p, and reports whether there is one. A
// profile without a valid index has no BSSID and is passed over.
func (n *NonTransmitted) Next(p *Profile) bool {
	for n.found < maxProfiles {
		indicator, parts := n.next.profile(n.B, &n.segments)
		if parts == 0 {
			return false
		}
		if n.profile(p, indicator, n.segments[:parts]) {
			n.found++
			return true
		}
	}
	return false
}

// profile decodes the profile that parts hold.
func (n *NonTransmitted) profile(p *Profile, indicator uint8, parts [][]byte) bool {
	*p = Profile{}
	var own, not elementSet
	var el Element
	for _, part := range parts {
		for it := (Iterator{B: part}); it.Next(&el); {
			own.add(&el)
			switch {
			case el.ID == elemNonTransmitted && len(el.Body) >= 2:
				p.Capabilities = binary.LittleEndian.Uint16(el.Body)
			case el.ID == elemBSSIDIndex && len(el.Body) >= 1:
				p.Index = el.Body[0]
				if len(el.Body) >= 3 { // in beacons alone
					p.Interval, p.Count = el.Body[1], el.Body[2]
				}
			case el.ID == elemExtension && el.Extension == extNonInheritance:
				not.nonInheritance(el.Body)
			case el.ID == elemTIM || el.ID == elemMultipleBSSID:
				// Not in a profile: its offsets would be of another buffer.
			default:
				p.Elements.add(&el, 0)
			}
		}
	}
	if p.Index == 0 || indicator > 8 || int(p.Index) >= 1<<indicator {
		return false
	}
	p.BSSID = memberBSSID(n.BSSID, indicator, p.Index)
	for it := (Iterator{B: n.B}); it.Next(&el); {
		if inherited(&el) && !own.has(&el) && !not.has(&el) {
			p.Elements.add(&el, 0)
		}
	}
	p.Elements.Features |= wlan.FeatureNonTransmitted
	return true
}

// memberBSSID returns the BSSID of index i in the set of up to 1<<indicator that
// ref is of: the low bits count, modulo the size of the set (802.11-2020,
// 9.4.2.45).
func memberBSSID(ref wlan.BSSID, indicator, i uint8) wlan.BSSID {
	mask := byte(1<<indicator - 1)
	ref[5] = ref[5]&^mask | (ref[5]+i)&mask
	return ref
}

// inherited reports whether an element of the frame can hold for BSSs that do not
// transmit: those that are of the one that does, or of the set, do not
// (802.11-2020, 11.1.3.8.4).
func inherited(el *Element) bool {
	switch el.ID {
	case elemSSID, elemTIM, elemIBSS, elemMultipleBSSID, elemNonTransmitted, elemBSSIDIndex, elemFMSDescriptor:
		return false
	case elemExtension:
		return el.Extension != extMultiLink && el.Extension != extNonInheritance
	}
	return true
}

// profileReader finds the profiles one by one.
type profileReader struct {
	outer     Iterator // over the frame's elements
	inner     []byte   // what is left of the current element's subelements
	indicator uint8
}

// profile returns the parts of the next profile, of which there are none at the
// end. A profile starts with its capability element; a subelement that does not
// continues the one before it (802.11-2020, 11.1.3.8.2).
func (r *profileReader) profile(b []byte, parts *[maxSegments][]byte) (indicator uint8, n int) {
	for {
		before := *r
		part, ok := r.subelement(b)
		if !ok {
			return indicator, n
		}
		if len(part) > 0 && part[0] == elemNonTransmitted {
			if n > 0 { // the next one
				*r = before
				return indicator, n
			}
			indicator = r.indicator
		} else if n == 0 {
			continue // goes on with nothing
		}
		if n < maxSegments {
			parts[n] = part
			n++
		}
	}
}

// subelement returns the body of the next nontransmitted BSSID profile
// subelement.
func (r *profileReader) subelement(b []byte) ([]byte, bool) {
	const profile = 0
	r.outer.B = b
	for {
		for len(r.inner) >= 2 {
			id, end := r.inner[0], 2+int(r.inner[1])
			if end > len(r.inner) {
				break
			}
			part := r.inner[2:end]
			r.inner = r.inner[end:]
			if id == profile {
				return part, true
			}
		}
		var el Element
		for {
			if !r.outer.Next(&el) {
				r.inner = nil
				return nil, false
			}
			if el.ID == elemMultipleBSSID && len(el.Body) >= 1 {
				break
			}
		}
		r.indicator, r.inner = el.Body[0], el.Body[1:]
	}
}

// elementSet is a set of element ids, of extensions of 255, and of vendors'
// types. Of the latter it keeps the first few.
type elementSet struct {
	ids, extensions [4]uint64
	vendors         [16]uint32
	vendorCount     int
}

func (s *elementSet) add(el *Element) {
	switch el.ID {
	case elemExtension:
		s.extensions[el.Extension>>6] |= 1 << (el.Extension & 63)
	case elemVendor:
		if s.vendorCount < len(s.vendors) {
			s.vendors[s.vendorCount] = el.Vendor
			s.vendorCount++
		}
	default:
		s.ids[el.ID>>6] |= 1 << (el.ID & 63)
	}
}

func (s *elementSet) has(el *Element) bool {
	switch el.ID {
	case elemExtension:
		return s.extensions[el.Extension>>6]>>(el.Extension&63)&1 != 0
	case elemVendor:
		for _, v := range s.vendors[:s.vendorCount] {
			if v == el.Vendor {
				return true
			}
		}
		return s.ids[elemVendor>>6]>>(elemVendor&63)&1 != 0
	default:
		return s.ids[el.ID>>6]>>(el.ID&63)&1 != 0
	}
}

// nonInheritance adds the lists of a non-inheritance element (802.11-2020,
// 9.4.2.240): ids, then extensions, each after its length.
func (s *elementSet) nonInheritance(v []byte) {
	for _, set := range [...]*[4]uint64{&s.ids, &s.extensions} {
		if len(v) < 1 || len(v) < 1+int(v[0]) {
			return
		}
		for _, id := range v[1 : 1+int(v[0])] {
			set[id>>6] |= 1 << (id & 63)
		}
		v = v[1+int(v[0]):]
	}
}
