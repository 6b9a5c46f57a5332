package air

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"testing"
	"time"

	"picket/appliance/capture"
	"picket/shared/wlan"
)

// TestGuestRingLosesNothing floods one simulated radio from another, as fast as the
// guest can, and compares what the kernel took from the sender with what the tap's
// own ring brought.
//
// The scenario "ring" runs it: flood0 and ear0 are monitors on 2437 MHz.
func TestGuestRingLosesNothing(t *testing.T) {
	if os.Getenv("PICKET_LAB_GUEST") != "1" {
		t.Skip("it needs simulated radios: picket lab run ring")
	}
	for _, c := range []struct {
		name string
		rate int // frames a second; 0: as fast as it goes
		span time.Duration
	}{
		{"1000 a second", 1000, 3 * time.Second},
		{"20000 a second", 20_000, 5 * time.Second},
		{"as fast as it goes", 0, 8 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring, err := capture.OpenInterface("ear0", capture.LiveOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer ring.Close()
			socket, err := OpenSender("flood0")
			if err != nil {
				t.Fatal(err)
			}
			defer socket.Close()
			flood := Flood{Kind: DeauthFlood, BSSID: bssid, Reason: 3, Rate: c.rate, Span: c.span}
			type outcome struct {
				sent Sent
				err  error
			}
			done := make(chan outcome, 1)
			start := time.Now()
			go func() {
				sent, err := flood.Run(context.Background(), socket)
				done <- outcome{sent, err}
			}()
			got, last := drain(t, ring, done)
			o := last
			if o.err != nil {
				t.Fatal(o.err)
			}
			stats, err := ring.Stats()
			if err != nil {
				t.Fatal(err)
			}
			span := o.sent.Last.Sub(o.sent.First)
			t.Logf("offered %d frames in %.2f s: %.0f a second; the kernel took %d, refused %d times; the ring brought %d, the kernel dropped %d, %d are missing; %.2f s in all",
				o.sent.Frames, span.Seconds(), float64(o.sent.Frames)/span.Seconds(), o.sent.Frames, o.sent.Refused,
				got, stats.Drops, int64(o.sent.Frames)-int64(got)-int64(stats.Drops), time.Since(start).Seconds())
			if stats.Drops > 0 {
				t.Errorf("the ring had no room for %d frames", stats.Drops)
			}
			if got != o.sent.Frames {
				t.Errorf("%d frames of %d", got, o.sent.Frames)
			}
		})
	}
}

// drain counts the flood's frames until the flood is over and nothing comes any
// more.
func drain[T any](t *testing.T, ring *capture.Ring, done <-chan T) (frames uint64, last T) {
	t.Helper()
	var p capture.Packet
	over := false
	for idle := 0; idle < 5; {
		err := ring.Next(&p)
		switch {
		case errors.Is(err, capture.ErrIdle):
			if !over {
				select {
				case last = <-done:
					over = true
				default:
				}
			} else {
				idle++
			}
		case err != nil:
			t.Fatal(err)
		default:
			idle = 0
			if isFlood(p.Data) {
				frames++
			}
		}
	}
	return frames, last
}

// isFlood reports whether a captured frame is one of the flood's.
func isFlood(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	size := int(binary.LittleEndian.Uint16(b[2:]))
	if size+24 > len(b) {
		return false
	}
	b = b[size:]
	return b[0] == fcDeauthentication && wlan.MAC(b[10:16]) == bssid
}
