package aggregate_test

import (
	"encoding/binary"
	"testing"
	"time"

	"picket/appliance/aggregate"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// The rules of counting that no capture of the laboratory shows.

var (
	ap      = wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}
	station = wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02}
)

// radiotapOn is a header with flags, channel and, unless it is 0, a signal.
func radiotapOn(frequency uint16, flags byte, signal int8) []byte {
	present := uint32(1<<1 | 1<<3)
	b := []byte{0, 0, 0, 0, 0, 0, 0, 0, flags, 0}
	b = binary.LittleEndian.AppendUint16(b, frequency)
	b = append(b, 0, 0)
	if signal != 0 {
		present |= 1 << 5
		b = append(b, byte(signal))
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	binary.LittleEndian.PutUint32(b[4:], present)
	return b
}

// management is a frame from the AP to everybody.
func management(subtype byte, body []byte) []byte {
	b := []byte{subtype << 4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	b = append(append(append(b, ap[:]...), ap[:]...), 0, 0)
	return append(b, body...)
}

func announcement(tsf uint64, elements ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, tsf)
	return append(append(b, 100, 0, 0x01, 0x00), elements...)
}

// summarise adds frames, a millisecond apart, to one window of each shard and
// returns the report, as a node reads it.
func summarise(t *testing.T, shards ...[][]byte) *wirepb.Report {
	t.Helper()
	const length = 10 * time.Second
	start := int64(1_700_000_000_000_000_000)
	defs := aggregate.NewDefinitions()
	var windows []*aggregate.Window
	var of []uint32
	var captures []*wirepb.Capture
	for i, frames := range shards {
		s := aggregate.NewShard(defs, "")
		s.Window = aggregate.NewWindow()
		s.Window.Reset(start, length)
		for j, f := range frames {
			s.Add(127, start+int64(j)*int64(time.Millisecond), len(f), f)
		}
		s.Window.Close(start + int64(length))
		captures = append(captures, &wirepb.Capture{Frames: s.Window.Frames, BadFcs: s.Window.BadFCS, Malformed: s.Window.Malformed})
		windows, of = append(windows, s.Window), append(of, uint32(i+1))
	}
	r := aggregate.Report(defs, windows, of)
	r.Header, r.Health.Captures = header(start, length, 1), captures
	b, err := wire.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = wire.Decode(b); err != nil {
		t.Fatal(err)
	}
	return r
}

func join(parts ...[]byte) (b []byte) {
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

const badFCS, hasFCS = 0x40, 0x10

func TestBadFCSIsCountedAndUsedForNothingElse(t *testing.T) {
	beacon := management(8, announcement(1000, 0, 4, 'n', 'a', 'm', 'e'))
	r := summarise(t, [][]byte{
		join(radiotapOn(2437, hasFCS|badFCS, -40), beacon, make([]byte, 4)),
		join(radiotapOn(2437, hasFCS|badFCS, -40), beacon, make([]byte, 4)),
	})
	if n := len(r.GetBss().GetBssid()) + len(r.GetStations().GetStation()); n != 0 {
		t.Errorf("%d rows of frames with a bad FCS", n)
	}
	if got := r.Health.Captures[0].BadFcs; got != 2 {
		t.Errorf("%d counted, want 2", got)
	}
	if c := r.Channels; c.BadFcs[0] != 2 || c.Frames[0] != 0 || c.Signals.Count[0] != 0 {
		t.Errorf("the channel has %d bad, %d frames, %d signals; want 2, 0, 0", c.BadFcs[0], c.Frames[0], c.Signals.Count[0])
	}
}

func TestMissingSignalIsMissing(t *testing.T) {
	beacon := management(8, announcement(1000, 0, 4, 'n', 'a', 'm', 'e'))
	r := summarise(t, [][]byte{join(radiotapOn(2437, 0, 0), beacon), join(radiotapOn(2437, 0, -60), beacon)})
	s := r.Bss.Signals
	if r.Bss.Beacons[0] != 2 || s.Count[0] != 1 || s.MinDbm[0] != -60 || s.MaxDbm[0] != -60 || s.SumDbm[0] != -60 {
		t.Errorf("%d beacons, signals %v", r.Bss.Beacons[0], s)
	}
}

func TestProbeResponseIsNoBeacon(t *testing.T) {
	r := summarise(t, [][]byte{
		join(radiotapOn(2437, 0, -60), management(8, announcement(1000, 0, 1, 'n', 1, 1, 0x82))),
		join(radiotapOn(2437, 0, -60), management(5, announcement(2000, 0, 1, 'n', 1, 2, 0x82, 0x84))),
	})
	b := r.Bss
	if len(b.Bssid) != 1 || b.Beacons[0] != 1 || b.ProbeResponses[0] != 1 {
		t.Fatalf("%d rows, %d beacons, %d responses", len(b.Bssid), b.Beacons[0], b.ProbeResponses[0])
	}
	if b.BeaconFingerprint[0] == b.ResponseFingerprint[0] || b.BeaconFingerprint[0] == 0 || b.ResponseFingerprint[0] == 0 {
		t.Errorf("fingerprints %d and %d", b.BeaconFingerprint[0], b.ResponseFingerprint[0])
	}
}

func TestTwoRadiosDoNotCountTwice(t *testing.T) {
	beacon := join(radiotapOn(2437, 0, -60), management(8, announcement(1000, 0, 1, 'n')))
	r := summarise(t, [][]byte{beacon, beacon, beacon}, [][]byte{beacon, beacon})
	if got := r.Bss.Beacons; len(got) != 1 || got[0] != 3 {
		t.Errorf("beacons %v, want those of the radio that heard more: 3", got)
	}
	if got := r.Channels.Frames; len(got) != 2 || got[0] != 3 || got[1] != 2 {
		t.Errorf("frames by radio %v, want 3 and 2", got)
	}
}

func TestClockThatRunsBackwardsIsNoticed(t *testing.T) {
	at := func(tsf uint64) []byte {
		return join(radiotapOn(2437, 0, -60), management(8, announcement(tsf, 0, 1, 'n')))
	}
	r := summarise(t, [][]byte{at(5_000_000), at(5_001_000), at(400), at(1400), at(9_000_000)})
	if got := r.Bss.TsfJumps[0]; got != 2 {
		t.Errorf("%d jumps, want 2: back, and ahead", got)
	}
}

func TestDefinitionsAreSentOnceAndWhenWanted(t *testing.T) {
	defs := aggregate.NewDefinitions()
	s := aggregate.NewShard(defs, "")
	s.Window = aggregate.NewWindow()
	frame := join(radiotapOn(2437, 0, -60), management(8, announcement(1, 0, 1, 'n', 1, 1, 0x82)))
	report := func() *wirepb.Definitions {
		s.Window.Reset(0, time.Second)
		s.Add(127, 1, len(frame), frame)
		s.Window.Close(int64(time.Second))
		return aggregate.Report(defs, []*aggregate.Window{s.Window}, []uint32{1}).Definitions
	}
	if d := report(); len(d.GetElements()) != 2 || len(d.GetFingerprints()) != 1 {
		t.Fatalf("first: %v", d)
	}
	if d := report(); d != nil {
		t.Errorf("again: %v", d)
	}
	defs.Want([]uint32{2, 77}, []uint32{1, 0})
	if d := report(); len(d.GetElements()) != 1 || d.Elements[0].Index != 2 || len(d.GetFingerprints()) != 1 {
		t.Errorf("wanted: %v", d)
	}
}

func TestFloodIsRefusedAndCounted(t *testing.T) {
	var frames [][]byte
	for i := range 5000 {
		f := join(radiotapOn(2437, 0, -60), management(8, announcement(1, 0, 1, 'n')))
		binary.BigEndian.PutUint16(f[len(radiotapOn(2437, 0, -60))+20:], uint16(i)) // end of the BSSID
		frames = append(frames, f)
	}
	r := summarise(t, frames)
	if n := len(r.Bss.Bssid); n != 4096 {
		t.Errorf("%d BSSs, want the bound of 4096", n)
	}
	if len(r.Health.Refused) != 1 || r.Health.Refused[0].Table != "bss" || r.Health.Refused[0].Rows != 5000-4096 {
		t.Errorf("refused %v", r.Health.Refused)
	}
}

func TestStationOfAnUnknownBSSIsKept(t *testing.T) {
	data := []byte{0x08, 0x01, 0, 0} // data, ToDS
	data = append(append(append(append(data, ap[:]...), station[:]...), ap[:]...), 0, 0)
	r := summarise(t, [][]byte{join(radiotapOn(2412, 0, -50), data, []byte("ciphertext"))})
	if len(r.Stations.Station) != 1 || r.Stations.Bssid[0] == 0 || r.Stations.FramesSent[0] != 1 {
		t.Errorf("stations %v", r.Stations)
	}
	if r.Bss.Security[0] != 0 || r.Bss.Ssid[0] != 0 {
		t.Error("a BSS that was never announced has a security or a name")
	}
}

func TestBSSWithoutBeaconsOfItsOwnIsHeard(t *testing.T) {
	profile := []byte{83, 2, 0x11, 0, 0, 5, 'g', 'u', 'e', 's', 't', 85, 3, 1, 3, 0}
	multiple := append([]byte{71, byte(3 + len(profile)), 2, 0, byte(len(profile))}, profile...)
	elements := append([]byte{0, 5, 's', 't', 'a', 'f', 'f'}, multiple...)
	beacon := join(radiotapOn(2437, 0, -60), management(8, announcement(1000, elements...)))
	r := summarise(t, [][]byte{beacon, beacon})
	b := r.Bss
	if len(b.Bssid) != 2 {
		t.Fatalf("%d BSSs, want the one that transmits and the one it announces", len(b.Bssid))
	}
	mac := wlan.MAC(r.Dictionary.Macs[6*(b.Bssid[1]-1) : 6*b.Bssid[1]])
	if mac.String() != "00:00:5e:00:53:02" || string(r.Dictionary.Ssids[b.Ssid[1]-1]) != "guest" {
		t.Errorf("it is %v %q", mac, r.Dictionary.Ssids[b.Ssid[1]-1])
	}
	if wlan.Features(b.Features[1])&wlan.FeatureNonTransmitted == 0 || b.Beacons[1] != 2 || b.Bytes[1] != 0 || b.Bytes[0] == 0 {
		t.Errorf("features %x, %d beacons, %d and %d octets", b.Features[1], b.Beacons[1], b.Bytes[0], b.Bytes[1])
	}
	if b.Features[0]&uint32(wlan.FeatureNonTransmitted) != 0 {
		t.Error("the BSS that transmits is called one that does not")
	}
}
