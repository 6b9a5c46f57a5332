package aggregate

import (
	"time"

	"picket/appliance/dissect/dot11"
	"picket/shared/wlan"
)

// Window is what one capture heard from Start on. It belongs to the shard that
// fills it, and then to whoever took it.
type Window struct {
	Start  int64 // UTC, ns since 1970
	Length time.Duration

	// Counted of the capture as a whole.
	Frames, Bytes                  uint64
	BadFCS, Malformed, Unsupported uint64

	bss         bssTable
	stations    table[stationKey, stationRow]
	probes      table[probeKey, probeRow]
	disconnects table[disconnectKey, disconnectRow]
	handshakes  table[pairKey, handshakeRow]
	channels    table[wlan.MHz, channelRow]
	remoteIDs   table[remoteIDKey, remoteIDRow]

	hosts table[hostKey, hostRow]
	arps  table[arpKey, arpRow]
	dhcps table[dhcpKey, dhcpRow]
	dnss  table[dnsKey, dnsRow]
	flows table[flowKey, flowRow]
	names names

	tuned   wlan.MHz // the frequency that time is counted for
	tunedAt int64    // since when
	channel int      // row of tuned in channels; -1: not looked up yet
	told    bool     // by who tunes; otherwise it follows from the frames

	neighbors uint64 // announced since they were last taken (observe.go)
}

// NewWindow returns an empty window. Its tables grow to their limits and are
// used again by Reset.
func NewWindow() *Window {
	return &Window{
		bss:         newBSSTable(),
		stations:    newTable[stationKey, stationRow](maxStations),
		probes:      newTable[probeKey, probeRow](maxProbes),
		disconnects: newTable[disconnectKey, disconnectRow](maxDisconnects),
		handshakes:  newTable[pairKey, handshakeRow](maxHandshakes),
		channels:    newTable[wlan.MHz, channelRow](maxChannels),
		remoteIDs:   newTable[remoteIDKey, remoteIDRow](maxRemoteIDs),
		hosts:       newTable[hostKey, hostRow](maxHosts),
		arps:        newTable[arpKey, arpRow](maxARPs),
		dhcps:       newTable[dhcpKey, dhcpRow](maxDHCPs),
		dnss:        newTable[dnsKey, dnsRow](maxDNSs),
		flows:       newTable[flowKey, flowRow](maxFlows),
	}
}

// Reset empties w for the window that starts at start and lasts length.
func (w *Window) Reset(start int64, length time.Duration) {
	w.Start, w.Length = start, length
	w.Frames, w.Bytes, w.BadFCS, w.Malformed, w.Unsupported = 0, 0, 0, 0, 0
	w.bss.reset()
	w.stations.reset()
	w.probes.reset()
	w.disconnects.reset()
	w.handshakes.reset()
	w.channels.reset()
	w.remoteIDs.reset()
	w.hosts.reset()
	w.arps.reset()
	w.dhcps.reset()
	w.dnss.reset()
	w.flows.reset()
	w.names.reset()
	w.tuned, w.tunedAt, w.channel, w.told = 0, start, -1, false
	w.neighbors = 0
}

// A Place is where a capture listens, 0 for nowhere, and how that is known.
type Place struct {
	Frequency wlan.MHz
	told      bool
}

// Place returns where the capture listens at the end of w.
func (w *Window) Place() Place { return Place{w.tuned, w.told} }

// Follow says that w starts where the window before it ended: a radio does not
// move because a window ends.
func (w *Window) Follow(p Place) { w.tuned, w.told, w.channel = p.Frequency, p.told, -1 }

// Tune says that the capture listens on f from t on, as who tunes its radio
// knows. From the first call on frames no longer tell: those that come late, after a
// hop, count for their own frequency and not as time spent there.
func (w *Window) Tune(f wlan.MHz, t int64) {
	w.settle(t)
	w.tuned, w.channel, w.told = f, -1, true
}

// Dropped counts frames that the kernel lost while the capture listens where it
// does.
func (w *Window) Dropped(n uint64) {
	if w.tuned == 0 || n == 0 {
		return
	}
	if row := w.here(); row != nil {
		row.drops += n
	}
}

// ListenFrom says that the capture starts to listen at t, within the window.
func (w *Window) ListenFrom(t int64) { w.tuned, w.tunedAt, w.channel = 0, max(t, w.Start), -1 }

// Deaf says that the capture does not listen from t on.
func (w *Window) Deaf(t int64) {
	w.settle(t)
	w.tuned, w.channel = 0, -1
}

// ms returns the offset of t in the window, held within it: clocks step, and
// captures are not always in order.
func (w *Window) ms(t int64) uint32 {
	d := t - w.Start
	if d < 0 {
		return 0
	}
	return uint32(min(d, int64(w.Length)) / int64(time.Millisecond))
}

// hear returns the row for a frame heard on f at t, nil when there is no room.
func (w *Window) hear(f wlan.MHz, t int64) *channelRow {
	switch {
	case f == w.tuned:
	case !w.told:
		w.tune(f, t)
	case f != 0:
		row, _ := w.channels.get(f)
		return row
	}
	return w.here()
}

// tune counts the time up to t for the frequency so far, and what follows for f.
func (w *Window) tune(f wlan.MHz, t int64) {
	if w.tuned == 0 {
		w.tuned, w.channel = f, -1 // the first frame says where the capture has listened all along
	}
	w.settle(t)
	w.tuned, w.channel = f, -1
}

// here returns the row of the frequency tuned to, nil when there is no room.
func (w *Window) here() *channelRow {
	if w.channel >= 0 {
		return &w.channels.rows[w.channel]
	}
	row, _ := w.channels.get(w.tuned)
	if row != nil {
		w.channel = int(w.channels.index[w.tuned])
	}
	return row
}

// settle counts the time up to t for the current frequency.
func (w *Window) settle(t int64) {
	t = min(max(t, w.tunedAt), w.Start+int64(w.Length))
	if w.tuned != 0 && t > w.tunedAt {
		if row := w.here(); row != nil {
			row.listened += t - w.tunedAt
		}
	}
	w.tunedAt = t
}

// Close ends the window at time t, for a window that is cut short or whole, and
// settles the time listened.
func (w *Window) Close(t int64) {
	if end := w.Start + int64(w.Length); t < end {
		w.Length = max(time.Duration(t-w.Start).Round(time.Millisecond), time.Millisecond)
	}
	w.settle(w.Start + int64(w.Length))
}

// stationKey is a station's address with the frequency, and the BSSID it is
// with or 0.
type stationKey struct{ station, bssid uint64 }

type stationRow struct {
	sent, received           uint32
	bytesSent, bytesReceived uint64
	retries, probes          uint32
	protected                uint32
	probeFingerprint         uint32
	associationFingerprint   uint32
	span                     span
	signals                  signals
}

type probeKey struct{ station, ssidHash uint64 }

type probeRow struct {
	ssid     [32]byte
	ssidLen  uint8
	requests uint32
}

type disconnectKey struct {
	transmitter, receiver uint64 // with the frequency in the transmitter's
	bssid                 uint64
	reason                uint32 // plus 1
	disassociation        bool
	protected             bool
}

type disconnectRow struct {
	frames  uint32
	span    span
	signals signals
}

// pairKey is a BSSID and a station.
type pairKey struct{ bssid, station uint64 }

type handshakeRow struct {
	algorithms                                   uint32
	authRequests, authSuccesses, authFailures    uint32
	assocRequests, assocSuccesses, assocFailures uint32
	lastFailure, saeGroup                        uint16
	messages                                     [5]uint32
	pmkids, starts, logoffs                      uint32
	span                                         span
}

type channelRow struct {
	listened   int64 // ns
	frames     uint32
	bytes      uint64
	types      [4]uint32 // by dot11.Type
	retries    uint32
	badFCS     uint32
	airtime    uint64 // µs
	noiseSum   int32
	noiseCount uint32
	drops      uint64
	signals    signals

	sight, seen Sight // counted, and as it was last told of (observe.go)
}

type remoteIDKey struct {
	transmitter uint64 // with the frequency
	id          [21]byte
}

type remoteIDRow struct {
	id     dot11.RemoteID
	frames uint32
}
