package air

import (
	"encoding/binary"
	"time"

	"picket/shared/wlan"
)

// Beacon is what a beacon or probe response claims.
type Beacon struct {
	BSSID     wlan.BSSID
	SSID      string
	Frequency wlan.MHz
	Sequence  uint16
	TSF       wlan.TSF
	Secure    bool     // WPA3-SAE with management frame protection; else open
	Switch    *Switch  // a channel switch announcement
	EHT       *EHTInfo // Wi-Fi 7
}

// Switch announces that the BSS moves (802.11-2020, 9.4.2.18).
type Switch struct {
	To    wlan.MHz // in the same band
	Count uint8    // beacons until then
	Quiet bool     // nobody may transmit until then
}

// interval is that of nearly every AP.
const interval wlan.TU = 100

// TSFNow is a timer that fits a clock, as an AP that was started in 1970 has.
func TSFNow(now time.Time) wlan.TSF { return wlan.TSF(now.UnixMicro()) }

// Append appends the beacon.
func (w Beacon) Append(b []byte) []byte {
	b = header(b, fcBeacon, 0, wlan.Broadcast, w.BSSID, w.BSSID, w.Sequence)
	b = w.fixed(b)
	b = w.common(b)
	b = element(b, elemTIM, 0, 2, 0, 0)
	return w.rest(b)
}

// AppendProbeResponse appends a probe response to a station.
func (w Beacon) AppendProbeResponse(b []byte, station wlan.MAC) []byte {
	b = header(b, fcProbeResponse, 0, station, w.BSSID, w.BSSID, w.Sequence)
	b = w.fixed(b)
	b = w.common(b)
	return w.rest(b)
}

// fixed appends timer, interval and capabilities (802.11-2020, 9.3.3.2).
func (w Beacon) fixed(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(w.TSF))
	b = binary.LittleEndian.AppendUint16(b, uint16(interval))
	capabilities := uint16(capabilityESS | capabilityShort)
	if w.Secure {
		capabilities |= capabilityPrivacy
	}
	return binary.LittleEndian.AppendUint16(b, capabilities)
}

func (w Beacon) common(b []byte) []byte {
	b = ssidElement(b, w.SSID)
	b = rates(b, w.Frequency)
	if w.Frequency.Band() == wlan.Band2GHz {
		b = element(b, elemDS, channelNumber(w.Frequency))
	}
	return b
}

// rest appends the elements behind the traffic map, in the standard's order.
func (w Beacon) rest(b []byte) []byte {
	if w.Switch != nil {
		quiet := byte(0)
		if w.Switch.Quiet {
			quiet = 1
		}
		b = element(b, elemChannelSwitch, quiet, channelNumber(w.Switch.To), w.Switch.Count)
	}
	if w.Secure {
		b = saeRSN(b)
	}
	if w.EHT != nil {
		b = w.wifi7(b)
	}
	return b
}

// saeRSN appends what an AP with WPA3-SAE says: CCMP, SAE, management frame
// protection required, and hash-to-element (802.11-2020, 9.4.2.24, 9.4.2.241).
func saeRSN(b []byte) []byte {
	b = element(b, elemRSN,
		1, 0, // version
		0x00, 0x0f, 0xac, 4, // group cipher: CCMP-128
		1, 0, 0x00, 0x0f, 0xac, 4, // pairwise: CCMP-128
		1, 0, 0x00, 0x0f, 0xac, 8, // SAE
		0xc0, 0, // MFP capable and required
		0, 0, // no PMKID
		0x00, 0x0f, 0xac, 6, // group management cipher: BIP-CMAC-128
	)
	return element(b, elemRSNX, 0x20) // SAE hash-to-element
}
