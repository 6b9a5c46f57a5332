package dot11

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// UnknownTBTT is the offset of a neighbor whose beacon times the reporting AP
// does not know.
const UnknownTBTT = 255

// Neighbor is one AP that a reduced neighbor report names.
type Neighbor struct {
	Class   uint8 // operating class (802.11-2020, table E-4)
	Channel uint8 // primary channel
	TBTT    wlan.TU

	// SameSSID is the "filtered neighbor AP" bit: all APs of this entry have the
	// SSID of the reporting one, or that of the probe request.
	SameSSID bool

	HasBSSID     bool
	BSSID        wlan.BSSID
	HasShortSSID bool
	ShortSSID    uint32 // CRC-32 of the SSID (802.11-2020, 9.4.2.170)
	HasParams    bool
	Params       uint8 // BSS parameters: the bits below
	HasMLD       bool
	MLDID        uint8 // 0: of the reporting AP's own multi-link device
	Link         uint8 // identifier within that device
}

// Bits of Neighbor.Params (802.11ax-2021, 9.4.2.170.2).
const (
	NeighborOCTRecommended = 1 << iota
	NeighborSameSSID
	NeighborMultipleBSSID
	NeighborTransmitted
	NeighborColocatedESS
	NeighborProbeResponses // unsolicited ones
	NeighborColocated
)

// Neighbors walks the APs in the body of a reduced neighbor report, element 201
// (802.11-2020, 9.4.2.170, with 802.11ax-2021 and 802.11be-2024). The zero value
// with B set stands before the first one. Entries of a length that is reserved
// name class and channel alone.
type Neighbors struct {
	B []byte

	at             int
	left           int // TBTT information fields of the current entry
	size           int // octets of each
	kind           uint8
	class, channel uint8
	sameSSID       bool
	err            error
}

// Next moves to the next AP, into n, and reports whether there is one. A report
// of 255 octets names at most 204.
func (r *Neighbors) Next(n *Neighbor) bool {
	for r.left == 0 {
		if !r.entry() {
			return false
		}
	}
	if r.at+r.size > len(r.B) {
		r.err = dissect.ErrTruncated
		return false
	}
	v := r.B[r.at : r.at+r.size]
	r.at += r.size
	r.left--
	*n = Neighbor{Class: r.class, Channel: r.channel, SameSSID: r.sameSSID, TBTT: UnknownTBTT}
	if r.kind == 0 {
		n.decode(v)
	} else if r.kind == 1 && len(v) >= 3 { // of a multi-link device: nothing else
		n.mld(v)
	}
	return true
}

// Err returns dissect.ErrTruncated when an entry claims more octets than there
// are.
func (r *Neighbors) Err() error { return r.err }

// entry reads the header of a neighbor AP information field.
func (r *Neighbors) entry() bool {
	v := r.B[r.at:]
	if len(v) < 4 {
		if len(v) > 0 && r.err == nil {
			r.err = dissect.ErrTruncated
		}
		return false
	}
	header := binary.LittleEndian.Uint16(v)
	r.kind = uint8(header & 3)
	r.sameSSID = header&4 != 0
	r.left = int(header>>4&0x0f) + 1
	r.size = int(header >> 8)
	r.class, r.channel = v[2], v[3]
	r.at += 4
	if r.size == 0 { // reserved: the entry names a channel and no AP
		r.left = 0
	}
	return true
}

// decode reads a TBTT information field, of which the length tells the contents
// (802.11be-2024, 9.4.2.170.2).
func (n *Neighbor) decode(v []byte) {
	size := len(v)
	n.TBTT = wlan.TU(v[0])
	v = v[1:]
	switch size {
	case 2, 5, 6, 7, 8, 9, 11, 12, 13:
	default:
		if size < 16 {
			return
		}
	}
	if size >= 7 {
		n.HasBSSID, n.BSSID = true, wlan.BSSID(v)
		v = v[6:]
	}
	if size == 5 || size == 6 || size >= 11 {
		n.HasShortSSID, n.ShortSSID = true, binary.LittleEndian.Uint32(v)
		v = v[4:]
	}
	if len(v) >= 1 {
		n.HasParams, n.Params = true, v[0]
	}
	if size >= 16 { // parameters, power, multi-link device
		n.mld(v[2:])
	}
}

func (n *Neighbor) mld(v []byte) {
	n.HasMLD, n.MLDID, n.Link = true, v[0], v[1]&0x0f
}
