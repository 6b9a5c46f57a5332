package nl80211

import (
	"fmt"

	"picket/shared/wlan"
)

// A Width is the bandwidth of a channel (enum nl80211_chan_width, nl80211.h
// v6.12). The zero value is 20 MHz without HT, which is what a listener to
// management frames wants: they are sent on the primary 20 MHz.
type Width uint32

// The widths.
const (
	Width20NoHT Width = 0
	Width20     Width = 1
	Width40     Width = 2
	Width80     Width = 3
	Width80Plus Width = 4 // 80+80 MHz
	Width160    Width = 5
	Width5      Width = 6
	Width10     Width = 7
	Width1      Width = 8 // 1 to 16 MHz are S1G's (802.11ah)
	Width2      Width = 9
	Width4      Width = 10
	Width8      Width = 11
	Width16     Width = 12
	Width320    Width = 13
)

// MHz returns the occupied bandwidth, both parts of 80+80 MHz together, and 0
// for a width that this package does not know.
func (w Width) MHz() wlan.MHz {
	switch w {
	case Width20NoHT, Width20:
		return 20
	case Width40:
		return 40
	case Width80:
		return 80
	case Width80Plus, Width160:
		return 160
	case Width320:
		return 320
	case Width1:
		return 1
	case Width2:
		return 2
	case Width4:
		return 4
	case Width5:
		return 5
	case Width8:
		return 8
	case Width10:
		return 10
	case Width16:
		return 16
	default:
		return 0
	}
}

// String names the width: "80 MHz".
func (w Width) String() string {
	switch {
	case w == Width20NoHT:
		return "20 MHz (no HT)"
	case w == Width80Plus:
		return "80+80 MHz"
	case w.MHz() == 0:
		return "unknown width"
	default:
		return fmt.Sprintf("%d MHz", w.MHz())
	}
}

// A ChannelDefinition is what a radio is tuned to.
type ChannelDefinition struct {
	// Frequency is the centre of the primary 20 MHz channel.
	Frequency wlan.MHz
	Width     Width

	// Center1 is the centre of the whole width, Center2 that of the second
	// half of 80+80 MHz. Zero is right for widths up to 20 MHz.
	Center1, Center2 wlan.MHz
}

// String says it as a person would: "5180 MHz, 80 MHz wide around 5210 MHz".
func (d ChannelDefinition) String() string {
	switch {
	case d.Width.MHz() <= 20:
		return fmt.Sprintf("%d MHz", d.Frequency)
	case d.Center2 != 0:
		return fmt.Sprintf("%d MHz, %v wide around %d and %d MHz", d.Frequency, d.Width, d.Center1, d.Center2)
	default:
		return fmt.Sprintf("%d MHz, %v wide around %d MHz", d.Frequency, d.Width, d.Center1)
	}
}

// Widen returns the channel of width w around the primary channel f, and false
// where that does not follow from f alone: 40 MHz at 2.4 GHz reaches either way,
// 320 MHz channels overlap, 80+80 MHz has two parts. 5 GHz blocks start at 5170,
// 5490 and 5735 MHz, 6 GHz ones at 5945 MHz (802.11-2020, annex E;
// 802.11ax-2021, 27.3.23.2).
func Widen(f wlan.MHz, w Width) (ChannelDefinition, bool) {
	d := ChannelDefinition{Frequency: f, Width: w}
	wide := w.MHz()
	if wide <= 20 {
		d.Center1 = f
		return d, wide != 0
	}
	if w != Width40 && w != Width80 && w != Width160 {
		return d, false
	}
	var lowest, highest wlan.MHz // edges of the range that blocks tile
	switch {
	case f >= 5180 && f <= 5320:
		lowest, highest = 5170, 5330
	case f >= 5500 && f <= 5720:
		lowest, highest = 5490, 5730
	case f >= 5745 && f <= 5885:
		lowest, highest = 5735, 5895
	case f >= 5955 && f <= 7115:
		lowest, highest = 5945, 7125
	default:
		return d, false
	}
	start := lowest + (f-lowest)/wide*wide
	if (f-lowest)%20 != 10 || start+wide > highest {
		return d, false
	}
	d.Center1 = start + wide/2
	return d, true
}
