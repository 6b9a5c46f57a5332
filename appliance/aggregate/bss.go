package aggregate

import (
	"picket/appliance/dissect/dot11"
	"picket/shared/wlan"
)

// bssTable is keyed by BSSID, frequency and SSID. Frames that name no SSID find
// the first row of their BSSID and frequency; its further SSIDs hang on it.
type bssTable struct {
	index   map[uint64]uint32 // BSSID and frequency → first row
	keys    []uint64
	rows    []bssRow
	refused uint64
}

const noRow = ^uint32(0)

type bssRow struct {
	next  uint32 // row of the same BSSID and frequency with another SSID
	chain uint32 // of a first row: how many hang on it, itself included

	heard    bool // a beacon or probe response has said what follows
	ssidHash uint64
	ssid     [32]byte
	ssidLen  uint8

	security    wlan.Security
	features    wlan.Features
	announced   wlan.MHz
	width       wlan.MHz
	switchTo    wlan.MHz
	country     [2]byte
	hasLoad     bool
	stations    uint16
	utilisation uint8

	beaconFingerprint, responseFingerprint uint32
	beacons, responses                     uint32
	interval                               wlan.TU
	tsf                                    wlan.TSF
	tsfAt                                  int64 // ns, when the frame with tsf came
	tsfHeard                               uint32
	tsfJumps                               uint32

	frames  uint32
	bytes   uint64
	retries uint32
	span    span
	signals signals
}

func newBSSTable() bssTable { return bssTable{index: make(map[uint64]uint32)} }

func (t *bssTable) reset() {
	clear(t.index)
	t.keys, t.rows, t.refused = t.keys[:0], t.rows[:0], 0
}

// first returns the row for frames that name no SSID.
func (t *bssTable) first(key uint64) (row *bssRow, isNew bool) {
	if i, ok := t.index[key]; ok {
		return &t.rows[i], false
	}
	return t.add(key)
}

// find returns the row of a beacon or probe response that says a.
func (t *bssTable) find(key uint64, a *announcement) (row *bssRow, isNew bool) {
	head, ok := t.index[key]
	if !ok {
		return t.add(key)
	}
	row = &t.rows[head]
	for !(row.heard && row.ssidHash == a.ssidHash) {
		if !row.heard {
			return row, false // only frames without an SSID so far: this is theirs
		}
		if row.next == noRow {
			return t.hang(key, head, row)
		}
		row = &t.rows[row.next]
	}
	return row, false
}

// hang adds a row with another SSID behind last, on the chain of head.
func (t *bssTable) hang(key uint64, head uint32, last *bssRow) (row *bssRow, isNew bool) {
	if t.rows[head].chain == maxSSIDsABSSID || len(t.rows) == maxBSSs {
		t.refused++
		return nil, false
	}
	t.rows[head].chain++
	last.next = uint32(len(t.rows))
	return t.push(key), true
}

func (t *bssTable) add(key uint64) (row *bssRow, isNew bool) {
	if len(t.rows) == maxBSSs {
		t.refused++
		return nil, false
	}
	t.index[key] = uint32(len(t.rows))
	return t.push(key), true
}

func (t *bssTable) push(key uint64) *bssRow {
	t.keys = append(t.keys, key)
	t.rows = append(t.rows, bssRow{next: noRow, chain: 1})
	return &t.rows[len(t.rows)-1]
}

// announce takes what a beacon or probe response says.
func (r *bssRow) announce(a *announcement) {
	if !r.heard {
		r.heard = true
		r.ssid, r.ssidLen, r.ssidHash = a.ssid, a.ssidLen, a.ssidHash
	}
	// What a probe response leaves out does not unsay what a beacon said.
	r.features |= a.features
	r.security = a.security
	if a.announced != 0 {
		r.announced = a.announced
	}
	if a.width != 0 {
		r.width = a.width
	}
	if a.country != [2]byte{} {
		r.country = a.country
	}
	if a.switchTo != 0 {
		r.switchTo = a.switchTo
	}
	if a.hasLoad {
		r.hasLoad, r.stations, r.utilisation = true, a.stations, a.utilisation
	}
}

// clock follows the timing synchronisation function: it runs on with the time
// between frames, unless another transmitter speaks under the same name.
func (r *bssRow) clock(body *dot11.BeaconBody, t int64, ms uint32) {
	const tolerance = 1_000_000 // µs
	if r.tsfAt != 0 {
		expected := r.tsf + wlan.TSF((t-r.tsfAt)/1000)
		if d := int64(body.TSF - expected); d > tolerance || body.TSF < r.tsf && t >= r.tsfAt {
			r.tsfJumps++
		}
	}
	r.tsf, r.tsfAt, r.tsfHeard = body.TSF, t, ms
	if body.Interval != 0 {
		r.interval = body.Interval
	}
}

// clockAtStart returns the timing synchronisation function as it was at the
// window's start, and 0; or, of a BSS that started later than that, as it was
// heard, and when.
func (r *bssRow) clockAtStart() (tsf uint64, ms uint32) {
	if since := uint64(r.tsfHeard) * 1000; uint64(r.tsf) >= since {
		return uint64(r.tsf) - since, 0
	}
	return uint64(r.tsf), r.tsfHeard
}
