package dot11

import "picket/appliance/dissect"

// Element ids (802.11-2020, table 9-92) and extensions of 255.
const (
	elemSSID             = 0
	elemSupportedRates   = 1
	elemDS               = 3
	elemTIM              = 5
	elemIBSS             = 6
	elemCountry          = 7
	elemBSSLoad          = 11
	elemChannelSwitch    = 37
	elemQuiet            = 40
	elemHTCapabilities   = 45
	elemRSN              = 48
	elemExtendedRates    = 50
	elemMobilityDomain   = 54
	elemExtChannelSwitch = 60
	elemHTOperation      = 61
	elemMultipleBSSID    = 71
	elemNonTransmitted   = 83 // nontransmitted BSSID capability
	elemBSSIDIndex       = 85
	elemFMSDescriptor    = 86
	elemInterworking     = 107
	elemMeshID           = 114
	elemExtCapabilities  = 127
	elemVHTCapabilities  = 191
	elemVHTOperation     = 192
	elemNeighborReport   = 201
	elemVendor           = 221
	elemRSNX             = 244
	elemExtension        = 255

	extHECapabilities  = 35
	extHEOperation     = 36
	extNonInheritance  = 56
	extHE6GHz          = 59
	extEHTOperation    = 106
	extMultiLink       = 107
	extEHTCapabilities = 108
)

// vendor is OUI and type of a vendor specific element, big-endian.
const (
	vendorWPA           = 0x0050f201
	vendorWMM           = 0x0050f202
	vendorWPS           = 0x0050f204
	vendorHotspot20     = 0x506f9a10
	vendorOWETransition = 0x506f9a1c
	vendorRSNOverride   = 0x506f9a29
	vendorRSNOverride2  = 0x506f9a2a
	vendorRSNXOverride  = 0x506f9a2b
	vendorRemoteID      = 0xfa0bbc0d // ASTM F3411
)

// Element is one information element within a frame: it aliases the buffer that
// its iterator walks.
type Element struct {
	ID        uint8
	Extension uint8  // where ID is 255
	Vendor    uint32 // where ID is 221 and the element long enough: OUI and type, big-endian

	// Offset is that of the element's id octet in the iterator's buffer.
	Offset int
	// Body follows the length, and with ID 255 the extension; a vendor's body
	// starts with its OUI.
	Body []byte
}

// Iterator walks the elements in B. The zero value with B set stands before the
// first one.
type Iterator struct {
	B   []byte
	at  int
	err error
}

// Next moves to the next element, into e, and reports whether there is one.
func (it *Iterator) Next(e *Element) bool {
	b := it.B
	if it.at+2 > len(b) {
		if it.at < len(b) {
			it.err = dissect.ErrTruncated
		}
		return false
	}
	size := int(b[it.at+1])
	end := it.at + 2 + size
	if end > len(b) {
		it.err = dissect.ErrTruncated
		return false
	}
	*e = Element{ID: b[it.at], Offset: it.at, Body: b[it.at+2 : end]}
	switch {
	case e.ID == elemVendor && size >= 4:
		e.Vendor = uint32(e.Body[0])<<24 | uint32(e.Body[1])<<16 | uint32(e.Body[2])<<8 | uint32(e.Body[3])
	case e.ID == elemExtension && size >= 1:
		e.Extension, e.Body = e.Body[0], e.Body[1:]
	}
	it.at = end
	return true
}

// Err returns dissect.ErrTruncated when the last element claims more octets than
// there are, and nil at a clean end.
func (it *Iterator) Err() error { return it.err }

// Offset is where the next element starts.
func (it *Iterator) Offset() int { return it.at }
