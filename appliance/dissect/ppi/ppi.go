// Package ppi reads the Per-Packet Information header (CACE Technologies, PPI
// 1.0.7) into the same structure as radiotap.
package ppi

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

const (
	fieldCommon = 2 // 802.11-Common
	commonSize  = 20
	fieldHT     = 4 // 802.11n MAC and PHY extensions
	htSize      = 48

	flagFCS        = 0x01
	flagTSFTMillis = 0x02
	flagBadFCS     = 0x04
	flagPHYError   = 0x08
)

// Decode reads the header at the start of b into h, replacing all of h, and
// returns the link type of what follows.
func Decode(b []byte, h *radiotap.Header) (linkType uint32, err error) {
	*h = radiotap.Header{}
	if len(b) < 8 {
		return 0, dissect.ErrTruncated
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if b[0] != 0 || n < 8 {
		return 0, dissect.ErrMalformed
	}
	if n > len(b) {
		return 0, dissect.ErrTruncated
	}
	h.Len = n
	linkType = binary.LittleEndian.Uint32(b[4:])
	aligned := b[1]&1 != 0 // each field is padded to 32 bits
	for v := b[8:n]; len(v) >= 4; {
		kind, size := binary.LittleEndian.Uint16(v), int(binary.LittleEndian.Uint16(v[2:]))
		v = v[4:]
		if size > len(v) {
			return linkType, dissect.ErrTruncated
		}
		if kind == fieldCommon && size >= commonSize {
			common(v, h)
		}
		if kind == fieldHT && size >= htSize {
			ht(v, h)
		}
		if aligned {
			size = min((size+3)&^3, len(v))
		}
		v = v[size:]
	}
	return linkType, nil
}

func common(v []byte, h *radiotap.Header) {
	flags := binary.LittleEndian.Uint16(v[8:])
	h.TSFT = wlan.TSF(binary.LittleEndian.Uint64(v))
	h.HasTSFT = h.TSFT != 0
	if flags&flagTSFTMillis != 0 {
		h.TSFT *= 1000
	}
	h.FCS = flags&flagFCS != 0
	h.BadFCS = flags&(flagBadFCS|flagPHYError) != 0
	h.Rate = binary.LittleEndian.Uint16(v[10:])
	h.Frequency = wlan.MHz(binary.LittleEndian.Uint16(v[12:]))
	const unknown = -128 // PPI 1.0.7, 4.1.2
	if signal := int8(v[18]); signal != unknown && signal != 0 {
		h.Signal, h.HasSignal = wlan.DBm(signal), true
	}
	if noise := int8(v[19]); noise != unknown && noise != 0 {
		h.Noise, h.HasNoise = wlan.DBm(noise), true
	}
}

// ht reads the 802.11n MAC and PHY extensions (PPI 1.0.7, 4.1.4): flags, A-MPDU
// id, delimiters, MCS index, streams, then powers.
func ht(v []byte, h *radiotap.Header) {
	const wide, shortGI = 0x02, 0x04
	h.PHY, h.Width = radiotap.PHYHT, 20
	if v[0]&wide != 0 {
		h.Width = 40
	}
	h.ShortGI = v[0]&shortGI != 0
	h.MCS = v[9] // 255: not known, as in Header
}
