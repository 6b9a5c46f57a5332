package dot11

import "picket/shared/wlan"

// htOperation reads 802.11-2020, 9.4.2.56.
func (e *Elements) htOperation(v []byte) {
	if len(v) < 2 {
		return
	}
	if e.Channel == 0 {
		e.Channel = v[0]
	}
	width := wlan.MHz(20)
	const above, below = 1, 3 // where the secondary channel is
	if offset := v[1] & 0x03; v[1]&0x04 != 0 && (offset == above || offset == below) {
		width = 40
	}
	e.Width = max(e.Width, width)
	if len(v) >= 4 { // channel centre frequency segment 2: bits 13 to 20
		e.htCentre = v[2]>>5 | v[3]<<3
	}
}

// vhtOperation reads 802.11-2020, 9.4.2.158, with the widths of table 11-23: the
// second segment is that of HT operation where an AP supports more streams at
// less width. Two segments of 80 MHz that do not touch count as 160.
func (e *Elements) vhtOperation(v []byte) {
	if len(v) < 3 || v[0] == 0 {
		return
	}
	width := wlan.MHz(80)
	second := v[2]
	if second == 0 {
		second = e.htCentre
	}
	gap := max(v[1], second) - min(v[1], second)
	const contiguous, apart = 8, 16 // of the centres, in channel numbers
	if v[0] == 2 || v[0] == 3 || v[0] == 1 && second != 0 && (gap == contiguous || gap > apart) {
		width = 160
	}
	e.Width = max(e.Width, width)
}

// heOperation reads 802.11ax-2021, 9.4.2.249: the VHT and the 6 GHz operation
// information.
func (e *Elements) heOperation(v []byte) {
	if len(v) < 6 {
		return
	}
	params := uint32(v[0]) | uint32(v[1])<<8 | uint32(v[2])<<16
	at := 6
	if params&(1<<14) != 0 { // VHT operation information
		if len(v) >= at+3 {
			e.vhtOperation(v[at : at+3])
		}
		at += 3
	}
	if params&(1<<15) != 0 { // co-hosted BSSs: maximum BSSID indicator
		at++
	}
	if params&(1<<17) == 0 || len(v) < at+5 {
		return
	}
	e.Channel, e.Channel6GHz = v[at], true
	e.Width = max(e.Width, 20<<(v[at+1]&3))
}

// ehtOperation reads 802.11be-2024, 9.4.2.311.
func (e *Elements) ehtOperation(v []byte) {
	if len(v) < 6 || v[0]&1 == 0 { // operation information present
		return
	}
	if code := v[5] & 7; code <= 4 {
		e.Width = max(e.Width, 20<<code)
	}
}

// multiLink reads the common information of a basic multi-link element
// (802.11be-2024, 9.4.2.312.2): control, of which the low three bits are the
// type, length, and the address of the multi-link device.
func (e *Elements) multiLink(v []byte) {
	e.Features |= wlan.FeatureMultiLink
	const basic, linkPresent = 0, 1 << 4
	if len(v) < 9 || v[0]&7 != basic || v[2] < 7 {
		return
	}
	e.HasMLD, e.MLD = true, wlan.MAC(v[3:9])
	if v[0]&linkPresent != 0 && v[2] >= 8 && len(v) >= 10 {
		e.HasLink, e.Link = true, v[9]&0x0f
	}
}
