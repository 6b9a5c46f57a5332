package aggregate

import (
	"hash/maphash"

	"picket/appliance/dissect/dot11"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// maxAnnouncements bounds the cache of a shard; when it is full it starts anew.
const maxAnnouncements = 4096

// announcement is what the elements of a beacon, probe response or request say.
type announcement struct {
	ssid        [32]byte
	ssidLen     uint8
	ssidHash    uint64 // 0: none named
	fingerprint uint32
	security    wlan.Security
	features    wlan.Features
	announced   wlan.MHz
	width       wlan.MHz
	switchTo    wlan.MHz
	country     [2]byte
	hasLoad     bool
	stations    uint16
	utilisation uint8
	remoteID    dot11.RemoteID
	neighbors   uint64 // dot11.Elements.Neighbors6GHz
}

// announcements is the cache described in the package comment.
type announcements struct {
	byHash  map[uint64]*announcement
	defs    *Definitions
	scratch dot11.Elements
	free    []announcement // room for entries, so that a miss does not allocate
}

func newAnnouncements(defs *Definitions) announcements {
	return announcements{byHash: make(map[uint64]*announcement), defs: defs}
}

// get returns what the elements in b say, of a frame of the given kind with the
// given capability field, heard in band. The result is valid until the next call.
func (c *announcements) get(kind wirepb.Fingerprint_Kind, capabilities uint16, band wlan.Band, b []byte) *announcement {
	start, end := tim(b)
	hash := maphash.Bytes(c.defs.seed, b[:start])
	hash ^= uint64(kind)<<56 ^ uint64(capabilities)<<32 ^ uint64(band)<<52
	if end < len(b) {
		hash = hash*0x9e3779b97f4a7c15 + maphash.Bytes(c.defs.seed, b[end:]) + 1
	}
	if a, ok := c.byHash[hash]; ok {
		return a
	}
	return c.miss(hash, kind, capabilities, band, b)
}

// tim returns where the traffic indication map starts and ends: it differs in
// every beacon, and is among the first elements. Without one both are the end.
func tim(b []byte) (start, end int) {
	const id = 5
	for at := 0; at+2 <= len(b); {
		next := at + 2 + int(b[at+1])
		if b[at] == id && next <= len(b) {
			return at, next
		}
		if b[at] > id || next > len(b) {
			break // behind its place in the order of table 9-32
		}
		at = next
	}
	return len(b), len(b)
}

func (c *announcements) miss(hash uint64, kind wirepb.Fingerprint_Kind, capabilities uint16, band wlan.Band, b []byte) *announcement {
	if c.free == nil {
		c.free = make([]announcement, 0, maxAnnouncements)
	}
	if len(c.free) == maxAnnouncements {
		clear(c.byHash)
		c.free = c.free[:0]
	}
	c.free = c.free[:len(c.free)+1]
	a := &c.free[len(c.free)-1]
	e := &c.scratch
	_ = e.Decode(b) // what precedes a cut is what was said
	c.fill(a, e, capabilities, band)
	a.fingerprint = c.defs.fingerprint(kind, capabilities, b)
	c.byHash[hash] = a
	return a
}

// fill makes a what elements and capability field say, without a fingerprint.
func (c *announcements) fill(a *announcement, e *dot11.Elements, capabilities uint16, band wlan.Band) {
	*a = announcement{
		security: e.Security, features: e.Features, width: e.Width, country: country(e.Country),
		hasLoad: e.HasLoad, stations: e.StationCount, utilisation: e.Utilisation, remoteID: e.RemoteID,
		neighbors: e.Neighbors6GHz,
	}
	if name := e.Name(); name != nil {
		a.ssidLen = uint8(copy(a.ssid[:], name))
		a.ssidHash = maphash.Bytes(c.defs.seed, name) | 1
	}
	a.security.Privacy = capabilities&dot11.CapabilityPrivacy != 0
	if capabilities&dot11.CapabilityIBSS != 0 {
		a.features |= wlan.FeatureIBSS
	}
	if e.Channel6GHz {
		band = wlan.Band6GHz
	}
	a.announced = wlan.Channel{Band: band, Number: e.Channel}.Frequency()
	if e.HasSwitch {
		a.switchTo = wlan.Channel{Band: switchBand(e.SwitchClass, band), Number: e.SwitchChannel}.Frequency()
	}
}

// country keeps two letters and nothing else.
func country(c [2]byte) [2]byte {
	for _, o := range c {
		if (o < 'A' || o > 'Z') && (o < 'a' || o > 'z') && (o < '0' || o > '9') {
			return [2]byte{}
		}
	}
	return c
}

// switchBand is the band of a global operating class (802.11-2020, table E-4;
// 802.11ax-2021 for 131 to 137); without one the band stays.
func switchBand(class uint8, band wlan.Band) wlan.Band {
	switch {
	case class >= 81 && class <= 84:
		return wlan.Band2GHz
	case class >= 115 && class <= 130:
		return wlan.Band5GHz
	case class >= 131 && class <= 137:
		return wlan.Band6GHz
	default:
		return band
	}
}
