package testdb

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"picket/shared/wire/wirepb"
)

// ReportSpec describes a report to be made up.
type ReportSpec struct {
	Boot     [16]byte
	Sequence uint64
	Start    time.Time // of the window
	BSSs     int
	Stations int
	Hosts    int
	Seed     uint64 // of addresses and counts; the same seed hears the same things

	// Definitions sends along what the first report of a boot does: the fingerprints'
	// definitions, of which there are three, the tap's one radio, and an event of it.
	Definitions bool
}

// Report makes a report of a window of ten seconds with every table filled, each
// column that the database keeps having a value somewhere.
func Report(spec ReportSpec) *wirepb.Report {
	rng := rand.New(rand.NewPCG(spec.Seed, 1))
	b := builder{rng: rng, r: &wirepb.Report{Dictionary: &wirepb.Dictionary{}}}
	b.r.Header = &wirepb.Header{
		BootId: spec.Boot[:], Sequence: spec.Sequence, WindowStartUs: spec.Start.UnixMicro(), WindowLengthMs: 10_000,
		SoftwareVersion: "1.0.0",
	}
	temperature := int32(48_250)
	b.r.Health = &wirepb.Health{
		UptimeS: uint32(spec.Sequence * 10), CpuPermille: []uint32{120, 80}, ProcessCpuPermille: 35,
		ProcessMemoryBytes: 40 << 20, MemoryTotalBytes: 1 << 30, MemoryAvailableBytes: 600 << 20, TemperatureMc: &temperature,
		Captures: []*wirepb.Capture{{Name: "wlan0", Kind: wirepb.Capture_KIND_RADIO, LinkType: 127, Frames: 12_000, Bytes: 2_000_000, KernelDrops: 3, Hops: 48, FailedHops: 1}},
		Refused:  []*wirepb.Refused{{Table: "bss", Rows: 2}},
	}
	b.dictionary(spec)
	b.bss(spec)
	b.stations(spec)
	b.events()
	b.wire(spec)
	if spec.Definitions {
		b.definitions()
		b.radio()
	}
	return b.r
}

type builder struct {
	rng *rand.Rand
	r   *wirepb.Report
}

// dictionary: addresses are in the documentation range of RFC 7042 (an OUI of
// 00-00-5E, locally numbered): BSSs, then stations, then hosts.
func (b *builder) dictionary(spec ReportSpec) {
	d := b.r.Dictionary
	for i := range spec.BSSs + spec.Stations + spec.Hosts {
		mac := []byte{0x00, 0x00, 0x5e, 0x10, 0, 0}
		binary.BigEndian.PutUint16(mac[4:], uint16(spec.Seed*1000)+uint16(i))
		d.Macs = append(d.Macs, mac...)
	}
	for i := range spec.BSSs/4 + 1 {
		d.Ssids = append(d.Ssids, []byte("Office "+string(rune('A'+i%26))+string(rune('a'+i/26%26))))
	}
	for i := range spec.Hosts + 1 {
		d.Ipv4 = append(d.Ipv4, 192, 0, 2, byte(i+1))
	}
	d.Ipv6 = append(d.Ipv6, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	d.Names = [][]byte{[]byte("printer"), []byte("MSFT 5.0"), {1, 3, 6, 15}, []byte("www.example.com")}
	d.Securities = []*wirepb.Security{
		{Akms: 1 << 2, Pairwise: 1 << 4, Group: 1 << 4, Pmf: 1, Privacy: true},
		{Akms: 1 << 8, Pairwise: 1 << 4, Group: 1 << 4, Pmf: 2, Privacy: true},
	}
}

func (b *builder) count() uint32 { return 1 + b.rng.Uint32N(200) }

func (b *builder) times(n int) *wirepb.Times {
	t := &wirepb.Times{}
	for range n {
		first := b.rng.Uint32N(2000)
		t.FirstMs = append(t.FirstMs, first)
		t.SpanMs = append(t.SpanMs, b.rng.Uint32N(8000-first))
	}
	return t
}

func (b *builder) signals(n int) *wirepb.Signals {
	s := &wirepb.Signals{}
	for range n {
		mean, count := -40-b.rng.Int32N(45), b.count()
		first := uint32(-mean-4) / 2
		s.Count = append(s.Count, count)
		s.MinDbm, s.MaxDbm = append(s.MinDbm, mean-4), append(s.MaxDbm, mean+4)
		s.SumDbm = append(s.SumDbm, mean*int32(count))
		s.BinFirst, s.BinCount = append(s.BinFirst, first), append(s.BinCount, 4)
		s.Bins = append(s.Bins, count/4, count/4, count/4, count-count/4*3)
	}
	return s
}

func (b *builder) bss(spec ReportSpec) {
	t := &wirepb.BSSTable{}
	for i := range spec.BSSs {
		f := []uint32{2412, 2437, 2462, 5180, 5500, 5955}[i%6]
		t.Bssid = append(t.Bssid, uint32(i+1))
		t.Ssid = append(t.Ssid, uint32(i/4+1))
		t.FrequencyMhz, t.AnnouncedMhz = append(t.FrequencyMhz, f), append(t.AnnouncedMhz, f)
		t.Security = append(t.Security, uint32(1+i%2))
		t.Features = append(t.Features, 0x4f)
		t.WidthMhz = append(t.WidthMhz, []uint32{20, 80}[i%2])
		t.BeaconFingerprint, t.ResponseFingerprint = append(t.BeaconFingerprint, 1), append(t.ResponseFingerprint, 2)
		t.Beacons, t.ProbeResponses = append(t.Beacons, b.count()), append(t.ProbeResponses, b.rng.Uint32N(4))
		t.BeaconIntervalTu = append(t.BeaconIntervalTu, 100)
		t.TsfUs, t.TsfHeardMs = append(t.TsfUs, b.rng.Uint64()>>20), append(t.TsfHeardMs, b.rng.Uint32N(10_000))
		t.TsfJumps = append(t.TsfJumps, b.rng.Uint32N(2))
		t.Frames, t.Bytes = append(t.Frames, b.count()*3), append(t.Bytes, uint64(b.count())*400)
		t.Retries = append(t.Retries, b.rng.Uint32N(20))
		t.StationCount, t.Utilisation = append(t.StationCount, 1+b.rng.Uint32N(12)), append(t.Utilisation, 1+b.rng.Uint32N(250))
		t.Country = append(t.Country, []byte("DE"))
		t.SwitchToMhz = append(t.SwitchToMhz, 0)
	}
	t.Signals, t.Times = b.signals(spec.BSSs), b.times(spec.BSSs)
	b.r.Bss = t
}

func (b *builder) stations(spec ReportSpec) {
	t, p := &wirepb.StationTable{}, &wirepb.ProbeTable{}
	for i := range spec.Stations {
		var bssid, f uint32
		if i%3 != 2 && spec.BSSs > 0 { // each third only probes
			bssid = uint32(i%spec.BSSs + 1)
			f = b.r.Bss.FrequencyMhz[bssid-1]
		} else {
			f = 2437
			p.Station, p.Ssid = append(p.Station, uint32(spec.BSSs+i+1)), append(p.Ssid, 1)
			p.Requests = append(p.Requests, b.count())
		}
		t.Station, t.Bssid = append(t.Station, uint32(spec.BSSs+i+1)), append(t.Bssid, bssid)
		t.FrequencyMhz = append(t.FrequencyMhz, f)
		t.FramesSent, t.BytesSent = append(t.FramesSent, b.count()), append(t.BytesSent, uint64(b.count())*300)
		t.FramesReceived, t.BytesReceived = append(t.FramesReceived, b.count()), append(t.BytesReceived, uint64(b.count())*900)
		t.Retries, t.ProbeRequests = append(t.Retries, b.rng.Uint32N(9)), append(t.ProbeRequests, b.rng.Uint32N(5))
		t.ProbeFingerprint, t.AssociationFingerprint = append(t.ProbeFingerprint, 3), append(t.AssociationFingerprint, 0)
		t.ProtectedFrames = append(t.ProtectedFrames, b.count())
	}
	t.Signals, t.Times = b.signals(spec.Stations), b.times(spec.Stations)
	b.r.Stations, b.r.Probes = t, p
}

// events are what happens seldom: a row each.
func (b *builder) events() {
	one := []uint32{1}
	if len(b.r.Bss.Bssid) > 0 {
		b.r.Disconnects = &wirepb.DisconnectTable{
			Transmitter: one, Receiver: []uint32{2}, Bssid: one, FrequencyMhz: []uint32{2412}, Reason: []uint32{8},
			Disassociation: []bool{true}, Protected: []bool{true}, Frames: []uint32{5}, Signals: b.signals(1), Times: b.times(1),
		}
		b.r.Handshakes = &wirepb.HandshakeTable{
			Bssid: one, Station: []uint32{2}, AuthAlgorithms: []uint32{1 << 31}, AuthRequests: one, AuthSuccesses: one, AuthFailures: one,
			AssocRequests: one, AssocSuccesses: one, AssocFailures: one, LastFailure: []uint32{17}, M1: one, M2: one, M3: one, M4: one,
			Pmkids: one, EapolStarts: one, EapolLogoffs: one, SaeGroup: []uint32{19}, Times: b.times(1),
		}
		b.r.RemoteIds = &wirepb.RemoteIDTable{
			Transmitter: one, BasicId: [][]byte{[]byte("\x12EXAMPLE")}, LatitudeE7: []int32{525_200_000}, LongitudeE7: []int32{-1_000},
			Frames: one, FrequencyMhz: []uint32{2437},
		}
	}
	b.r.Channels = &wirepb.ChannelTable{}
	for _, f := range []uint32{2412, 2437, 2462, 5180, 5500, 5955} {
		t := b.r.Channels
		t.Capture, t.FrequencyMhz, t.ListenedMs = append(t.Capture, 1), append(t.FrequencyMhz, f), append(t.ListenedMs, 1600)
		t.Frames, t.Bytes = append(t.Frames, 2000), append(t.Bytes, 400_000)
		t.Management, t.Control, t.Data = append(t.Management, 800), append(t.Control, 700), append(t.Data, 500)
		t.Retries, t.BadFcs, t.AirtimeUs = append(t.Retries, 90), append(t.BadFcs, 12), append(t.AirtimeUs, 420_000)
		t.NoiseSumDbm, t.NoiseCount = append(t.NoiseSumDbm, -95*2000), append(t.NoiseCount, 2000)
	}
	b.r.Channels.Signals = b.signals(6)
	b.r.Channels.Drops = []uint32{0, 2, 0, 0, 1, 0}
}

func (b *builder) radio() {
	b.r.Health.Radio = &wirepb.Radio{Country: "DE", Adapters: []*wirepb.Adapter{{
		Name: "phy0", Mac: []byte{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}, Driver: "mt7921u", Device: "usb 0e8d:7961",
		State: wirepb.Adapter_STATE_LISTENING, Text: "It listens as wlan0.", Capture: "wlan0",
		FrequenciesMhz: []uint32{2412, 2437, 2462, 5180, 5500, 5745, 5955},
	}}}
	b.r.Health.Events = []*wirepb.Event{{AtMs: 1_500, Kind: wirepb.Event_KIND_ADAPTER_CLAIMED, Subject: "phy0", Text: "It listens as wlan0."}}
}

func (b *builder) wire(spec ReportSpec) {
	if spec.Hosts == 0 {
		return
	}
	base := uint32(spec.BSSs + spec.Stations)
	t := &wirepb.HostTable{}
	for i := range spec.Hosts {
		t.Mac, t.Vlan, t.Ip = append(t.Mac, base+uint32(i)+1), append(t.Vlan, uint32(i%2*10)), append(t.Ip, uint32(i+1))
		t.FramesSent, t.BytesSent = append(t.FramesSent, b.count()), append(t.BytesSent, uint64(b.count())*500)
		t.FramesReceived, t.BytesReceived = append(t.FramesReceived, b.count()), append(t.BytesReceived, uint64(b.count())*500)
	}
	t.Times = b.times(spec.Hosts)
	b.r.Hosts = t
	one, host := []uint32{1}, []uint32{base + 1}
	b.r.Arp = &wirepb.ARPTable{Mac: host, Ip: one, Requests: one, Replies: one, Gratuitous: one, Spoofed: one, Times: b.times(1)}
	v6 := uint32(spec.Hosts + 2) // IPv6 indexes follow those of IPv4
	b.r.Dhcp = &wirepb.DHCPTable{
		Client: host, Server: []uint32{2}, ServerMac: host, Address: one, Name: one, VendorClass: []uint32{2}, Parameters: []uint32{3},
		LeaseS: []uint32{86_400}, Discovers: one, Offers: one, Requests: one, Acks: one, Naks: one, Others: one, Times: b.times(1),
	}
	b.r.Dns = &wirepb.DNSTable{
		Client: one, Server: []uint32{2}, Name: []uint32{4}, Type: []uint32{28}, Questions: one, NoError: one, NxDomain: one,
		ServFail: one, Refused: one, Other: one, Answer: []uint32{v6}, Times: b.times(1),
	}
	b.r.Flows = &wirepb.FlowTable{
		Protocol: []uint32{6}, Client: one, ClientPort: []uint32{50_000}, Server: []uint32{v6}, ServerPort: []uint32{443},
		PacketsSent: one, BytesSent: []uint64{1 << 40}, PacketsReceived: one, BytesReceived: []uint64{60}, Syns: one, SynAcks: one,
		Fins: one, Resets: one, Times: b.times(1),
	}
}

func (b *builder) definitions() {
	b.r.Definitions = &wirepb.Definitions{
		Elements: []*wirepb.Element{
			{Index: 1, Id: 0, IsVolatile: true},
			{Index: 2, Id: 1, Content: []byte{0x82, 0x84, 0x8b, 0x96}, Length: 4},
			{Index: 3, Id: 221, VendorType: 0x0050f204, Content: []byte{0x10, 0x4a}, Length: 120, ContentHash: 1<<63 + 5},
		},
		Fingerprints: []*wirepb.Fingerprint{
			{Index: 1, Kind: wirepb.Fingerprint_KIND_BEACON, Elements: []uint32{1, 2, 3}, Capabilities: 0x1431},
			{Index: 2, Kind: wirepb.Fingerprint_KIND_PROBE_RESPONSE, Elements: []uint32{1, 2}, Capabilities: 0x1431},
			{Index: 3, Kind: wirepb.Fingerprint_KIND_PROBE_REQUEST, Elements: []uint32{1, 2}},
		},
	}
}
