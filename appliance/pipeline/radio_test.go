package pipeline_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/appliance/pipeline"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// beacon is one as a driver hands it up: radiotap with the frequency alone, and a
// frame of the BSS whose address ends in n.
func beacon(f wlan.MHz, n byte) []byte {
	b := []byte{0, 0, 12, 0, 0x08, 0, 0, 0, 0, 0, 0, 0}
	binary.LittleEndian.PutUint16(b[8:], uint16(f))
	b = append(b, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	b = append(b, 0, 0, 0x5e, 0, 0x53, n, 0, 0, 0x5e, 0, 0x53, n, 0, 0)
	b = append(b, make([]byte, 8)...)
	return append(b, 100, 0, 0x01, 0, 0, 6, 'o', 'f', 'f', 'i', 'c', 'e')
}

// air is a radio: it gives what is due, late by delay as a ring does, and is idle otherwise.
type air struct {
	mu     sync.Mutex
	frames []capture.Packet
	drops  uint64
}

func (a *air) send(f wlan.MHz, n byte, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := beacon(f, n)
	a.frames = append(a.frames, capture.Packet{Data: b, Length: len(b), Time: at.UnixNano(), LinkType: capture.Radiotap})
}

func (a *air) lose(n uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drops += n
}

func (a *air) Next(p *capture.Packet) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.frames) > 0 {
		*p, a.frames = a.frames[0], a.frames[1:]
		return nil
	}
	a.mu.Unlock()
	time.Sleep(10 * time.Millisecond)
	a.mu.Lock()
	return capture.ErrIdle
}

func (a *air) Stats() (capture.Stats, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d := a.drops
	a.drops = 0
	return capture.Stats{Drops: d}, nil
}

func (a *air) Name() string { return "mon0" }
func (a *air) Close() error { return nil }

// gather runs l and returns what it emits.
type gather struct {
	mu      sync.Mutex
	reports []*wirepb.Report
}

func (g *gather) config() pipeline.Config {
	return pipeline.Config{Window: 10 * time.Second, Definitions: aggregate.NewDefinitions(), Emit: func(r *wirepb.Report) error {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.reports = append(g.reports, r)
		return nil
	}}
}

// radio is an input of a.
func radio(a *air, tuning *pipeline.Tuning, heard func(time.Time, aggregate.Sight)) pipeline.Input {
	return pipeline.Input{
		Name: "mon0", Kind: wirepb.Capture_KIND_RADIO, Open: func() (capture.Source, error) { return a, nil },
		Tuning: tuning, Heard: heard,
	}
}

func TestTimeIsCountedWhereTheRadioWasTunedAndFramesWhereTheyWereHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gather
		var a air
		var tuning pipeline.Tuning
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		live := pipeline.NewLive(g.config(), []pipeline.Input{radio(&a, &tuning, nil)}, slog.New(slog.DiscardHandler))
		go func() { done <- live.Run(ctx) }()

		time.Sleep(time.Second)
		hop := func(f wlan.MHz) {
			from := time.Now()
			time.Sleep(20 * time.Millisecond) // the driver takes its time
			tuning.Tuned(f, from, time.Now())
		}
		hop(2412)
		time.Sleep(2 * time.Second)
		a.lose(7)
		late := time.Now()
		hop(5180)
		a.send(2412, 1, late) // came before the hop, and is handed over after it
		a.send(5180, 2, time.Now())
		tuning.Failed()
		time.Sleep(3 * time.Second)
		hop(2412)
		time.Sleep(8 * time.Second) // into the next window
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		r := g.reports[0]
		type row struct{ listened, frames, drops uint32 }
		got := map[uint32]row{}
		c := r.Channels
		for i, f := range c.FrequencyMhz {
			got[f] = row{c.ListenedMs[i], c.Frames[i], c.Drops[i]}
		}
		want := map[uint32]row{2412: {2000 + 10_000 - 6060, 1, 7}, 5180: {3000, 1, 0}}
		if len(got) != 2 || got[5180] != want[5180] || got[2412] != want[2412] {
			t.Errorf("channels %v, want %v", got, want)
		}
		if h := r.Health.Captures[0]; h.Hops != 3 || h.FailedHops != 1 || h.KernelDrops != 7 {
			t.Errorf("capture %v", h)
		}
		if next := g.reports[1].Channels; len(next.FrequencyMhz) != 1 || next.FrequencyMhz[0] != 2412 || next.ListenedMs[0] != g.reports[1].Header.WindowLengthMs {
			t.Errorf("the next window: %v", next)
		}
	})
}

func TestWhoPlansIsToldWhatIsHeardWithinATenthOfASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gather
		var a air
		var tuning pipeline.Tuning
		var mu sync.Mutex
		sights := map[wlan.MHz]aggregate.Sight{}
		heard := func(at time.Time, s aggregate.Sight) {
			mu.Lock()
			defer mu.Unlock()
			sum := sights[s.Frequency]
			sum.Listened += s.Listened
			sum.Frames += s.Frames
			sum.BSSs += s.BSSs
			sum.Beacons += s.Beacons
			sights[s.Frequency] = sum
			if ago := time.Since(at); ago > 150*time.Millisecond {
				t.Errorf("told of %v ago", ago)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		go func() {
			for i := range 100 { // one BSS a channel, a beacon every 100 ms of 200 ms each
				f := []wlan.MHz{2412, 2437}[i%2]
				tuning.Tuned(f, time.Now(), time.Now())
				time.Sleep(100 * time.Millisecond)
				a.send(f, byte(i%2), time.Now())
				time.Sleep(100 * time.Millisecond)
			}
		}()
		live := pipeline.NewLive(g.config(), []pipeline.Input{radio(&a, &tuning, heard)}, slog.New(slog.DiscardHandler))
		if err := live.Run(ctx); err != nil {
			t.Fatal(err)
		}
		for _, f := range []wlan.MHz{2412, 2437} {
			s := sights[f]
			// New to each of the windows that the frames fell into, 2 or 3.
			if s.Frames != 50 || s.Beacons != 50 || s.BSSs < 2 || s.BSSs > 3 {
				t.Errorf("%d MHz: %+v", f, s)
			}
		}
		if all := sights[2412].Listened + sights[2437].Listened; all < 24*time.Second || all > 25*time.Second {
			t.Errorf("%v listened in 25 s", all)
		}
	})
}

func TestInputsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gather
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		live := pipeline.NewLive(g.config(), nil, slog.New(slog.DiscardHandler))
		go func() { done <- live.Run(ctx) }()
		time.Sleep(25 * time.Second) // nothing to hear with
		var a, b air
		removeA := live.Add(radio(&a, nil, nil))
		synctest.Wait()
		a.send(2412, 1, time.Now())
		time.Sleep(20 * time.Second)
		live.Add(radio(&b, nil, nil))
		b.send(2437, 2, time.Now())
		a.send(2412, 3, time.Now())
		time.Sleep(time.Second)
		removeA()
		removeA()
		time.Sleep(20 * time.Second)
		live.Add(radio(&b, nil, nil))()
		time.Sleep(10 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		var captures []int
		var frames uint64
		for i, r := range g.reports {
			if r.Header.Sequence != uint64(i+1) || r.Header.WindowStartUs != g.reports[0].Header.WindowStartUs+int64(i)*10_000_000 {
				t.Errorf("report %d: number %d, start %d", i, r.Header.Sequence, r.Header.WindowStartUs)
			}
			captures = append(captures, len(r.Health.Captures))
			for _, c := range r.Health.Captures {
				frames += c.Frames
			}
		}
		want := []int{0, 0, 1, 1, 2, 1, 2, 1}
		if len(captures) < len(want) || frames != 3 {
			t.Fatalf("captures of the reports %v, %d frames", captures, frames)
		}
		for i, n := range want {
			if captures[i] != n {
				t.Errorf("captures of the reports %v, want %v…", captures, want)
				break
			}
		}
	})
}
