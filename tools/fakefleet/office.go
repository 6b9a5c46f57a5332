package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// tapsPerSite is how many taps hear one office.
const tapsPerSite = 4

// offices make up what taps hear. The same seed makes the same entities.
type offices struct {
	seed           uint64
	bsss, stations int     // that a tap hears
	churn          float64 // share of entities replaced an hour
}

// Kinds of entities, for their seeds.
const (
	kindBSS = iota + 1
	kindStation
)

// roster is how many places a site has for what a tap hears n of.
func roster(n int) int { return n + n/2 }

// place returns the number in the roster of the ith that a tap hears: neighbours
// hear what overlaps by half and more.
func place(tap, i, n int) int { return (tap%tapsPerSite*(n/6+1) + i) % max(roster(n), 1) }

// entity returns what an entity's attributes are drawn from. Its occupant changes
// at moments that differ from place to place.
func (o offices) entity(kind, site, place int, at time.Time) *rand.Rand {
	rng := rand.New(rand.NewPCG(o.seed, uint64(kind)<<56|uint64(site)<<24|uint64(place)))
	hours := float64(at.UnixMilli())/3.6e6*o.churn + rng.Float64()
	return rand.New(rand.NewPCG(o.seed^uint64(hours)*0x9e3779b97f4a7c15, rng.Uint64()))
}

// report makes tables for the window that starts at at; the header is not filled.
func (o offices) report(tap int, at time.Time, rng *rand.Rand) *wirepb.Report {
	r := &wirepb.Report{Dictionary: &wirepb.Dictionary{}}
	m := maker{offices: o, Rand: rng, r: r, tap: tap, site: tap / tapsPerSite, at: at, index: make(map[int]uint32)}
	m.securities()
	m.bss()
	m.stationTable()
	m.channels()
	m.health()
	return r
}

// maker makes one report. Attributes come from entities, what varies from Rand.
type maker struct {
	offices
	*rand.Rand

	r         *wirepb.Report
	tap, site int
	at        time.Time
	index     map[int]uint32 // of a place's BSSID, in the dictionary
	centre    []int          // power with which each BSS is heard, dBm
}

// frequencies are those on which offices work.
func frequencies() []uint32 {
	return []uint32{2412, 2437, 2462, 5180, 5200, 5220, 5240, 5260, 5500, 5520, 5745, 5765, 5955, 6035, 6115}
}

// associated returns the index of the BSSID with which a station is, the same
// whichever tap hears it, and the frequency of that. The tap need not hear the AP:
// stations' frames name it.
func (m *maker) associated(e *rand.Rand) (index, frequency uint32) {
	p := e.IntN(roster(m.bsss))
	ap := m.entity(kindBSS, m.site, p, m.at)
	if m.index[p] == 0 {
		m.index[p] = m.mac(ap, false)
	} else {
		ap.Uint64() // which its address took
	}
	all := frequencies()
	return m.index[p], all[ap.IntN(len(all))]
}

// mac adds a unicast address and returns its index; entities differ in all of 46 bits.
func (m *maker) mac(e *rand.Rand, local bool) uint32 {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], e.Uint64())
	b[0] &^= 3
	if local {
		b[0] |= 2
	}
	m.r.Dictionary.Macs = append(m.r.Dictionary.Macs, b[:6]...)
	return uint32(len(m.r.Dictionary.Macs) / 6)
}

func (m *maker) securities() {
	for i, akms := range []uint64{1 << wlan.AKMPSK, 1 << wlan.AKMSAE, 1<<wlan.AKMPSK | 1<<wlan.AKMSAE, 1 << wlan.AKM8021X, 1 << wlan.AKMOWE} {
		m.r.Dictionary.Securities = append(m.r.Dictionary.Securities, &wirepb.Security{
			Akms: akms, Pairwise: 1 << wlan.CipherCCMP, Group: 1 << wlan.CipherCCMP, Pmf: uint32(i) % 3, Privacy: true,
		})
	}
}

// few returns a count of about mean, as varied as such counts are.
func (m *maker) few(mean float64) uint32 { return uint32(max(0, mean*(1+m.NormFloat64()*0.2)) + 0.5) }

func (m *maker) bss() {
	n, t := m.bsss, new(wirepb.BSSTable)
	ssids := max(1, n/3)
	for i := range ssids {
		m.r.Dictionary.Ssids = append(m.r.Dictionary.Ssids, fmt.Appendf(nil, "Office-%05d-%02d", m.site, i))
	}
	all := frequencies()
	for i := range n {
		p := place(m.tap, i, n)
		e := m.entity(kindBSS, m.site, p, m.at)
		m.index[p] = m.mac(e, false)
		f := all[e.IntN(len(all))]
		m.centre = append(m.centre, -45-e.IntN(42))
		t.Bssid, t.Ssid = append(t.Bssid, uint32(i+1)), append(t.Ssid, 1+e.Uint32N(uint32(ssids)))
		t.FrequencyMhz, t.AnnouncedMhz = append(t.FrequencyMhz, f), append(t.AnnouncedMhz, f)
		t.Security, t.Features = append(t.Security, 1+e.Uint32N(5)), append(t.Features, []uint32{0x1f, 0x8b, 0x10f, 0x203}[e.IntN(4)])
		t.WidthMhz = append(t.WidthMhz, []uint32{20, 40, 80, 160}[e.IntN(4)])
		t.BeaconFingerprint, t.ResponseFingerprint = append(t.BeaconFingerprint, 1+e.Uint32N(fingerprints)), append(t.ResponseFingerprint, 1+e.Uint32N(fingerprints))
		beacons := 1 + m.few(float64(4+e.IntN(12)))
		data := m.few(float64(e.IntN(60)))
		frames := beacons + data
		t.Beacons, t.ProbeResponses = append(t.Beacons, beacons), append(t.ProbeResponses, m.few(float64(e.IntN(4))))
		t.BeaconIntervalTu = append(t.BeaconIntervalTu, 100)
		t.TsfUs = append(t.TsfUs, e.Uint64N(1<<40)+uint64(m.at.UnixMicro())&(1<<40-1))
		t.TsfHeardMs, t.TsfJumps = append(t.TsfHeardMs, 0), append(t.TsfJumps, 0)
		t.Frames, t.Bytes = append(t.Frames, frames), append(t.Bytes, uint64(beacons)*280+uint64(data)*uint64(80+m.IntN(500)))
		t.Retries = append(t.Retries, m.few(float64(data)/12))
		t.StationCount, t.Utilisation = append(t.StationCount, 1+m.few(float64(e.IntN(12)))), append(t.Utilisation, min(1+m.few(float64(e.IntN(120))), 256))
		t.Country, t.SwitchToMhz = append(t.Country, []byte("DE")), append(t.SwitchToMhz, 0)
	}
	t.Signals, t.Times = m.signals(t.Beacons, m.centre), m.times(n)
	m.r.Bss = t
}

func (m *maker) stationTable() {
	n, t, probes := m.stations, new(wirepb.StationTable), new(wirepb.ProbeTable)
	if m.bsss == 0 {
		return
	}
	centre := make([]int, 0, n)
	for i := range n {
		e := m.entity(kindStation, m.site, place(m.tap, i, n), m.at)
		index := m.mac(e, e.IntN(3) > 0) // most stations make their address up
		bssid, f := m.associated(e)
		if e.IntN(5) == 0 { // only looks for networks
			bssid = 0
			probes.Station, probes.Ssid = append(probes.Station, index), append(probes.Ssid, 1+e.Uint32N(uint32(len(m.r.Dictionary.Ssids))))
			probes.Requests = append(probes.Requests, 1+m.few(2))
		}
		centre = append(centre, -45-e.IntN(42))
		sent, received := 1+m.few(float64(e.IntN(40))), m.few(float64(e.IntN(60)))
		t.Station, t.Bssid, t.FrequencyMhz = append(t.Station, index), append(t.Bssid, bssid), append(t.FrequencyMhz, f)
		t.FramesSent, t.BytesSent = append(t.FramesSent, sent), append(t.BytesSent, uint64(sent)*uint64(60+m.IntN(300)))
		t.FramesReceived, t.BytesReceived = append(t.FramesReceived, received), append(t.BytesReceived, uint64(received)*uint64(60+m.IntN(900)))
		t.Retries, t.ProbeRequests = append(t.Retries, m.few(float64(sent)/12)), append(t.ProbeRequests, m.few(0.7))
		t.ProbeFingerprint, t.AssociationFingerprint = append(t.ProbeFingerprint, 1+e.Uint32N(fingerprints)), append(t.AssociationFingerprint, 1+e.Uint32N(fingerprints))
		t.ProtectedFrames = append(t.ProtectedFrames, (sent+received)*9/10)
	}
	t.Signals, t.Times = m.signals(t.FramesSent, centre), m.times(n)
	m.r.Stations, m.r.Probes = t, probes
}

// signals spreads count[i] frames over the bins around a power.
func (m *maker) signals(count []uint32, centre []int) *wirepb.Signals {
	s := new(wirepb.Signals)
	for i, n := range count {
		power := centre[i] + int(m.NormFloat64()*1.5)
		first := uint32(max(-power/2-1, 0))
		left, sum := n, int64(0)
		bins := make([]uint32, 0, 3)
		for b, share := range []uint32{4, 2, 1} {
			c := left / share
			if share > 1 && left > 0 {
				c = min(left, c+m.Uint32N(2))
			} else if share == 4 {
				c = left / 4
			}
			left -= c
			bins = append(bins, c)
			sum -= int64(c) * int64(2*(first+uint32(b)))
		}
		for len(bins) > 1 && bins[len(bins)-1] == 0 {
			bins = bins[:len(bins)-1]
		}
		for len(bins) > 1 && bins[0] == 0 {
			bins, first = bins[1:], first+1
		}
		s.Count, s.BinFirst, s.BinCount = append(s.Count, n), append(s.BinFirst, first), append(s.BinCount, uint32(len(bins)))
		s.Bins, s.SumDbm = append(s.Bins, bins...), append(s.SumDbm, int32(sum))
		s.MaxDbm, s.MinDbm = append(s.MaxDbm, -2*int32(first)), append(s.MinDbm, -2*int32(first+uint32(len(bins))-1)-1)
	}
	return s
}

// times are rounded as a tap rounds them.
func (m *maker) times(n int) *wirepb.Times {
	t := new(wirepb.Times)
	for range n {
		t.FirstMs, t.SpanMs = append(t.FirstMs, 100*m.Uint32N(9)), append(t.SpanMs, 100*(80+m.Uint32N(10)))
	}
	return t
}

func (m *maker) channels() {
	t := new(wirepb.ChannelTable)
	all := frequencies()
	centre := make([]int, len(all))
	for i, f := range all {
		frames := 100 + m.few(600)
		centre[i] = -70
		t.Capture, t.FrequencyMhz, t.ListenedMs = append(t.Capture, 1), append(t.FrequencyMhz, f), append(t.ListenedMs, 600+m.Uint32N(60))
		t.Frames, t.Bytes, t.AirtimeUs = append(t.Frames, frames), append(t.Bytes, uint64(frames)*210), append(t.AirtimeUs, uint64(frames)*160)
		t.Management, t.Control, t.Data = append(t.Management, frames/3), append(t.Control, frames/3), append(t.Data, frames/3)
		t.Retries, t.BadFcs = append(t.Retries, frames/15), append(t.BadFcs, m.few(8))
		t.NoiseSumDbm, t.NoiseCount = append(t.NoiseSumDbm, -95*int32(frames)), append(t.NoiseCount, frames)
		t.Drops = append(t.Drops, 0)
	}
	t.Signals = m.signals(t.Frames, centre)
	m.r.Channels = t
}

func (m *maker) health() {
	m.r.Health = &wirepb.Health{
		UptimeS: 86_400, CpuPermille: []uint32{m.few(120), m.few(90), m.few(80), m.few(70)}, ProcessCpuPermille: m.few(60),
		ProcessMemoryBytes: 24<<20 + uint64(m.IntN(1<<20)), MemoryTotalBytes: 1 << 30, MemoryAvailableBytes: 700<<20 - uint64(m.IntN(1<<20)),
		Captures: []*wirepb.Capture{{
			Name: "mon0", Kind: wirepb.Capture_KIND_RADIO, LinkType: 127, Frames: uint64(m.few(9000)), Bytes: uint64(m.few(1_900_000)), Hops: m.few(66),
		}},
	}
}

// fingerprints is how many definitions a boot has: of makers' firmware there are
// few kinds.
const fingerprints = 24

// definitions are what the first report of a boot brings, the same for all taps of
// a fleet: makers are the same everywhere.
func (o offices) definitions() *wirepb.Definitions {
	rng := rand.New(rand.NewPCG(o.seed, 7))
	d := new(wirepb.Definitions)
	ids := []uint32{0, 1, 3, 5, 7, 11, 45, 48, 61, 70, 127, 191}
	for i := range 4 * len(ids) {
		id := ids[i%len(ids)]
		e := &wirepb.Element{Index: uint32(i + 1), Id: id, IsVolatile: id == 0 || id == 3 || id == 5 || id == 11 || id == 61}
		if !e.IsVolatile {
			e.Length = 4 + rng.Uint32N(20)
			for range e.Length {
				e.Content = append(e.Content, byte(rng.Uint32()))
			}
		}
		d.Elements = append(d.Elements, e)
	}
	for i := range fingerprints {
		f := &wirepb.Fingerprint{Index: uint32(i + 1), Kind: wirepb.Fingerprint_Kind(1 + i%4), Capabilities: 0x0431}
		for j := range ids {
			f.Elements = append(f.Elements, uint32(j+1)+uint32(len(ids))*rng.Uint32N(4))
		}
		d.Fingerprints = append(d.Fingerprints, f)
	}
	return d
}
