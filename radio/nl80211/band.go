package nl80211

import "picket/shared/wlan"

// A Band is what a wiphy can do in one frequency band.
type Band struct {
	Band     wlan.Band
	Channels []Channel // in the driver's order, which is ascending as a rule

	HT  *HT  // nil: no 802.11n here
	VHT *VHT // nil: no 802.11ac here

	// Types are capabilities that differ between interface types: those since
	// 802.11ax.
	Types []TypeCapabilities
}

// HT are the capabilities of 802.11n (802.11-2020, 9.4.2.55).
type HT struct {
	Capabilities uint16
	AMPDUFactor  uint8
	AMPDUDensity uint8
	MCS          [16]byte
}

// VHT are the capabilities of 802.11ac (802.11-2020, 9.4.2.157).
type VHT struct {
	Capabilities uint32
	MCS          [8]byte
}

// TypeCapabilities hold for interfaces of the given types.
type TypeCapabilities struct {
	Types TypeSet
	HE    *HE  // nil: no 802.11ax
	EHT   *EHT // nil: no 802.11be

	// Capabilities6GHz are those of the HE 6 GHz band (802.11ax-2021,
	// 9.4.2.263); 0 in other bands.
	Capabilities6GHz uint16
}

// HE are the capabilities of 802.11ax (802.11ax-2021, 9.4.2.248).
type HE struct {
	MAC [6]byte
	PHY [11]byte
	MCS [12]byte // for up to 80, 160 and 80+80 MHz, four octets each
}

// EHT are the capabilities of 802.11be (802.11be-2024, 9.4.2.323).
type EHT struct {
	MAC [2]byte
	PHY [9]byte
	MCS []byte // 3 octets a bandwidth, 4 where only 20 MHz is supported
}

// Channel returns the channel at f, and false where the band has none.
func (b Band) Channel(f wlan.MHz) (Channel, bool) {
	for _, c := range b.Channels {
		if c.Frequency == f {
			return c, true
		}
	}
	return Channel{}, false
}

// HE reports whether any interface type speaks 802.11ax in the band.
func (b Band) HE() bool {
	for _, t := range b.Types {
		if t.HE != nil {
			return true
		}
	}
	return false
}

// EHT reports whether any interface type speaks 802.11be in the band.
func (b Band) EHT() bool {
	for _, t := range b.Types {
		if t.EHT != nil {
			return true
		}
	}
	return false
}

// Supports reports whether the radio can receive channels of width w in the
// band. It says nothing of what the regulatory domain allows.
func (b Band) Supports(w Width) bool {
	switch w {
	case Width20NoHT:
		return b.Band != wlan.BandS1G && b.Band != wlan.Band60GHz
	case Width20:
		return b.HT != nil || b.HE()
	case Width40:
		// HT: bit 1 of the capabilities. HE: bit 1 of PHY octet 0 at 2.4 GHz,
		// bit 2 (40 and 80 MHz) at 5 and 6 GHz.
		return b.HT != nil && b.HT.Capabilities&(1<<1) != 0 ||
			b.he(1<<1) && b.Band == wlan.Band2GHz || b.he(1<<2) && b.Band != wlan.Band2GHz
	case Width80:
		return b.VHT != nil && b.Band != wlan.Band2GHz || b.he(1<<2) && b.Band != wlan.Band2GHz
	case Width160:
		return b.vhtWidth() >= 1 || b.he(1<<3)
	case Width80Plus:
		return b.vhtWidth() == 2 || b.he(1<<4)
	case Width320:
		return b.eht(1<<1) && b.Band == wlan.Band6GHz
	default:
		return false
	}
}

// vhtWidth is the supported channel width set: 1 is 160 MHz, 2 also 80+80 MHz.
func (b Band) vhtWidth() uint32 {
	if b.VHT == nil {
		return 0
	}
	return b.VHT.Capabilities >> 2 & 3
}

// he reports whether any type has one of bits in octet 0 of its HE PHY
// capabilities (802.11ax-2021, 9.4.2.248.3).
func (b Band) he(bits byte) bool {
	for _, t := range b.Types {
		if t.HE != nil && t.HE.PHY[0]&bits != 0 {
			return true
		}
	}
	return false
}

// eht is as he, for EHT (802.11be-2024, 9.4.2.323.3).
func (b Band) eht(bits byte) bool {
	for _, t := range b.Types {
		if t.EHT != nil && t.EHT.PHY[0]&bits != 0 {
			return true
		}
	}
	return false
}
