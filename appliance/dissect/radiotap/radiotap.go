// Package radiotap reads the header that drivers put before a frame received in
// monitor mode (radiotap.org).
package radiotap

import (
	"encoding/binary"
	"math/bits"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// Presence bits (radiotap.org/fields/defined).
const (
	bitTSFT       = 0
	bitFlags      = 1
	bitRate       = 2
	bitChannel    = 3
	bitSignal     = 5
	bitNoise      = 6
	bitAntenna    = 11
	bitRxFlags    = 14
	bitXChannel   = 18
	bitMCS        = 19
	bitVHT        = 21
	bitHE         = 23
	bitTLV        = 28
	bitRadiotapNS = 29
	bitVendorNS   = 30
	bitExtended   = 31
)

// Bits of the Flags field (radiotap.org/fields/Flags).
const (
	flagShortPreamble = 0x02
	flagFCS           = 0x10
	flagDataPad       = 0x20
	flagBadFCS        = 0x40
	flagShortGI       = 0x80
)

const rxFlagBadPLCP = 0x0002

// MaxAntennas bounds the antennas kept of one header; the fourth of today's
// widest adapters is well below it.
const MaxAntennas = 8

// maxWords bounds the presence words followed: a real header has one a
// namespace, so a longer chain only costs time.
const maxWords = 32

// TLV types (radiotap.org/fields/TLV).
const (
	tlvUSIG = 33
	tlvEHT  = 34
)

// Header is what the driver said of one frame. A field without its Has flag was
// not reported.
type Header struct {
	Len int // octets of the header: the frame starts there

	TSFT wlan.TSF // µs at the first bit of the frame, by the receiver's clock

	// Frequency is the channel's centre, and for wider channels that of the
	// primary 20 MHz; 0 when the driver does not say.
	Frequency wlan.MHz

	Signal, Noise wlan.DBm // first reported: all antennas together on most drivers

	// Antennas holds the signals reported for single antennas.
	Antennas     [MaxAntennas]Antenna
	AntennaCount uint8

	Rate uint16 // of the legacy rates, in 500 kbit/s; 0: not reported
	PHY  PHY
	MCS  uint8 // index, where PHY is HT or later
	NSS  uint8 // spatial streams, where PHY is VHT or later
	// Width of the transmission in MHz, where PHY is HT or later; 0: not known.
	Width wlan.MHz

	HasTSFT, HasSignal, HasNoise bool
	FCS                          bool // the frame ends with its FCS
	BadFCS                       bool // the FCS, or the PLCP, did not check
	DataPad                      bool // padding to 32 bits between header and body
	ShortGI                      bool
	ShortPreamble                bool
}

// Antenna is the power at one antenna.
type Antenna struct {
	Index  uint8
	Signal wlan.DBm
}

// PHY is the generation of a transmission.
type PHY uint8

// The generations that radiotap tells apart.
const (
	PHYLegacy PHY = iota // 802.11, a, b, g
	PHYHT                // n
	PHYVHT               // ac
	PHYHE                // ax
	PHYEHT               // be
)

// field is the size and alignment of one field of the radiotap namespace.
type field struct{ size, align uint8 }

// fields is indexed by presence bit; size 0 marks those that nobody defined, and
// after which nothing can be found (radiotap.org/fields/defined; alignment of
// FHSS from Linux net/wireless/radiotap.c v6.12).
var fields = [bitTLV]field{
	0: {8, 8}, 1: {1, 1}, 2: {1, 1}, 3: {4, 2}, 4: {2, 2}, 5: {1, 1}, 6: {1, 1}, 7: {2, 2}, 8: {2, 2}, 9: {2, 2},
	10: {1, 1}, 11: {1, 1}, 12: {1, 1}, 13: {1, 1}, 14: {2, 2}, 15: {2, 2}, 16: {1, 1}, 17: {1, 1}, 18: {8, 4}, 19: {3, 1},
	20: {8, 4}, 21: {12, 2}, 22: {12, 8}, 23: {12, 2}, 24: {12, 2}, 25: {6, 2}, 26: {1, 1}, 27: {4, 2},
}

// Decode reads the header at the start of b into h, replacing all of h. It keeps
// no reference to b and does not allocate. On ErrTruncated and ErrMalformed h
// has what could be read; with h.Len 0 there is no frame to be found.
func Decode(b []byte, h *Header) error {
	*h = Header{}
	if len(b) < 8 {
		return dissect.ErrTruncated
	}
	if b[0] != 0 { // it_version
		return dissect.ErrMalformed
	}
	n := int(binary.LittleEndian.Uint16(b[2:])) // it_len: octets, header included
	if n < 8 || n > len(b) {
		return dissect.ErrTruncated
	}
	h.Len = n
	b = b[:n] // from here a claim beyond the header is a bounds failure, not a read

	present := binary.LittleEndian.Uint32(b[4:])
	at := 8
	for word := present; word&(1<<bitExtended) != 0; at += 4 {
		if at+4 > n || at > 4+4*maxWords {
			return dissect.ErrTruncated
		}
		word = binary.LittleEndian.Uint32(b[at:])
	}
	return h.words(b, present, at)
}

// words walks the presence words and the fields that follow them from offset at.
func (h *Header) words(b []byte, present uint32, at int) error {
	known := true // the current word is of the radiotap namespace
	for next := 8; ; next += 4 {
		var err error
		if known {
			if at, err = h.namespace(b, present, at); err != nil {
				return err
			}
		}
		vendor := present&(1<<bitVendorNS) != 0
		if vendor {
			// OUI (3), sub-namespace (1), skip length (2), then what only the vendor can read.
			at = (at + 1) &^ 1
			if at+6 > len(b) {
				return dissect.ErrTruncated
			}
			at += 6 + int(binary.LittleEndian.Uint16(b[at+4:]))
			if at > len(b) {
				return dissect.ErrTruncated
			}
		}
		if present&(1<<bitExtended) == 0 {
			return nil
		}
		if known && !vendor && present&(1<<bitRadiotapNS) == 0 {
			return nil // the next word is bits 32 to 63, of which none is defined
		}
		if !known {
			known = present&(1<<bitRadiotapNS) != 0
		} else {
			known = !vendor
		}
		present = binary.LittleEndian.Uint32(b[next:])
	}
}

// namespace reads the fields of one word of the radiotap namespace.
func (h *Header) namespace(b []byte, present uint32, at int) (int, error) {
	signal, hasSignal := wlan.DBm(0), false
	for rest := present & (1<<bitTLV - 1); rest != 0; rest &= rest - 1 {
		bit := bits.TrailingZeros32(rest)
		f := fields[bit]
		at = (at + int(f.align) - 1) &^ (int(f.align) - 1)
		end := at + int(f.size)
		if end > len(b) {
			return at, dissect.ErrTruncated
		}
		v := b[at:end:end]
		switch bit {
		case bitTSFT:
			h.TSFT, h.HasTSFT = wlan.TSF(binary.LittleEndian.Uint64(v)), true
		case bitFlags:
			h.flags(v[0])
		case bitRate:
			h.Rate = uint16(v[0])
		case bitChannel:
			h.Frequency = wlan.MHz(binary.LittleEndian.Uint16(v))
		case bitSignal:
			signal, hasSignal = wlan.DBm(int8(v[0])), true
			if !h.HasSignal {
				h.Signal, h.HasSignal = signal, true
			}
		case bitNoise:
			if !h.HasNoise {
				h.Noise, h.HasNoise = wlan.DBm(int8(v[0])), true
			}
		case bitAntenna:
			if hasSignal && h.AntennaCount < MaxAntennas {
				h.Antennas[h.AntennaCount] = Antenna{v[0], signal}
				h.AntennaCount++
			}
		case bitRxFlags:
			if binary.LittleEndian.Uint16(v)&rxFlagBadPLCP != 0 {
				h.BadFCS = true
			}
		case bitXChannel:
			if h.Frequency == 0 {
				h.Frequency = wlan.MHz(binary.LittleEndian.Uint16(v[4:]))
			}
		case bitMCS:
			h.mcs(v)
		case bitVHT:
			h.vht(v)
		case bitHE:
			h.he(v)
		}
		at = end
	}
	if present&(1<<bitTLV) != 0 {
		return h.tlvs(b, at)
	}
	return at, nil
}

func (h *Header) flags(f byte) {
	h.FCS = f&flagFCS != 0
	h.DataPad = f&flagDataPad != 0
	h.BadFCS = h.BadFCS || f&flagBadFCS != 0
	h.ShortGI = f&flagShortGI != 0
	h.ShortPreamble = f&flagShortPreamble != 0
}

// mcs reads "known, flags, index" (radiotap.org/fields/MCS).
func (h *Header) mcs(v []byte) {
	const knowsWidth, knowsIndex, knowsGI = 0x01, 0x02, 0x04
	h.PHY = PHYHT
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

// vhtWidths maps the bandwidth of radiotap.org/fields/VHT to MHz: 0 is 20, 1 to
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
	const knowsMCS, knowsWidth = 0x0020, 0x4000
	data1 := binary.LittleEndian.Uint16(v)
	data3 := binary.LittleEndian.Uint16(v[4:])
	data5 := binary.LittleEndian.Uint16(v[8:])
	data6 := binary.LittleEndian.Uint16(v[10:])
	h.PHY = PHYHE
	if data1&knowsMCS != 0 {
		h.MCS = uint8(data3 >> 8 & 0x0f)
	}
	if data1&knowsWidth != 0 {
		if code := data5 & 0x0f; code < 4 { // above are parts of a channel
			h.Width = 20 << code
		}
	}
	h.NSS = uint8(data6 & 0x0f)
}

// eht reads the first user's information (ieee80211_radiotap.h v6.12,
// ieee80211_radiotap_eht_user_info).
func (h *Header) eht(user uint32) {
	const knowsMCS, knowsNSS = 0x02, 0x10
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
			h.PHY = PHYEHT
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
			h.eht(binary.LittleEndian.Uint32(v[40:]))
		}
		at += size
	}
	return len(b), nil
}
