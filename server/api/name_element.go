package api

import (
	"fmt"

	"picket/server/store"
)

// Element ids whose meaning stands in another field (802.11-2020, table 9-92).
const (
	elementVendor    = 221
	elementExtension = 255
)

// elementName names an information element (802.11-2020, table 9-92;
// 802.11ax-2021, 802.11be-2024; vendors' OUI and type).
func elementName(e store.Element) string {
	switch e.ElementID {
	case elementVendor:
		switch uint32(e.VendorType) {
		case 0x0050f201:
			return "WPA1"
		case 0x0050f202:
			return "WMM"
		case 0x0050f204:
			return "WPS"
		case 0x506f9a09:
			return "P2P"
		case 0x506f9a10:
			return "Hotspot 2.0 indication"
		case 0x506f9a12:
			return "OSEN"
		case 0x506f9a16:
			return "MBO/OCE"
		case 0x506f9a1c:
			return "OWE transition mode"
		case 0xfa0bbc0d:
			return "Remote ID"
		}
		return fmt.Sprintf("Vendor %06x", uint32(e.VendorType)>>8)
	case elementExtension:
		switch e.IDExtension {
		case 35:
			return "HE capabilities"
		case 36:
			return "HE operation"
		case 37:
			return "UORA parameter set"
		case 38:
			return "MU EDCA parameter set"
		case 39:
			return "Spatial reuse parameter set"
		case 52:
			return "Max channel switch time"
		case 55:
			return "Multiple BSSID configuration"
		case 59:
			return "HE 6 GHz band capabilities"
		case 92:
			return "Rejected groups"
		case 106:
			return "EHT operation"
		case 107:
			return "Multi-link"
		case 108:
			return "EHT capabilities"
		}
		return fmt.Sprintf("Extension %d", e.IDExtension)
	}
	if name := plainElementName(e.ElementID); name != "" {
		return name
	}
	return fmt.Sprintf("Element %d", e.ElementID)
}

func plainElementName(id int) string {
	switch id {
	case 0:
		return "SSID"
	case 1:
		return "Supported rates"
	case 3:
		return "DSSS parameter set"
	case 5:
		return "TIM"
	case 6:
		return "IBSS parameter set"
	case 7:
		return "Country"
	case 11:
		return "BSS load"
	case 32:
		return "Power constraint"
	case 33:
		return "Power capability"
	case 35:
		return "TPC report"
	case 36:
		return "Supported channels"
	case 37:
		return "Channel switch announcement"
	case 40:
		return "Quiet"
	case 42:
		return "ERP"
	case 45:
		return "HT capabilities"
	case 46:
		return "QoS capability"
	case 48:
		return "RSN"
	case 50:
		return "Extended supported rates"
	case 51:
		return "AP channel report"
	case 54:
		return "Mobility domain"
	case 55:
		return "Fast BSS transition"
	case 59:
		return "Supported operating classes"
	case 60:
		return "Extended channel switch announcement"
	case 61:
		return "HT operation"
	case 62:
		return "Secondary channel offset"
	case 67:
		return "BSS available admission capacity"
	case 70:
		return "RM enabled capabilities"
	case 71:
		return "Multiple BSSID"
	case 72:
		return "20/40 BSS coexistence"
	case 74:
		return "Overlapping BSS scan parameters"
	case 107:
		return "Interworking"
	case 108:
		return "Advertisement protocol"
	case 111:
		return "Roaming consortium"
	case 113:
		return "Mesh configuration"
	case 114:
		return "Mesh ID"
	case 127:
		return "Extended capabilities"
	case 191:
		return "VHT capabilities"
	case 192:
		return "VHT operation"
	case 195:
		return "Transmit power envelope"
	case 196:
		return "Channel switch wrapper"
	case 199:
		return "Operating mode notification"
	case 201:
		return "Reduced neighbor report"
	case 244:
		return "RSN extension"
	}
	return ""
}
