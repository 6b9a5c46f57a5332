package air

import (
	"context"
	"errors"
	"slices"
	"time"

	"picket/appliance/dissect/dot11"
	"picket/shared/wlan"
)

// maxLured bounds what a station that changes its address can make Karma keep.
const maxLured = 1024

// Lure is what came of Karma.
type Lure struct {
	Sent
	Names      []string   // asked for and offered, sorted
	Associated []wlan.MAC // that joined, in order
}

// Karma is an AP that is every network asked for: it answers directed probe
// requests with the name asked for, open, and completes open system authentication
// and association with whoever comes. It beacons under each name it offered, so
// that those who joined stay.
func Karma(ctx context.Context, a Air, bssid wlan.BSSID, f wlan.MHz, span time.Duration) (Lure, error) {
	ctx, cancel := context.WithTimeout(ctx, span)
	defer cancel()
	heard, stop := listen(ctx, a)
	defer stop()
	k := karma{air: a, bssid: bssid, frequency: f, aids: make(map[wlan.MAC]uint16), offered: make(map[string]bool)}
	beacon := time.NewTicker(beaconPeriod)
	defer beacon.Stop()
	var err error
	for err == nil {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case frame, ok := <-heard:
			if !ok {
				err = ctx.Err()
				if err == nil {
					err = errors.New("nothing more is heard")
				}
				break
			}
			err = k.hear(frame)
		case <-beacon.C:
			err = k.beacon()
		}
	}
	slices.Sort(k.lure.Names)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // that is its end
	}
	return k.lure, err
}

type karma struct {
	air       Air
	bssid     wlan.BSSID
	frequency wlan.MHz
	sequence  uint16
	turn      int
	aids      map[wlan.MAC]uint16
	offered   map[string]bool
	lure      Lure
}

func (k *karma) send(frame []byte) error {
	k.sequence++
	setSequence(frame, k.sequence)
	return k.lure.send(k.air, frame)
}

// hear answers one frame.
func (k *karma) hear(frame []byte) error {
	var f dot11.Frame
	whole := dot11.Decode(frame, &f) == nil
	if !whole || f.Transmitter == k.bssid || !f.HasTransmitter() || f.Transmitter.Group() {
		return nil
	}
	body := frame[f.HeaderLen:]
	switch f.Kind {
	case dot11.ProbeRequest:
		return k.probed(&f, body)
	case dot11.Authentication:
		var m dot11.AuthBody
		whole := m.Decode(body) == nil
		if !whole || f.Receiver != k.bssid || m.Algorithm != dot11.AuthOpen || m.Transaction != 1 {
			return nil
		}
		return k.send(authentication(f.Transmitter, k.bssid, k.bssid, 2, 0))
	case dot11.AssociationRequest, dot11.ReassociationRequest:
		if f.Receiver != k.bssid {
			return nil
		}
		return k.associate(&f)
	}
	return nil
}

func (k *karma) probed(f *dot11.Frame, body []byte) error {
	var e dot11.Elements
	whole := e.Decode(body) == nil
	name := string(e.Name())
	if !whole || name == "" || f.Receiver != k.bssid && !f.Receiver.Group() {
		return nil
	}
	if !k.offered[name] {
		if len(k.offered) == maxLured {
			return nil
		}
		k.offered[name] = true
		k.lure.Names = append(k.lure.Names, name)
	}
	return k.send(k.claim(name).AppendProbeResponse(nil, f.Transmitter))
}

func (k *karma) claim(name string) Beacon {
	return Beacon{BSSID: k.bssid, SSID: name, Frequency: k.frequency, TSF: TSFNow(time.Now())}
}

func (k *karma) associate(f *dot11.Frame) error {
	aid := k.aids[f.Transmitter]
	if aid == 0 {
		if len(k.aids) == maxLured {
			return nil
		}
		aid = uint16(len(k.aids) + 1)
		k.aids[f.Transmitter] = aid
		k.lure.Associated = append(k.lure.Associated, f.Transmitter)
	}
	return k.send(associationAnswer(f.Transmitter, k.bssid, k.frequency, aid, 0, f.Kind == dot11.ReassociationRequest))
}

// beacon sends one under the next of the names offered.
func (k *karma) beacon() error {
	if len(k.lure.Names) == 0 {
		return nil
	}
	k.turn++
	return k.send(k.claim(k.lure.Names[k.turn%len(k.lure.Names)]).Append(nil))
}
