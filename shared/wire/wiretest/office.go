// Package wiretest makes reports for tests and measurements: the same for the
// same seed, whole by wire.Validate, with every column filled.
package wiretest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// Office describes the report of a busy office.
type Office struct {
	BSSs, Stations int
	Hosts          int // on the wire; 0: the tap hears Wi-Fi alone
	Seed           uint64
	Sequence       uint64
	StartUS        int64 // of the window
	First          bool  // with the definitions, as the first report of a boot
	Radio          bool  // from a tap that hops: with hops, drops by channel and events, and what it listens with in the First
}

// Report makes the report of one window of 10 s.
func (o Office) Report() *wirepb.Report {
	g := &generator{Rand: rand.New(rand.NewPCG(o.Seed, 1)), d: new(wirepb.Dictionary)}
	r := &wirepb.Report{
		Header: &wirepb.Header{
			BootId: g.octets(16), Sequence: max(o.Sequence, 1), WindowStartUs: o.StartUS,
			WindowLengthMs: 10_000, SoftwareVersion: "1.0.0",
		},
		Dictionary: g.d,
	}
	g.securities()
	bssids := g.macs(o.BSSs)
	stations := g.macs(o.Stations)
	ssids := g.ssids(max(1, o.BSSs/3))
	r.Bss = g.bss(bssids, ssids)
	r.Stations = g.stations(stations, bssids)
	r.Probes = g.probes(stations, ssids)
	r.Disconnects = g.disconnects(bssids, stations)
	r.Handshakes = g.handshakes(bssids, stations)
	r.Channels = g.channels()
	r.Health = g.health()
	if o.Hosts > 0 {
		g.wire(r, o.Hosts)
	}
	if o.First {
		r.Definitions = g.definitions()
	}
	if o.Radio {
		g.radio(r, o.First)
	}
	return r
}

type generator struct {
	*rand.Rand
	d *wirepb.Dictionary
}

// Fingerprints of a fixture: makers ship few kinds of firmware.
const fingerprintsOfAPs, fingerprintsOfClients = 24, 20

func (g *generator) octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.Uint32())
	}
	return b
}

// macs adds n random unicast addresses and returns their indexes.
func (g *generator) macs(n int) []uint32 {
	list := make([]uint32, n)
	for i := range list {
		m := g.octets(6)
		m[0] &^= 1
		g.d.Macs = append(g.d.Macs, m...)
		list[i] = uint32(len(g.d.Macs) / 6)
	}
	return list
}

func (g *generator) ssids(n int) []uint32 {
	list := make([]uint32, n)
	for i := range list {
		g.d.Ssids = append(g.d.Ssids, fmt.Appendf(nil, "Office-%04d", g.Uint32N(10_000)))
		list[i] = uint32(len(g.d.Ssids))
	}
	return list
}

func (g *generator) securities() {
	for _, akms := range []uint64{1 << wlan.AKMPSK, 1 << wlan.AKMSAE, 1<<wlan.AKMPSK | 1<<wlan.AKMSAE, 1 << wlan.AKM8021X, 1 << wlan.AKMOWE} {
		g.d.Securities = append(g.d.Securities, &wirepb.Security{
			Akms: akms, Pairwise: 1 << wlan.CipherCCMP, Group: 1 << wlan.CipherCCMP, Pmf: g.Uint32N(3), Privacy: true,
		})
	}
}

// fill makes a column of n values.
func fill[T any](n int, value func(i int) T) []T {
	c := make([]T, n)
	for i := range c {
		c[i] = value(i)
	}
	return c
}

func (g *generator) below(n int, limit uint32) []uint32 {
	return fill(n, func(int) uint32 { return g.Uint32N(limit) })
}

// atLeastOne is below, plus one: an index, or a count that is not 0.
func (g *generator) atLeastOne(n int, limit uint32) []uint32 {
	return fill(n, func(int) uint32 { return g.Uint32N(limit) + 1 })
}

// skewed returns 1 to limit, small ones as likely as large ones are in each order
// of magnitude: most stations say little and a few say most of it all.
func (g *generator) skewed(n int, limit float64) []uint32 {
	return fill(n, func(int) uint32 { return uint32(math.Exp(g.Float64()*math.Log(limit)) + 0.5) })
}

// octetsOf gives frames sizes: 60 to 600 octets each.
func (g *generator) octetsOf(frames []uint32) []uint64 {
	return fill(len(frames), func(i int) uint64 { return uint64(frames[i]) * (60 + g.Uint64N(540)) })
}

func (g *generator) any(n int, of []uint32) []uint32 {
	return fill(n, func(int) uint32 { return of[g.IntN(len(of))] })
}

var frequencies = []uint32{2412, 2437, 2462, 5180, 5200, 5220, 5240, 5260, 5500, 5520, 5745, 5765, 5955, 6035, 6115}

// signals spreads count[i] frames around a power, as they are heard.
func (g *generator) signals(count []uint32) *wirepb.Signals {
	s := new(wirepb.Signals)
	for _, n := range count {
		centre := -40 - g.IntN(45)
		var bins [64]uint32
		low, high, sum := 127, -128, 0
		for range n {
			p := centre + int(g.NormFloat64()*2)
			low, high, sum = min(low, p), max(high, p), sum+p
			bins[-p/2]++
		}
		s.Count = append(s.Count, n)
		s.MinDbm = append(s.MinDbm, int32(low))
		s.MaxDbm = append(s.MaxDbm, int32(high))
		s.SumDbm = append(s.SumDbm, int32(sum))
		first, last := -high/2, -low/2
		s.BinFirst = append(s.BinFirst, uint32(first))
		s.BinCount = append(s.BinCount, uint32(last-first+1))
		s.Bins = append(s.Bins, bins[first:last+1]...)
	}
	return s
}

// rounded are the times of tables that round them.
func (g *generator) rounded(n int) *wirepb.Times {
	return &wirepb.Times{
		FirstMs: fill(n, func(int) uint32 { return 100 * g.Uint32N(8) }), SpanMs: fill(n, func(int) uint32 { return 8500 + 100*g.Uint32N(7) }),
	}
}

func (g *generator) times(n int) *wirepb.Times {
	return &wirepb.Times{FirstMs: g.below(n, 500), SpanMs: fill(n, func(int) uint32 { return 9000 + g.Uint32N(500) })}
}

func (g *generator) bss(bssids, ssids []uint32) *wirepb.BSSTable {
	n := len(bssids)
	beacons := g.skewed(n, 100)
	more := g.skewed(n, 500)
	frames := fill(n, func(i int) uint32 { return beacons[i] + more[i] })
	frequency := g.any(n, frequencies)
	return &wirepb.BSSTable{
		Bssid: bssids, Ssid: g.any(n, ssids), FrequencyMhz: frequency, AnnouncedMhz: frequency,
		Security: g.atLeastOne(n, 5), Features: g.any(n, []uint32{0x1f, 0x8b, 0x10f, 0x203}), WidthMhz: g.any(n, []uint32{20, 40, 80, 160}),
		BeaconFingerprint:   g.atLeastOne(n, fingerprintsOfAPs),
		ResponseFingerprint: fill(n, func(int) uint32 { return fingerprintsOfAPs + 1 + g.Uint32N(fingerprintsOfAPs) }),
		Beacons:             beacons, ProbeResponses: g.skewed(n, 30), BeaconIntervalTu: g.any(n, []uint32{100, 100, 100, 102}),
		TsfUs: fill(n, func(int) uint64 { return g.Uint64N(1 << 41) }), TsfHeardMs: g.any(n, []uint32{0, 0, 0, 0, 0, 0, 0, 0, 0, 8123}),
		TsfJumps: g.any(n, []uint32{0, 0, 0, 0, 1}),
		Frames:   frames, Bytes: g.octetsOf(frames),
		Retries: g.skewed(n, 40), StationCount: g.skewed(n, 30), Utilisation: g.atLeastOne(n, 256),
		Country:     fill(n, func(int) []byte { return []byte("DE") }),
		SwitchToMhz: g.any(n, []uint32{0, 0, 0, 0, 0, 0, 0, 0, 0, 5180}),
		Signals:     g.signals(beacons), Times: g.rounded(n),
	}
}

func (g *generator) stations(stations, bssids []uint32) *wirepb.StationTable {
	n := len(stations)
	sent, received := g.skewed(n, 300), g.skewed(n, 500)
	return &wirepb.StationTable{
		Station: stations, Bssid: g.any(n, append([]uint32{0}, bssids...)), FrequencyMhz: g.any(n, frequencies),
		FramesSent: sent, BytesSent: g.octetsOf(sent),
		FramesReceived: received, BytesReceived: g.octetsOf(received),
		Retries: g.skewed(n, 40), ProbeRequests: g.skewed(n, 12),
		ProbeFingerprint:       fill(n, func(int) uint32 { return 2*fingerprintsOfAPs + 1 + g.Uint32N(fingerprintsOfClients) }),
		AssociationFingerprint: fill(n, func(int) uint32 { return 2*fingerprintsOfAPs + 1 + g.Uint32N(fingerprintsOfClients) }),
		ProtectedFrames:        fill(n, func(i int) uint32 { return (sent[i] + received[i]) * (70 + g.Uint32N(30)) / 100 }),
		Signals:                g.signals(sent), Times: g.rounded(n),
	}
}

func (g *generator) probes(stations, ssids []uint32) *wirepb.ProbeTable {
	n := len(stations) / 5
	return &wirepb.ProbeTable{Station: stations[:n], Ssid: g.any(n, ssids), Requests: g.atLeastOne(n, 6)}
}

func (g *generator) disconnects(bssids, stations []uint32) *wirepb.DisconnectTable {
	n := min(6, len(stations), len(bssids))
	frames := g.atLeastOne(n, 4)
	return &wirepb.DisconnectTable{
		Transmitter: bssids[:n], Receiver: stations[:n], Bssid: bssids[:n], FrequencyMhz: g.any(n, frequencies),
		Reason: g.atLeastOne(n, 10), Disassociation: fill(n, func(i int) bool { return i&1 == 0 }),
		Protected: fill(n, func(i int) bool { return i%3 == 0 }), Frames: frames, Signals: g.signals(frames), Times: g.times(n),
	}
}

func (g *generator) handshakes(bssids, stations []uint32) *wirepb.HandshakeTable {
	n := min(len(stations)/15, len(bssids))
	one := func() []uint32 { return g.atLeastOne(n, 2) }
	return &wirepb.HandshakeTable{
		Bssid: bssids[:n], Station: stations[:n], AuthAlgorithms: g.any(n, []uint32{1, 8}), AuthRequests: one(), AuthSuccesses: one(),
		AuthFailures: g.below(n, 2), AssocRequests: one(), AssocSuccesses: one(), AssocFailures: g.below(n, 2),
		LastFailure: g.any(n, []uint32{1, 17}), M1: one(), M2: one(), M3: one(), M4: one(), Pmkids: g.below(n, 2),
		EapolStarts: g.below(n, 2), EapolLogoffs: g.below(n, 2), SaeGroup: g.any(n, []uint32{19, 20}), Times: g.times(n),
	}
}

func (g *generator) channels() *wirepb.ChannelTable {
	n := len(frequencies)
	frames := fill(n, func(int) uint32 { return 200 + g.Uint32N(2000) })
	return &wirepb.ChannelTable{
		Capture: fill(n, func(int) uint32 { return 1 }), FrequencyMhz: frequencies, ListenedMs: fill(n, func(int) uint32 { return 500 + g.Uint32N(300) }),
		Frames: frames, Bytes: fill(n, func(int) uint64 { return g.Uint64N(1 << 20) }), Management: g.below(n, 900), Control: g.below(n, 900),
		Data: g.below(n, 900), Retries: g.below(n, 90), BadFcs: g.below(n, 50), AirtimeUs: fill(n, func(int) uint64 { return g.Uint64N(600_000) }),
		Signals: g.signals(frames), NoiseSumDbm: fill(n, func(i int) int32 { return -95 * int32(frames[i]) }), NoiseCount: frames,
	}
}

func (g *generator) health() *wirepb.Health {
	temperature := int32(51_000 + g.IntN(5000))
	return &wirepb.Health{
		UptimeS: 86_400, CpuPermille: g.below(4, 1000), ProcessCpuPermille: g.Uint32N(300), ProcessMemoryBytes: 24 << 20,
		MemoryTotalBytes: 1 << 30, MemoryAvailableBytes: 700 << 20, TemperatureMc: &temperature, SpoolReports: 2, SpoolBytes: 15_000,
		Captures: []*wirepb.Capture{{
			Name: "wlan0", Kind: wirepb.Capture_KIND_RADIO, LinkType: 127, Frames: 20_000 + g.Uint64N(999), Bytes: 4 << 20, KernelDrops: 3,
			BadFcs: 210, Malformed: 4, Unsupported: 1, Error: "gone for 2 s",
		}},
		Refused: []*wirepb.Refused{{Table: "probes", Rows: 12}},
	}
}
