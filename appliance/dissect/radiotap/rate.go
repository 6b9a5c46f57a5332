package radiotap

import "picket/shared/wlan"

// Kbps returns the rate of the transmission in kbit/s, and 0 when the header
// does not tell enough (802.11-2020, 19.5, 21.5; 802.11ax-2021, 27.5).
func (h *Header) Kbps() uint32 {
	switch h.PHY {
	case PHYLegacy:
		return uint32(h.Rate) * 500
	case PHYHT:
		if h.MCS > 31 {
			return 0
		}
		return ofdm(uint32(h.MCS&7), uint32(h.MCS>>3)+1, htTones(h.Width), h.symbol())
	case PHYVHT:
		if h.MCS > 9 || h.NSS == 0 {
			return 0
		}
		return ofdm(uint32(h.MCS), uint32(h.NSS), htTones(h.Width), h.symbol())
	case PHYHE, PHYEHT:
		if int(h.MCS) >= len(codedBits) || h.NSS == 0 {
			return 0
		}
		rate := ofdm(uint32(h.MCS), uint32(h.NSS), heTones(h.Width), 136+uint32(heGI[h.GI]))
		if h.DCM {
			rate /= 2
		}
		return rate
	default:
		return 0
	}
}

// symbol is the duration of an HT or VHT symbol in 1/10 µs.
func (h *Header) symbol() uint32 {
	if h.ShortGI {
		return 36
	}
	return 40
}

// heGI is what a guard interval adds to 0.8 µs, in 1/10 µs; symbols have 12.8 µs
// without one.
var heGI = [4]uint8{GI800: 0, GI1600: 8, GI3200: 24}

// htTones is the number of data subcarriers of HT and VHT.
func htTones(width wlan.MHz) uint32 {
	switch width {
	case 40:
		return 108
	case 80:
		return 234
	case 160:
		return 468
	default:
		return 52
	}
}

// heTones is the number of data subcarriers of HE and EHT over the whole channel.
func heTones(width wlan.MHz) uint32 {
	switch width {
	case 40:
		return 468
	case 80:
		return 980
	case 160:
		return 1960
	case 320:
		return 3920
	default:
		return 234
	}
}

// codedBits is bits a subcarrier times coding rate, in twelfths, by MCS: BPSK
// 1/2, QPSK 1/2, 3/4, 16-QAM 1/2, 3/4, 64-QAM 2/3, 3/4, 5/6, 256-QAM 3/4, 5/6,
// 1024-QAM 3/4, 5/6, 4096-QAM 3/4, 5/6.
var codedBits = [14]uint32{6, 12, 18, 24, 36, 48, 54, 60, 72, 80, 90, 100, 108, 120}

// ofdm returns kbit/s for a symbol of the given tenths of a microsecond.
func ofdm(mcs, streams, tones, symbol uint32) uint32 {
	// Sixteen streams of 320 MHz do not fit 32 bits on the way.
	return uint32(uint64(codedBits[mcs]*streams*tones) * 10_000 / 12 / uint64(symbol))
}

// AirtimeUS estimates how long a frame of n octets occupied the channel, in µs:
// preamble and payload at the reported rate. 0 when no rate is known, or n is
// more than a frame can have.
func (h *Header) AirtimeUS(n int) uint32 {
	const longest = 1 << 16 // a capture file may claim any length
	rate := h.Kbps()
	if rate == 0 || n < 0 || n > longest {
		return 0
	}
	payload := uint32(n) * 8000 / rate
	switch {
	case h.PHY == PHYHT:
		return 36 + payload
	case h.PHY == PHYVHT:
		return 40 + payload
	case h.PHY >= PHYHE:
		return 44 + payload
	case h.Rate == 2 || h.Rate == 4 || h.Rate == 11 || h.Rate == 22: // DSSS, CCK
		if h.ShortPreamble {
			return 96 + payload
		}
		return 192 + payload
	default:
		return 20 + payload
	}
}
