package air

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"picket/shared/wlan"
)

// FloodKind is what a flood is made of.
type FloodKind uint8

// The kinds.
const (
	BeaconFlood FloodKind = iota // of networks that do not exist
	ProbeFlood                   // of stations that do not exist
	DeauthFlood                  // of one BSS, to one station or all
)

// Flood says what is sent and how fast. It ends at Count or after Span, whichever
// comes first; 0 is no limit, and one is needed.
type Flood struct {
	Kind      FloodKind
	Frequency wlan.MHz
	Count     int
	Span      time.Duration
	Rate      int // frames a second; 0: as fast as it goes
	Seed      uint64
	Distinct  int        // senders, in turn; 0: a new one each frame
	BSSID     wlan.BSSID // DeauthFlood
	Station   wlan.MAC   // DeauthFlood; zero: everyone
	Reason    uint16     // DeauthFlood
	SSID      string     // BeaconFlood, ProbeFlood: of all; "": invented
}

// batch is how many frames leave with one call of the kernel.
const batch = 64

// Bulk is an Air that takes many frames at once.
type Bulk interface {
	// SendMany sends frames in order and returns how many the kernel took;
	// with fewer than all the error says why the next one was refused.
	SendMany(frames [][]byte) (int, error)
}

// Run sends the flood. What it counts is what the kernel took, to the frame.
func (f Flood) Run(ctx context.Context, out Bulk) (Sent, error) {
	if f.Count <= 0 && f.Span <= 0 {
		return Sent{}, fmt.Errorf("a flood without end")
	}
	var (
		sent    Sent
		start   = time.Now()
		buffers [batch][]byte
	)
	for i := range buffers {
		buffers[i] = make([]byte, 0, 512)
	}
	for n := 0; f.Count <= 0 || n < f.Count; {
		elapsed := time.Since(start)
		if f.Span > 0 && elapsed >= f.Span || ctx.Err() != nil {
			break
		}
		take := batch
		if f.Count > 0 {
			take = min(take, f.Count-n)
		}
		if f.Rate > 0 {
			due := int(elapsed.Seconds()*float64(f.Rate)) + 1 - n
			if due <= 0 {
				time.Sleep(min(time.Second/time.Duration(f.Rate), time.Millisecond))
				continue
			}
			take = min(take, due)
		}
		for i := range take {
			buffers[i] = f.Append(buffers[i][:0], n+i)
		}
		taken, err := out.SendMany(buffers[:take])
		if taken > 0 {
			now := time.Now()
			if sent.Frames == 0 {
				sent.First = now
			}
			sent.Frames += uint64(taken)
			sent.Last = now
			n += taken
		}
		if err != nil {
			sent.Refused++
			if !temporary(err) {
				return sent, err
			}
			time.Sleep(100 * time.Microsecond) // the driver's queue is full
		}
	}
	return sent, ctx.Err()
}

// Append appends frame n of the flood. The same n gives the same frame, but for a
// timer.
func (f Flood) Append(b []byte, n int) []byte {
	who := n
	if f.Distinct > 0 {
		who = n % f.Distinct
	}
	// Of each sender its own numbers run on.
	sequence := uint16(n)
	if f.Distinct > 0 {
		sequence = uint16(n / f.Distinct)
	}
	switch f.Kind {
	case BeaconFlood:
		return Beacon{BSSID: f.sender(who), SSID: f.name(who), Frequency: f.Frequency, Sequence: sequence, TSF: wlan.TSF(n) * 102400, Secure: who%2 == 0}.Append(b)
	case ProbeFlood:
		return Probe(b, f.sender(who), f.name(who), f.Frequency, sequence)
	default:
		station := f.Station
		if station == (wlan.MAC{}) {
			station = wlan.Broadcast
		}
		return Deauth(b, f.BSSID, station, f.Reason, uint16(n))
	}
}

// sender is an invented address, locally administered: bijective in who, so that
// each is another.
func (f Flood) sender(who int) (m wlan.MAC) {
	binary.BigEndian.PutUint32(m[2:], uint32(who)*2654435761+uint32(f.Seed)) // an odd factor: Knuth's
	m[0], m[1] = 0x06, byte(f.Seed>>32)
	return m
}

func (f Flood) name(who int) string {
	if f.SSID != "" {
		return f.SSID
	}
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	var name [10]byte
	bits := uint64(who)*0x9e3779b97f4a7c15 + f.Seed
	for i := range name {
		name[i] = letters[bits>>(5*i)&31]
	}
	return string(name[:])
}

// draw is chance that repeats.
type draw struct{ *rand.Rand }

func newDraw(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 2))} }

func (d draw) fill(b []byte) {
	for i := range b {
		b[i] = byte(d.Uint32())
	}
}
