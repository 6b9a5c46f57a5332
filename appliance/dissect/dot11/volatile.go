package dot11

// Volatile reports whether an element's content changes by design while the
// device stays the same: with traffic, time, channel or network name. Of such an
// element a fingerprint keeps only that it is there.
func (el *Element) Volatile() bool {
	switch el.ID {
	case elemSSID, elemDS, elemTIM, elemBSSLoad, elemChannelSwitch, elemQuiet, elemExtChannelSwitch,
		elemHTOperation, elemVHTOperation, elemMultipleBSSID, elemNeighborReport:
		return true
	case 32, 35: // power constraint, TPC report
		return true
	case 42, 47: // ERP: protection follows the stations
		return true
	case 51, 52: // AP channel report, neighbor report
		return true
	case 12, 16: // EDCA parameters have a counter; challenge text
		return true
	case 62, 63, 67, 68, 69: // secondary channel offset, access delays, admission capacity, time advertisement
		return true
	case 193: // extended BSS load
		return true
	case 74, 113, 114: // overlapping BSS scan, mesh configuration, mesh id
		return true
	case 195, 196, 198: // transmit power envelope, channel switch wrapper, quiet channel
		return true
	case elemRSN:
		// A request may end with PMKIDs, which are of one session.
		return el.rsnHasPMKIDs()
	case elemVendor:
		switch el.Vendor {
		case vendorWPA, vendorWMM, vendorWPS, vendorHotspot20, vendorRSNOverride, vendorRSNOverride2:
			return el.Vendor == vendorWMM // its parameter set has a counter
		default:
			return true // names, loads and clocks hide in vendors' elements
		}
	case elemExtension:
		switch el.Extension {
		case extHEOperation, extEHTOperation, extMultiLink:
			return true
		case 34, 37, 38, 39, 42: // maximum switch time, uplink OFDMA, MU EDCA with its counter, spatial reuse, BSS colour change
			return true
		case 55, 56, 57, 109: // multiple BSSID configuration, non-inheritance, known BSSIDs, TID-to-link
			return true
		}
	}
	return false
}

func (el *Element) rsnHasPMKIDs() bool {
	var e Elements
	e.rsn(el.Body)
	return e.PMKIDs > 0
}
