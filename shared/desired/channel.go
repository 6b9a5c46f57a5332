package desired

import "picket/shared/wlan"

// IsChannel reports whether f is the centre of a 20 MHz channel of 2.4, 5 or 6 GHz
// (802.11-2020, annex E, tables E-1 to E-4; 802.11ax-2021, table E-4 for 6 GHz).
// Wider channels have centres of their own, between those.
func IsChannel(f wlan.MHz) bool {
	c, ok := f.Channel()
	if !ok {
		return false
	}
	n := c.Number
	switch c.Band {
	case wlan.Band2GHz:
		return true
	case wlan.Band5GHz:
		return n%4 == 0 && (n >= 32 && n <= 68 || n >= 96 && n <= 144 || f < 5000) || n%4 == 1 && n >= 149 && n <= 177
	case wlan.Band6GHz:
		return f == 5935 || n%4 == 1 // channel 2 stands alone
	}
	return false
}

// Channels returns all centres for which IsChannel holds, ascending.
func Channels() []wlan.MHz {
	var all []wlan.MHz
	for f := wlan.MHz(2412); f <= 7115; f++ {
		if IsChannel(f) {
			all = append(all, f)
		}
	}
	return all
}
