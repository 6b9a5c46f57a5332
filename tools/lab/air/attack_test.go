package air

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"picket/appliance/dissect/dot11"
	"picket/shared/wlan"
)

// room is an Air whose frames a test sends and reads.
type room struct {
	heard chan []byte
	sent  [][]byte
}

func newRoom(frames ...[]byte) *room {
	r := &room{heard: make(chan []byte, 100)}
	for _, f := range frames {
		r.heard <- f
	}
	return r
}

func (r *room) Send(frame []byte) error {
	r.sent = append(r.sent, slices.Clone(frame))
	return nil
}

func (r *room) Receive(ctx context.Context) ([]byte, error) {
	select {
	case f := <-r.heard:
		return f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestCSAForgesTheBeaconThatItHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		honest := Beacon{BSSID: bssid, SSID: "Corp", Frequency: 2437, Secure: true}
		another := Beacon{BSSID: other, SSID: "Else", Frequency: 2437}
		r := newRoom([]byte{0x80}, another.Append(nil), honest.Append(nil))
		sent, err := CSA(t.Context(), r, bssid, 2462, 8)
		if err != nil || sent.Frames != 8 || len(r.sent) != 8 {
			t.Fatalf("%+v, %v", sent, err)
		}
		var counts []uint8
		for _, frame := range r.sent {
			f, e := decode(t, frame)
			if f.BSSID != bssid || string(e.Name()) != "Corp" || !e.HasSwitch || e.SwitchChannel != 11 || e.SwitchMode != 1 {
				t.Fatalf("%+v %+v", f, e)
			}
			counts = append(counts, e.SwitchCount)
		}
		if !slices.Equal(counts, []uint8{5, 4, 3, 2, 1, 0, 0, 0}) {
			t.Errorf("counts %v", counts)
		}
	})
}

func TestM3IsSentAgainAsItWasHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := HandshakeOne(nil, bssid, station, 1, [32]byte{9}, [16]byte{}, 1)
		third := HandshakeOne(nil, bssid, station, 2, [32]byte{9}, [16]byte{1}, 2)
		third[26+8+4+1], third[26+8+4+2] = 0x13, 0xca // key information of message 3
		third[1] |= fcRetry
		toAnother := slices.Clone(third)
		toAnother[9] = 0x77
		r := newRoom(first, toAnother, third)
		sent, err := ReplayM3(t.Context(), r, bssid, station, 3)
		if err != nil || sent.Frames != 3 {
			t.Fatalf("%+v, %v", sent, err)
		}
		for i, frame := range r.sent {
			f, _ := decode(t, frame)
			if f.Retry || f.Sequence != uint16(2000+i) || !slices.Equal(frame[24:], third[24:]) {
				t.Errorf("%d: %+v", i, f)
			}
		}
	})
}

func TestKarmaIsWhateverIsAskedForUntilOneJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		authenticate := authentication(bssid, station, bssid, 1, 3)
		associate := header(nil, fcAssociationRequest, 0, bssid, station, bssid, 4)
		associate = ssidElement(append(associate, 1, 4, 10, 0), "HomeNet")
		foreign := authentication(other, station, other, 1, 3)
		r := newRoom(Probe(nil, station, "", 2437, 1), Probe(nil, station, "HomeNet", 2437, 2), foreign, authenticate, associate)
		lure, err := Karma(t.Context(), r, bssid, 2437, time.Second)
		if err != nil || !slices.Equal(lure.Names, []string{"HomeNet"}) || !slices.Equal(lure.Associated, []wlan.MAC{station}) {
			t.Fatalf("%+v, %v", lure, err)
		}
		var kinds []dot11.Kind
		for _, frame := range r.sent {
			f, e := decode(t, frame)
			kinds = append(kinds, f.Kind)
			if f.Kind == dot11.ProbeResponse && (string(e.Name()) != "HomeNet" || f.Receiver != station) {
				t.Errorf("%+v", f)
			}
			if f.Kind == dot11.AssociationResponse {
				if status, err := dot11.AssocResponseStatus(frame[f.HeaderLen:]); status != 0 || err != nil {
					t.Errorf("status %d, %v", status, err)
				}
			}
		}
		if len(kinds) < 10 || !slices.Equal(kinds[:3], []dot11.Kind{dot11.ProbeResponse, dot11.Authentication, dot11.AssociationResponse}) || kinds[3] != dot11.Beacon {
			t.Errorf("sent %v", kinds)
		}
	})
}

func TestBeaconsKeepTheirInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Beacon{BSSID: bssid, SSID: "Seven", Frequency: 5955, Secure: true, EHT: &EHTInfo{Width: 80}}
		r := newRoom(Probe(nil, station, "Else", 5955, 1), Probe(nil, station, "Seven", 5955, 2))
		sent, err := Beacons(t.Context(), r, w, 1024*time.Millisecond)
		if err != nil || sent.Frames != 11 {
			t.Errorf("%+v, %v", sent, err)
		}
	})
}

// gate takes so many frames and then has no room for a while.
type gate struct {
	room, taken int
	refuse      error
}

func (g *gate) SendMany(frames [][]byte) (int, error) {
	n := min(g.room, len(frames))
	g.room -= n
	g.taken += n
	if n < len(frames) {
		g.room = 1000
		return n, g.refuse
	}
	return n, nil
}

func TestAFloodCountsWhatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{room: 1000}
		start := time.Now()
		sent, err := Flood{Kind: ProbeFlood, Frequency: 2437, Count: 5000, Rate: 500}.Run(t.Context(), g)
		if err != nil || sent.Frames != 5000 || g.taken != 5000 {
			t.Errorf("%+v of %d, %v", sent, g.taken, err)
		}
		if took := time.Since(start); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("5000 frames at 500 a second took %v", took)
		}
		g = &gate{room: 100, refuse: errors.New("interface is down")}
		if sent, err := (Flood{Kind: ProbeFlood, Span: time.Second, Rate: 100_000}).Run(t.Context(), g); err == nil || sent.Frames != 100 || sent.Refused != 1 {
			t.Errorf("%+v, %v", sent, err)
		}
	})
}

func FuzzKarma(f *testing.F) {
	f.Add(Probe(nil, station, "Home", 2437, 1))
	f.Add(authentication(bssid, station, bssid, 1, 3))
	f.Add(header(nil, fcReassociation, 0, bssid, station, bssid, 4))
	f.Fuzz(func(t *testing.T, frame []byte) {
		r := newRoom()
		k := karma{air: r, bssid: bssid, frequency: 2437, aids: make(map[wlan.MAC]uint16), offered: make(map[string]bool)}
		if err := k.hear(frame); err != nil {
			t.Fatal(err)
		}
		if err := k.beacon(); err != nil {
			t.Fatal(err)
		}
		for _, sent := range r.sent {
			var g dot11.Frame
			if err := dot11.Decode(sent, &g); err != nil {
				t.Fatalf("answered with what is no frame: %v", err)
			}
		}
		_, _ = replayed(frame, bssid, station, 1)
	})
}
