package air

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"picket/appliance/dissect/dot11"
	"picket/shared/build/realpart"
	"picket/shared/wlan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	bssid   = wlan.BSSID{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}
	station = wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02}
	mld     = wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x0f}
	other   = wlan.BSSID{0x00, 0x00, 0x5e, 0x00, 0x53, 0x11}
)

// wifi7 are APs of Wi-Fi 7 in each band.
func wifi7() map[string]Beacon {
	links := []Link{{ID: 1, BSSID: other, Frequency: 5180}, {ID: 2, BSSID: station, Frequency: 6135}}
	return map[string]Beacon{
		"2.4 GHz": {BSSID: bssid, SSID: "Seven", Frequency: 2437, Secure: true, EHT: &EHTInfo{Width: 40, MLD: mld, Link: 0, Links: links}},
		"5 GHz":   {BSSID: bssid, SSID: "Seven", Frequency: 5180, Secure: true, EHT: &EHTInfo{Width: 160, MLD: mld, Link: 1, Links: links[1:]}},
		"6 GHz":   {BSSID: bssid, SSID: "Seven", Frequency: 6135, Secure: true, EHT: &EHTInfo{Width: 320, MLD: mld, Link: 2, Links: links[:1]}},
		"alone":   {BSSID: bssid, SSID: "Seven", Frequency: 5955, Secure: true, EHT: &EHTInfo{Width: 80}},
	}
}

func decode(t *testing.T, frame []byte) (f dot11.Frame, e dot11.Elements) {
	t.Helper()
	if err := dot11.Decode(frame, &f); err != nil {
		t.Fatal(err)
	}
	if n, ok := f.Kind.FixedLen(); ok {
		if err := e.Decode(frame[f.HeaderLen+n:]); err != nil {
			t.Fatalf("elements: %v", err)
		}
	}
	return f, e
}

func TestWifi7BeaconsSayWhatTheyAre(t *testing.T) {
	for name, w := range wifi7() {
		t.Run(name, func(t *testing.T) {
			f, e := decode(t, w.Append(nil))
			if f.Kind != dot11.Beacon || f.BSSID != bssid || f.Receiver != wlan.Broadcast {
				t.Errorf("%+v", f)
			}
			if string(e.Name()) != "Seven" || !e.Security.AKMs.Has(8) || e.Security.PMF != wlan.PMFRequired {
				t.Errorf("%q, %v", e.Name(), e.Security)
			}
			want := wlan.FeatureEHT | wlan.FeatureHE
			if e.Features&want != want || e.Width != w.EHT.Width || e.Channel != channelNumber(w.Frequency) {
				t.Errorf("features %x, %d MHz wide on channel %d", e.Features, e.Width, e.Channel)
			}
			multi := w.EHT.MLD != wlan.MAC{}
			if e.HasMLD != multi || multi && (e.MLD != mld || !e.HasLink || e.Link != w.EHT.Link) {
				t.Errorf("device %v link %d", e.MLD, e.Link)
			}
		})
	}
}

func TestNeighborReportsNameTheOtherLinks(t *testing.T) {
	w := wifi7()["2.4 GHz"]
	frame := w.Append(nil)
	_, e := decode(t, frame)
	if e.Neighbors6GHz != 1<<(37/4) {
		t.Errorf("6 GHz channels %b", e.Neighbors6GHz)
	}
	it := dot11.Iterator{B: frame[24+dot11.BeaconFixedLen:]}
	var el dot11.Element
	var got []dot11.Neighbor
	for it.Next(&el) {
		if el.ID != elemNeighbors {
			continue
		}
		walk := dot11.Neighbors{B: el.Body}
		var n dot11.Neighbor
		for walk.Next(&n) {
			got = append(got, n)
		}
		if walk.Err() != nil {
			t.Error(walk.Err())
		}
	}
	if len(got) != 2 {
		t.Fatalf("%d neighbours", len(got))
	}
	for i, l := range w.EHT.Links {
		n := got[i]
		if n.BSSID != l.BSSID || n.Channel != channelNumber(l.Frequency) || !n.HasMLD || n.MLDID != 0 || n.Link != l.ID ||
			n.ShortSSID != crc32.ChecksumIEEE([]byte("Seven")) || n.Params&dot11.NeighborSameSSID == 0 || n.Params&dot11.NeighborColocated == 0 {
			t.Errorf("link %d: %+v", l.ID, n)
		}
	}
}

func TestMessageOneCarriesAPMKID(t *testing.T) {
	for _, pmkid := range [][16]byte{{}, {1, 2, 3}} {
		frame := HandshakeOne(nil, bssid, station, 1, [32]byte{9}, pmkid, 5)
		f, _ := decode(t, frame)
		if f.Kind.Type() != dot11.Data || f.Receiver != station || f.Transmitter != bssid || f.Sequence != 5 || f.TID != 6 {
			t.Errorf("%+v", f)
		}
		kind, body, err := f.Payload(frame[f.HeaderLen:])
		var e dot11.EAPOL
		if err != nil || kind != dot11.EtherTypeEAPOL || e.Decode(body) != nil {
			t.Fatalf("%x: %v", kind, err)
		}
		if e.Message != 1 || e.PMKID != (pmkid != [16]byte{}) {
			t.Errorf("%+v", e)
		}
	}
}

func TestFloodsAreOfDistinctSenders(t *testing.T) {
	for _, kind := range []FloodKind{BeaconFlood, ProbeFlood} {
		flood := Flood{Kind: kind, Frequency: 5180, Seed: 4}
		seen := make(map[wlan.MAC]bool)
		names := make(map[string]bool)
		const frames = 20000
		for n := range frames {
			f, e := decode(t, flood.Append(nil, n))
			seen[f.Transmitter] = true
			names[string(e.Name())] = true
			if !f.Transmitter.LocallyAdministered() || f.Transmitter.Group() {
				t.Fatalf("sender %v", f.Transmitter)
			}
		}
		if len(seen) != frames || len(names) < frames*99/100 {
			t.Errorf("%d senders, %d names of %d frames", len(seen), len(names), frames)
		}
		flood.Distinct = 10
		first, _ := decode(t, flood.Append(nil, 3))
		again, _ := decode(t, flood.Append(nil, 13))
		if first.Transmitter != again.Transmitter || again.Sequence != first.Sequence+1 {
			t.Errorf("%+v, %+v", first, again)
		}
	}
	flood := Flood{Kind: DeauthFlood, BSSID: bssid, Reason: 7}
	f, _ := decode(t, flood.Append(nil, 1))
	reason, err := dot11.Reason(flood.Append(nil, 1)[f.HeaderLen:])
	if f.Receiver != wlan.Broadcast || reason != 7 || err != nil {
		t.Errorf("%+v, reason %d, %v", f, reason, err)
	}
}

func TestAFloodDoesNotAllocatePerFrame(t *testing.T) {
	flood := Flood{Kind: BeaconFlood, Frequency: 2437}
	b := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() { b = flood.Append(b[:0], 5) }); n > 1 { // its name
		t.Errorf("%v allocations", n)
	}
}

// TestTsharkReadsForgedFrames asks another dissector whether what is forged is well
// formed, and says the same.
func TestTsharkReadsForgedFrames(t *testing.T) {
	tshark := realpart.Program(t, "tshark")
	var frames [][]byte
	seven := wifi7()
	for _, name := range []string{"2.4 GHz", "5 GHz", "6 GHz", "alone"} {
		frames = append(frames, seven[name].Append(nil))
	}
	switching := Beacon{BSSID: bssid, SSID: "Moves", Frequency: 2437, Switch: &Switch{To: 2462, Count: 5, Quiet: true}}
	frames = append(frames,
		switching.Append(nil),
		switching.AppendProbeResponse(nil, station),
		HandshakeOne(nil, bssid, station, 1, [32]byte{9}, [16]byte{1, 2, 3}, 5),
		authentication(station, bssid, bssid, 2, 1),
		associationAnswer(station, bssid, 2437, 1, 2, false),
		associationAnswer(station, bssid, 2437, 1, 2, true),
		Deauth(nil, bssid, station, 7, 1),
		Probe(nil, station, "Home", 2437, 1),
	)
	path := filepath.Join(t.TempDir(), "forged.pcap")
	if err := os.WriteFile(path, pcapOf(frames), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), tshark, append([]string{"-n", "-r", path}, args...)...).Output()
		if err != nil {
			t.Fatalf("tshark %v: %v", args, err)
		}
		return string(out)
	}
	if bad := run("-Y", "_ws.malformed || _ws.expert.severity >= error"); bad != "" {
		t.Errorf("tshark finds fault with\n%s\n%s", bad, run("-V", "-Y", "_ws.malformed || _ws.expert.severity >= error"))
	}
	counts := map[string]int{
		"wlan.fc.type_subtype == 8": 5,
		"wlan.fc.type_subtype == 5": 1,
		"wlan.ext_tag.number == 108 || wlan.tag.number == 255 && wlan.ssid == \"Seven\"": 4,
		"wlan.tag.number == 37":                                     2,
		"eapol && wlan_rsna_eapol.keydes.msgnr == 1":                1,
		"wlan.rsn.ie.pmkid":                                         1,
		"wlan.fc.type_subtype == 11 && wlan.fixed.auth_seq == 2":    1,
		"wlan.fc.type_subtype == 1 && wlan.fixed.status_code == 0":  1,
		"wlan.fc.type_subtype == 3 && wlan.fixed.status_code == 0":  1,
		"wlan.fc.type_subtype == 12 && wlan.fixed.reason_code == 7": 1,
	}
	for filter, want := range counts {
		if got := strings.Count(run("-Y", filter), "\n"); got != want {
			t.Errorf("%s: %d frames, want %d", filter, got, want)
		}
	}
	// All of what it read, for who wants to know why.
	var packets []json.RawMessage
	if err := json.Unmarshal([]byte(run("-T", "json")), &packets); err != nil || len(packets) != len(frames) {
		t.Errorf("%d packets of %d: %v", len(packets), len(frames), err)
	}
}

// pcapOf is a capture of frames without a radio header (LINKTYPE_IEEE802_11).
func pcapOf(frames [][]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 105, 0, 0, 0)
	for i, frame := range frames {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
		b = append(b, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
		b = append(b, frame...)
	}
	return bytes.Clone(b)
}
