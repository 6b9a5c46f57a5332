package air

import (
	"encoding/binary"
	"hash/crc32"

	"picket/shared/wlan"
)

// EHTInfo is what makes a beacon one of Wi-Fi 7 (802.11be-2024).
type EHTInfo struct {
	Width wlan.MHz // 20 to 320
	MLD   wlan.MAC // of the multi-link device; zero: there is one link and no device
	Link  uint8    // of this beacon within it, 0 to 14
	Links []Link   // the others
}

// A Link is another link of a multi-link device.
type Link struct {
	ID        uint8
	BSSID     wlan.BSSID
	Frequency wlan.MHz
}

// wifi7 appends what a Wi-Fi 7 AP says beyond an older one: capabilities and
// operation of HT, VHT, HE and EHT as the band demands, the neighbours that are its
// other links, and the multi-link element.
func (w Beacon) wifi7(b []byte) []byte {
	band, number := w.Frequency.Band(), channelNumber(w.Frequency)
	centre := widened(number, w.EHT.Width, band)
	if band != wlan.Band6GHz { // 802.11ax-2021, 26.17.2.1: no HT nor VHT at 6 GHz
		b = element(b, elemHTCapabilities, htCapabilities()...)
		b = element(b, elemHTOperation, htOperation(number, w.EHT.Width, band)...)
	}
	if band == wlan.Band5GHz {
		b = element(b, elemVHTCapabilities, vhtCapabilities()...)
		b = element(b, elemVHTOperation, vhtOperation(number, w.EHT.Width)...)
	}
	if len(w.EHT.Links) > 0 {
		b = neighbors(b, w.EHT.Links, w.SSID)
	}
	b = extension(b, extHECapabilities, heCapabilities(band, w.EHT.Width)...)
	b = extension(b, extHEOperation, heOperation(band, number, w.EHT.Width)...)
	if band == wlan.Band6GHz {
		b = extension(b, extHE6Capabilities, 0xbd, 0x3e) // 802.11ax-2021, 9.4.2.263
	}
	b = extension(b, extEHTOperation, ehtOperation(centre, number, w.EHT.Width, band)...)
	if w.EHT.MLD != (wlan.MAC{}) {
		b = extension(b, extMultiLink, multiLink(w.EHT)...)
	}
	return extension(b, extEHTCapabilities, ehtCapabilities(w.EHT.Width, band)...)
}

// htCapabilities is 802.11-2020, 9.4.2.55: 40 MHz, short guard interval, two
// streams.
func htCapabilities() []byte {
	b := make([]byte, 26)
	b[0], b[1] = 0x6e, 0x00
	b[2] = 0x17
	b[3], b[4] = 0xff, 0xff
	return b
}

// htOperation is 802.11-2020, 9.4.2.56.
func htOperation(number byte, width wlan.MHz, band wlan.Band) []byte {
	const above, below = 0x05, 0x07 // where the secondary channel is, and that any width is used
	b := make([]byte, 22)
	b[0] = number
	switch {
	case width < 40:
	case band == wlan.Band2GHz && number > 7, widened(number, 40, band) < number:
		b[1] = below
	default:
		b[1] = above
	}
	return b
}

// vhtCapabilities is 802.11-2020, 9.4.2.157: 80 MHz, two streams up to MCS 9.
func vhtCapabilities() []byte {
	return []byte{0xb2, 0x01, 0x80, 0x0f, 0xfa, 0xff, 0, 0, 0xfa, 0xff, 0, 0x20}
}

// vhtOperation is 802.11-2020, 9.4.2.158: the centre of 80 MHz, and with 160 that
// of all.
func vhtOperation(number byte, width wlan.MHz) []byte {
	switch {
	case width >= 160:
		return []byte{1, widened(number, 80, wlan.Band5GHz), widened(number, 160, wlan.Band5GHz), 0xfa, 0xff}
	case width == 80:
		return []byte{1, widened(number, 80, wlan.Band5GHz), 0, 0xfa, 0xff}
	}
	return []byte{0, 0, 0, 0xfa, 0xff}
}

// heCapabilities is 802.11ax-2021, 9.4.2.248: 6 octets of MAC and 11 of PHY
// capabilities, then rates of up to 80 MHz, and of 160 MHz where that is set.
func heCapabilities(band wlan.Band, width wlan.MHz) []byte {
	b := make([]byte, 17, 25)
	b[0] = 0x01 // +HTC HE
	switch {
	case band == wlan.Band2GHz:
		b[6] = 0x02 // 40 MHz at 2.4 GHz
	case width >= 160:
		b[6] = 0x0c // 40, 80 and 160 MHz
	default:
		b[6] = 0x04 // 40 and 80 MHz
	}
	b[7] = 0x20 // LDPC
	b = append(b, 0xfa, 0xff, 0xfa, 0xff)
	if band != wlan.Band2GHz && width >= 160 {
		b = append(b, 0xfa, 0xff, 0xfa, 0xff)
	}
	return b
}

// heOperation is 802.11ax-2021, 9.4.2.249: parameters, colour, rates, and at 6 GHz
// where it operates (up to 160 MHz: what is wider EHT says).
func heOperation(band wlan.Band, number byte, width wlan.MHz) []byte {
	b := []byte{0xf0, 0x3f, 0, 7, 0xfc, 0xff}
	if band != wlan.Band6GHz {
		return b
	}
	b[2] |= 0x02 // 6 GHz operation information is present: bit 17
	code, first, second := byte(0), number, byte(0)
	switch {
	case width >= 160:
		code, first, second = 3, widened(number, 80, band), widened(number, 160, band)
	case width == 80:
		code, first = 2, widened(number, 80, band)
	case width == 40:
		code, first = 1, widened(number, 40, band)
	}
	return append(b, number, code, first, second, 6)
}

// ehtOperation is 802.11be-2024, 9.4.2.311: parameters, basic rates, and where it
// operates: control, centre segments 0 and 1.
func ehtOperation(centre, number byte, width wlan.MHz, band wlan.Band) []byte {
	code, second := byte(0), byte(0)
	first := centre
	switch {
	case width >= 320:
		code, first, second = 4, widened(number, 160, band), centre
	case width >= 160:
		code, first, second = 3, widened(number, 80, band), centre
	case width == 80:
		code = 2
	case width == 40:
		code = 1
	}
	return []byte{0x01, 0x44, 0x44, 0x44, 0x44, code, first, second}
}

// ehtCapabilities is 802.11be-2024, 9.4.2.313: 2 octets of MAC and 9 of PHY
// capabilities, then 3 octets of rates for each of 80, 160 and 320 MHz that HE and
// EHT capabilities claim.
func ehtCapabilities(width wlan.MHz, band wlan.Band) []byte {
	b := make([]byte, 11, 20)
	b[0] = 0x02 // EHT OM control
	if band == wlan.Band6GHz && width >= 320 {
		b[2] = 0x02 // 320 MHz at 6 GHz
	}
	b = append(b, 0x22, 0x22, 0x22)
	if band != wlan.Band2GHz && width >= 160 {
		b = append(b, 0x22, 0x22, 0x22)
	}
	if band == wlan.Band6GHz && width >= 320 {
		b = append(b, 0x22, 0x22, 0x22)
	}
	return b
}

// multiLink is a basic multi-link element (802.11be-2024, 9.4.2.312.2) as beacons
// have it, without profiles of the other links: control, and of the common
// information the device's address, this link, the parameters' version, and what
// the device can do.
func multiLink(e *EHTInfo) []byte {
	const (
		linkPresent         = 1 << 4
		versionPresent      = 1 << 5
		capabilitiesPresent = 1 << 8
		commonLen           = 11
	)
	b := binary.LittleEndian.AppendUint16(nil, linkPresent|versionPresent|capabilitiesPresent)
	b = append(b, commonLen)
	b = append(b, e.MLD[:]...)
	b = append(b, e.Link&0x0f, 1)
	return binary.LittleEndian.AppendUint16(b, uint16(len(e.Links))&0x0f) // how many links at the same time, beside one
}

// neighbors appends a reduced neighbor report of the other links, each as
// 802.11be-2024, 9.4.2.170.2 tells of the APs of one multi-link device: 16 octets.
func neighbors(b []byte, links []Link, ssid string) []byte {
	const size = 16
	start := len(b)
	b = append(b, elemNeighbors, 0)
	for _, l := range links {
		b = binary.LittleEndian.AppendUint16(b, size<<8) // one AP, of the basic kind
		b = append(b, operatingClass(l.Frequency), channelNumber(l.Frequency))
		b = append(b, 255) // when it sends beacons is not known
		b = append(b, l.BSSID[:]...)
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(ssid)))
		b = append(b, 0x4e)                 // same SSID, not of a set, co-located
		b = append(b, 127)                  // no limit of power density
		b = append(b, 0, l.ID&0x0f|0x10, 0) // of this device; version 1
	}
	b[start+1] = byte(len(b) - start - 2)
	return b
}

// operatingClass is the class of 20 MHz channels (802.11-2020, table E-4).
func operatingClass(f wlan.MHz) byte {
	number := channelNumber(f)
	switch f.Band() {
	case wlan.Band2GHz:
		return 81
	case wlan.Band6GHz:
		return 131
	}
	switch {
	case number <= 48:
		return 115
	case number <= 64:
		return 118
	case number <= 144:
		return 121
	}
	return 125
}

// widened returns the number of the centre of the channel of a width that number
// is a part of.
func widened(number byte, width wlan.MHz, band wlan.Band) byte {
	if width <= 20 || band == wlan.Band2GHz {
		return number
	}
	lowest := 1 // 6 GHz: 1, 5, 9, …
	switch {
	case band == wlan.Band5GHz && number >= 149:
		lowest = 149
	case band == wlan.Band5GHz && number >= 100:
		lowest = 100
	case band == wlan.Band5GHz:
		lowest = 36
	}
	channels := int(width / 20) // 4 numbers each
	first := (int(number)-lowest)/4/channels*channels*4 + lowest
	return byte(first + 2*(channels-1))
}
