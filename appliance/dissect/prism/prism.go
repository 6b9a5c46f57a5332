// Package prism reads the two headers that drivers used before radiotap: Prism
// monitor mode (linux-wlan-ng, p80211msg.h) and AVS (AVS capture format 2.1.1),
// into the same structure as radiotap.
package prism

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

const (
	avsMagic   = 0x80211001
	avsVersion = 0xfffff000 // the part of the magic that names the format

	header = 24 // message code, length, device name
	item   = 12 // did, status, length, value

	// Low halves of the items' ids differ between drivers (0x44, 0x41); the high
	// halves number the items.
	didMACTime = 2
	didChannel = 3
	didSignal  = 6
	didNoise   = 7
	didRate    = 8
)

// Decode reads the header at the start of b into h, replacing all of h.
func Decode(b []byte, h *radiotap.Header) error {
	*h = radiotap.Header{}
	if len(b) < 8 {
		return dissect.ErrTruncated
	}
	if binary.BigEndian.Uint32(b)&avsVersion == avsMagic&avsVersion {
		return avs(b, h)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if code := binary.LittleEndian.Uint32(b); code != 0x44 && code != 0x41 {
		if code = binary.BigEndian.Uint32(b); code != 0x44 && code != 0x41 {
			return dissect.ErrMalformed
		}
		order = binary.BigEndian
	}
	n := int(order.Uint32(b[4:]))
	if n < header || n > len(b) {
		return dissect.ErrTruncated
	}
	h.Len = n
	for v := b[header:n]; len(v) >= item; v = v[item:] {
		if order.Uint16(v[4:]) != 0 { // status: no value
			continue
		}
		value := order.Uint32(v[8:])
		switch order.Uint32(v) >> 16 {
		case didMACTime:
			h.TSFT, h.HasTSFT = wlan.TSF(value), true // the low half
		case didChannel:
			h.Frequency = channel(value)
		case didSignal:
			h.Signal, h.HasSignal = power(value)
		case didNoise:
			h.Noise, h.HasNoise = power(value)
		case didRate:
			if value <= 255 {
				h.Rate = uint16(value)
			}
		}
	}
	return nil
}

// avs reads what versions 1 and 2 of the format have in common: lengths and
// values are big-endian.
func avs(b []byte, h *radiotap.Header) error {
	const size = 64
	n := int(binary.BigEndian.Uint32(b[4:]))
	if n < size || n > len(b) {
		return dissect.ErrTruncated
	}
	h.Len = n
	h.TSFT = wlan.TSF(binary.BigEndian.Uint64(b[8:]))
	h.HasTSFT = h.TSFT != 0
	h.Frequency = channel(binary.BigEndian.Uint32(b[28:]))
	if rate := binary.BigEndian.Uint32(b[32:]); rate <= 25500 { // in 100 kbit/s
		h.Rate = uint16(rate / 5)
	}
	const dBm = 2 // 0 is nothing, 1 normalised, 3 the radio's own scale
	if binary.BigEndian.Uint32(b[44:]) == dBm {
		h.Signal, h.HasSignal = power(binary.BigEndian.Uint32(b[48:]))
		h.Noise, h.HasNoise = power(binary.BigEndian.Uint32(b[52:]))
	}
	const short = 1
	h.ShortPreamble = binary.BigEndian.Uint32(b[56:]) == short
	return nil
}

// power returns a value as a power when it can be one in dBm: drivers also put
// their own, positive scale there.
func power(value uint32) (wlan.DBm, bool) {
	if p := int32(value); p < 0 && p > -128 {
		return wlan.DBm(p), true
	}
	return 0, false
}

// channel maps a channel number of 2.4 or 5 GHz to its frequency; some drivers
// put that there, in MHz.
func channel(n uint32) wlan.MHz {
	switch {
	case n >= 1 && n <= 14:
		return wlan.Channel{Band: wlan.Band2GHz, Number: uint8(n)}.Frequency()
	case n <= 196:
		return wlan.Channel{Band: wlan.Band5GHz, Number: uint8(n)}.Frequency()
	case n >= 2400 && n < 7200:
		return wlan.MHz(n)
	default:
		return 0
	}
}
