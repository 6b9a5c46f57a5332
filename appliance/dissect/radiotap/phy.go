package radiotap

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// TLV types (radiotap.org/fields/TLV).
const (
	tlvUSIG = 33
	tlvEHT  = 34
)

// mcs reads "known, flags, index" (radiotap.org/fields/MCS).
func (h *Header) mcs(v []byte) {
	const knowsWidth, knowsIndex, knowsGI = 0x01, 0x02, 0x04
	h.PHY, h.MCS = PHYHT, UnknownMCS
	if v[0]&knowsIndex != 0 {
		h.MCS = v[2]
	}
	if v[0]&knowsWidth != 0 {
		h.Width = 20
		if v[1]&0x03 == 1 {
			h.Width = 40
		}
	}
	if v[0]&knowsGI != 0 {
		h.ShortGI = v[1]&0x04 != 0
	}
}

// vhtWidth maps the bandwidth of radiotap.org/fields/VHT to MHz: 0 is 20, 1 to
// 3 are within 40, 4 to 10 within 80, 11 to 25 within 160.
func vhtWidth(code byte) wlan.MHz {
	switch code &= 0x1f; {
	case code == 1:
		return 40
	case code == 4:
		return 80
	case code == 11:
		return 160
	case code == 2 || code == 3 || code >= 7 && code <= 10 || code >= 18 && code <= 25:
		return 20
	case code == 5 || code == 6 || code >= 14 && code <= 17:
		return 40
	case code == 12 || code == 13:
		return 80
	default:
		return 20
	}
}

func (h *Header) vht(v []byte) {
	const knowsGI, knowsWidth = 0x0004, 0x0040
	known := binary.LittleEndian.Uint16(v)
	h.PHY = PHYVHT
	if known&knowsGI != 0 {
		h.ShortGI = v[2]&0x04 != 0
	}
	if known&knowsWidth != 0 {
		h.Width = vhtWidth(v[3])
	}
	h.MCS, h.NSS = v[4]>>4, v[4]&0x0f // of user 0
}

// he reads data1 to data6 (radiotap.org/fields/HE).
func (h *Header) he(v []byte) {
	const knowsMCS, knowsDCM, knowsWidth, knowsGI = 0x0020, 0x0040, 0x4000, 0x0002 // the last one of data2
	data1 := binary.LittleEndian.Uint16(v)
	data2 := binary.LittleEndian.Uint16(v[2:])
	data3 := binary.LittleEndian.Uint16(v[4:])
	data5 := binary.LittleEndian.Uint16(v[8:])
	data6 := binary.LittleEndian.Uint16(v[10:])
	h.PHY, h.MCS = PHYHE, UnknownMCS
	if data1&knowsMCS != 0 {
		h.MCS = uint8(data3 >> 8 & 0x0f)
	}
	if data1&knowsWidth != 0 {
		if code := data5 & 0x0f; code < 4 { // above are parts of a channel
			h.Width = 20 << code
		}
	}
	h.DCM = data1&knowsDCM != 0 && data3&0x1000 != 0
	if gi := GI(data5 >> 4 & 3); data2&knowsGI != 0 && gi <= GI3200 {
		h.GI = gi
	}
	h.NSS = uint8(data6 & 0x0f) // space-time streams; 0: not known
}

// eht reads the first user's information (ieee80211_radiotap.h v6.12,
// ieee80211_radiotap_eht_user_info). Streams are as EHT-SIG has them, less one;
// iwlwifi and ath12k copy that field, mt76 adds the one.
func (h *Header) eht(user uint32) {
	const knowsMCS, knowsNSS = 0x02, 0x10
	h.MCS = UnknownMCS
	if user&knowsMCS != 0 {
		h.MCS = uint8(user >> 20 & 0x0f)
	}
	if user&knowsNSS != 0 {
		h.NSS = uint8(user>>24&0x0f) + 1
	}
}

// tlvs walks the list that ends a header (radiotap.org/fields/TLV).
func (h *Header) tlvs(b []byte, at int) (int, error) {
	for at = (at + 3) &^ 3; at+4 <= len(b); at = (at + 3) &^ 3 {
		kind := binary.LittleEndian.Uint16(b[at:])
		size := int(binary.LittleEndian.Uint16(b[at+2:]))
		at += 4
		if at+size > len(b) {
			return at, dissect.ErrTruncated
		}
		switch v := b[at : at+size]; {
		case kind == tlvUSIG && size >= 4:
			// A U-SIG whose data no EHT field describes was not received with its frame.
			if h.PHY != PHYEHT {
				h.PHY, h.MCS = PHYEHT, UnknownMCS
			}
			const knowsWidth = 0x00000002
			if common := binary.LittleEndian.Uint32(v); common&knowsWidth != 0 {
				switch code := common >> 15 & 0x07; code {
				case 0, 1, 2, 3:
					h.Width = 20 << code
				case 4, 5:
					h.Width = 320
				}
			}
		case kind == tlvEHT && size >= 44:
			h.PHY = PHYEHT
			const knowsGI = 0x00000002
			if gi := GI(v[4]>>7 | v[5]<<1&2); binary.LittleEndian.Uint32(v)&knowsGI != 0 && gi <= GI3200 {
				h.GI = gi
			}
			h.eht(binary.LittleEndian.Uint32(v[40:]))
		}
		at += size
	}
	return len(b), nil
}
