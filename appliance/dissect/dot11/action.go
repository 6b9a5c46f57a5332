package dot11

import "picket/appliance/dissect"

// Categories of action frames (802.11-2020, table 9-51; 802.11ax-2021,
// 802.11ba-2021, 802.11az-2022, 802.11be-2024).
const (
	CategorySpectrum            = 0
	CategoryQoS                 = 1
	CategoryBlockAck            = 3
	CategoryPublic              = 4
	CategoryRadioMeasurement    = 5
	CategoryFastTransition      = 6
	CategoryHT                  = 7
	CategorySAQuery             = 8
	CategoryProtectedPublic     = 9
	CategoryWNM                 = 10
	CategoryUnprotectedWNM      = 11
	CategoryTDLS                = 12
	CategoryMesh                = 13
	CategoryMultihop            = 14
	CategorySelfProtected       = 15
	CategoryDMG                 = 16
	CategoryFastSessionTransfer = 18
	CategoryRobustAVStreaming   = 19
	CategoryUnprotectedDMG      = 20
	CategoryVHT                 = 21
	CategoryUnprotectedS1G      = 22
	CategoryS1G                 = 23
	CategoryFlowControl         = 24
	CategoryFILS                = 26
	CategoryHE                  = 30
	CategoryProtectedHE         = 31
	CategoryWUR                 = 32
	CategoryProtectedWUR        = 33
	CategoryProtectedFTM        = 34
	CategoryEHT                 = 36
	CategoryProtectedEHT        = 37
	CategoryVendorProtected     = 126
	CategoryVendor              = 127
)

// categoryError is set in the category of an answer to a frame that was not
// understood (802.11-2020, 9.4.1.11).
const categoryError = 0x80

// ActionCategory returns category and action of an action frame that is not
// encrypted.
func ActionCategory(b []byte) (category, action uint8, err error) {
	if len(b) < 2 {
		return 0, 0, dissect.ErrTruncated
	}
	return b[0], b[1], nil
}

// CategoryName returns the name of a category, also of one in an error answer,
// and "reserved" for numbers that are nobody's.
func CategoryName(category uint8) string {
	switch category &^ categoryError {
	case CategorySpectrum:
		return "spectrum management"
	case CategoryQoS:
		return "QoS"
	case CategoryBlockAck:
		return "block ack"
	case CategoryPublic:
		return "public"
	case CategoryRadioMeasurement:
		return "radio measurement"
	case CategoryFastTransition:
		return "fast BSS transition"
	case CategoryHT:
		return "HT"
	case CategorySAQuery:
		return "SA query"
	case CategoryProtectedPublic:
		return "protected public"
	case CategoryWNM:
		return "WNM"
	case CategoryUnprotectedWNM:
		return "unprotected WNM"
	case CategoryTDLS:
		return "TDLS"
	case CategoryMesh:
		return "mesh"
	case CategoryMultihop:
		return "multihop"
	case CategorySelfProtected:
		return "self-protected"
	case CategoryDMG:
		return "DMG"
	case CategoryFastSessionTransfer:
		return "fast session transfer"
	case CategoryRobustAVStreaming:
		return "robust AV streaming"
	case CategoryUnprotectedDMG:
		return "unprotected DMG"
	case CategoryVHT:
		return "VHT"
	case CategoryUnprotectedS1G:
		return "unprotected S1G"
	case CategoryS1G:
		return "S1G"
	case CategoryFlowControl:
		return "flow control"
	case CategoryFILS:
		return "FILS"
	case CategoryHE:
		return "HE"
	case CategoryProtectedHE:
		return "protected HE"
	case CategoryWUR:
		return "WUR"
	case CategoryProtectedWUR:
		return "protected WUR"
	case CategoryProtectedFTM:
		return "protected fine timing"
	case CategoryEHT:
		return "EHT"
	case CategoryProtectedEHT:
		return "protected EHT"
	case CategoryVendorProtected:
		return "protected vendor specific"
	case CategoryVendor:
		return "vendor specific"
	default:
		return "reserved"
	}
}
