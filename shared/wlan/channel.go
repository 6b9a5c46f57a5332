package wlan

import "strconv"

// Band is a frequency band in which channel numbers are unique.
type Band uint8

// The bands of 802.11-2020, annex E, and 802.11ax (6 GHz).
const (
	BandUnknown Band = iota
	Band2GHz
	Band5GHz
	Band6GHz
	Band60GHz
	BandS1G // below 1 GHz (802.11ah)
)

// String names the band as people do: "2.4 GHz".
func (b Band) String() string {
	switch b {
	case Band2GHz:
		return "2.4 GHz"
	case Band5GHz:
		return "5 GHz"
	case Band6GHz:
		return "6 GHz"
	case Band60GHz:
		return "60 GHz"
	case BandS1G:
		return "900 MHz"
	default:
		return "unknown"
	}
}

// Channel is a channel number in a band; the same number means another
// frequency in another band.
type Channel struct {
	Band   Band
	Number uint8
}

// String returns the number, and the band where the number alone would mislead
// (6 GHz reuses the numbers of 5 GHz): "36", "37 (6 GHz)".
func (c Channel) String() string {
	if c.Band == BandUnknown {
		return "unknown"
	}
	s := strconv.Itoa(int(c.Number))
	if c.Band == Band6GHz || c.Band == Band60GHz || c.Band == BandS1G {
		s += " (" + c.Band.String() + ")"
	}
	return s
}

// Channel returns the channel whose centre is f, and false when no channel of
// 2.4, 5, 6 or 60 GHz has its centre there (802.11-2020, annex E, tables E-1 to
// E-4; 802.11ax-2021, table E-4 for 6 GHz).
func (f MHz) Channel() (Channel, bool) {
	switch {
	case f == 2484:
		return Channel{Band2GHz, 14}, true
	case f >= 2412 && f <= 2472 && (f-2407)%5 == 0:
		return Channel{Band2GHz, uint8((f - 2407) / 5)}, true
	case f == 5935:
		return Channel{Band6GHz, 2}, true
	case f >= 5955 && f <= 7115 && (f-5950)%5 == 0:
		return Channel{Band6GHz, uint8((f - 5950) / 5)}, true
	case f >= 5160 && f <= 5920 && f%5 == 0:
		return Channel{Band5GHz, uint8((f - 5000) / 5)}, true
	case f >= 4910 && f <= 4980 && f%5 == 0:
		return Channel{Band5GHz, uint8((f - 4000) / 5)}, true
	case f >= 58320 && f <= 64800 && (f-56160)%2160 == 0:
		return Channel{Band60GHz, uint8((f - 56160) / 2160)}, true
	default:
		return Channel{}, false
	}
}

// Band returns the band in which f lies, also where f is no channel's centre.
func (f MHz) Band() Band {
	switch {
	case f >= 2400 && f < 2500:
		return Band2GHz
	case f >= 4900 && f < 5925:
		return Band5GHz
	case f >= 5925 && f <= 7125:
		return Band6GHz
	case f >= 57000 && f < 65535:
		return Band60GHz
	case f >= 750 && f < 1000:
		return BandS1G
	default:
		return BandUnknown
	}
}

// Frequency returns the centre of c, and 0 when the band has no such channel.
func (c Channel) Frequency() MHz {
	n := MHz(c.Number)
	switch c.Band {
	case Band2GHz:
		if n == 14 {
			return 2484
		}
		if n >= 1 && n <= 13 {
			return 2407 + 5*n
		}
	case Band5GHz:
		if n >= 182 && n <= 196 {
			return 4000 + 5*n
		}
		if n >= 32 && n <= 184 {
			return 5000 + 5*n
		}
	case Band6GHz:
		if n == 2 {
			return 5935
		}
		if n >= 1 && n <= 233 {
			return 5950 + 5*n
		}
	case Band60GHz:
		if n >= 1 && n <= 4 {
			return 56160 + 2160*n
		}
	}
	return 0
}
