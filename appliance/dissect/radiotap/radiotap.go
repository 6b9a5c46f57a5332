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
	// MCS is the index, where PHY is HT or later; UnknownMCS: not reported.
	MCS uint8
	NSS uint8 // spatial streams, where PHY is VHT or later; 0: not reported
	DCM bool  // dual carrier modulation, which halves the rate (HE)
	GI  GI    // of HE and EHT; HT and VHT have ShortGI
	// Width of the transmission in MHz, where PHY is HT or later; 0: not known.
	Width wlan.MHz

	HasTSFT, HasSignal, HasNoise bool
	FCS                          bool // the frame ends with its FCS
	BadFCS                       bool // the FCS, or the PLCP, did not check
	DataPad                      bool // padding to 32 bits between header and body
	ShortGI                      bool
	ShortPreamble                bool
}

// UnknownMCS stands where a header names the generation and not the index.
const UnknownMCS = 0xff

// GI is the guard interval of HE and EHT, as radiotap numbers it.
type GI uint8

// Guard intervals (radiotap.org/fields/HE, data5).
const (
	GI800  GI = iota // 0.8 µs, and where nothing is reported
	GI1600           // 1.6 µs
	GI3200           // 3.2 µs
)

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
	rest := present & (1<<bitTLV - 1)
	if at+leadingSize <= len(b) {
		at = h.leading(b, rest, at)
		rest &^= leadingBits
	}
	for ; rest != 0; rest &= rest - 1 {
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

// The fields that nearly every header starts with, and the most octets that they
// take from any offset.
const (
	leadingBits = 1<<bitTSFT | 1<<bitFlags | 1<<bitRate | 1<<bitChannel
	leadingSize = 7 + 8 + 1 + 1 + 1 + 4
)

// leading reads those fields without a loop, and so saves a part of every header
// (3 % of a replay); the caller knows that they fit.
func (h *Header) leading(b []byte, present uint32, at int) int {
	if present&(1<<bitTSFT) != 0 {
		at = (at + 7) &^ 7
		h.TSFT, h.HasTSFT = wlan.TSF(binary.LittleEndian.Uint64(b[at:])), true
		at += 8
	}
	if present&(1<<bitFlags) != 0 {
		h.flags(b[at])
		at++
	}
	if present&(1<<bitRate) != 0 {
		h.Rate = uint16(b[at])
		at++
	}
	if present&(1<<bitChannel) != 0 {
		at = (at + 1) &^ 1
		h.Frequency = wlan.MHz(binary.LittleEndian.Uint16(b[at:]))
		at += 4
	}
	return at
}

func (h *Header) flags(f byte) {
	h.FCS = f&flagFCS != 0
	h.DataPad = f&flagDataPad != 0
	h.BadFCS = h.BadFCS || f&flagBadFCS != 0
	h.ShortGI = f&flagShortGI != 0
	h.ShortPreamble = f&flagShortPreamble != 0
}
