package hop_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"picket/radio/hop"
	"picket/shared/wlan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tuning is what the kernel was asked, or what the hopper told.
type tuning struct {
	ifindex  uint32
	adapter  string
	f        wlan.MHz
	from, at time.Duration
	err      error
}

// kernel plays the interfaces that are tuned: each change takes a time.
type kernel struct {
	begin time.Time
	takes time.Duration

	mu     sync.Mutex
	refuse func(ifindex uint32, f wlan.MHz) error
	asked  []tuning
	tuned  []tuning
	failed []tuning
	under  map[uint32]bool // a change is under way
	twice  bool            // two at once for one interface
}

func (k *kernel) Tune(ifindex uint32, f wlan.MHz) error {
	k.mu.Lock()
	k.twice = k.twice || k.under[ifindex]
	k.under[ifindex] = true
	k.asked = append(k.asked, tuning{ifindex: ifindex, f: f, at: time.Since(k.begin)})
	var err error
	if k.refuse != nil {
		err = k.refuse(ifindex, f)
	}
	k.mu.Unlock()
	time.Sleep(k.takes)
	k.mu.Lock()
	k.under[ifindex] = false
	k.mu.Unlock()
	return err
}

func (k *kernel) refusing(refuse func(ifindex uint32, f wlan.MHz) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refuse = refuse
}

// take returns what the hopper told, and what was asked, since it was last called.
func (k *kernel) take() (tuned, failed, asked []tuning) {
	k.mu.Lock()
	defer k.mu.Unlock()
	tuned, failed, asked = k.tuned, k.failed, k.asked
	k.tuned, k.failed, k.asked = nil, nil, nil
	return tuned, failed, asked
}

// hopping runs a hopper over a kernel for as long as do takes.
func hopping(t *testing.T, do func(t *testing.T, k *kernel, h *hop.Hopper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		k := &kernel{begin: time.Now(), takes: 5 * ms, under: make(map[uint32]bool)}
		h := hop.New(hop.Config{
			Tuner: k, Seed: 1,
			Tuned: func(adapter string, f wlan.MHz, from, at time.Time) {
				k.mu.Lock()
				defer k.mu.Unlock()
				k.tuned = append(k.tuned, tuning{adapter: adapter, f: f, from: from.Sub(k.begin), at: at.Sub(k.begin)})
			},
			Failed: func(adapter string, f wlan.MHz, err error) {
				k.mu.Lock()
				defer k.mu.Unlock()
				k.failed = append(k.failed, tuning{adapter: adapter, f: f, err: err})
			},
		}, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		do(t, k, h)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if k.twice {
			t.Error("one interface was tuned twice at once")
		}
		k.take()
		time.Sleep(time.Minute)
		if _, _, asked := k.take(); len(asked) != 0 || len(h.Current()) != 0 {
			t.Errorf("after the end: asked %v, on %v", asked, h.Current())
		}
	})
}

func card(ifindex uint32, name string, frequencies ...[]wlan.MHz) hop.Radio {
	return hop.Radio{Ifindex: ifindex, Adapter: radio(name, 0, frequencies...)}
}

func TestHopperTunesEveryAdapter(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		h.SetAdapters([]hop.Radio{card(3, "phy0", band2()), card(4, "phy1", band5())})
		time.Sleep(30 * time.Second)
		tuned, failed, asked := k.take()
		if len(failed) != 0 || len(tuned) < 500 {
			t.Fatalf("%d times tuned, failed %v", len(tuned), failed)
		}
		last := make(map[string]tuning)
		seen := make(map[wlan.MHz]bool)
		for _, n := range tuned {
			seen[n.f] = true
			if n.at-n.from != 5*ms {
				t.Errorf("deaf from %v to %v, want 5ms", n.from, n.at)
			}
			if l, ok := last[n.adapter]; ok && (n.from-l.at < 50*ms || n.f == l.f) {
				t.Errorf("%+v after %+v", n, l)
			}
			if (n.f.Band() == wlan.Band2GHz) != (n.adapter == "phy0") {
				t.Errorf("%s is tuned to %d MHz", n.adapter, n.f)
			}
			last[n.adapter] = n
		}
		for _, a := range asked {
			if (a.f.Band() == wlan.Band2GHz) != (a.ifindex == 3) {
				t.Errorf("ifindex %d is tuned to %d MHz", a.ifindex, a.f)
			}
		}
		if len(seen) != 40 {
			t.Errorf("%d channels were visited, want 40", len(seen))
		}
		now := h.Current()
		if len(now) != 2 || now[0].Adapter != "phy0" || now[0].Frequency != last["phy0"].f || now[1].Frequency != last["phy1"].f {
			t.Errorf("current %+v, last tuned %+v", now, last)
		}
	})
}

func TestHopperObeysALockInTheMiddleOfAVisit(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		slow := card(3, "phy0", band2())
		slow.MinDwell = 5 * time.Second
		h.SetAdapters([]hop.Radio{slow})
		time.Sleep(7 * time.Second)
		k.take()
		begin := time.Since(k.begin)
		h.SetPolicy(hop.Policy{Locks: []hop.Lock{{Frequency: 2472, Until: time.Now().Add(20 * time.Second)}}})
		time.Sleep(20*time.Second - ms)
		tuned, _, _ := k.take()
		if len(tuned) != 1 || tuned[0].f != 2472 || tuned[0].from != begin {
			t.Errorf("lock at %v: tuned %+v, want once and at once", begin, tuned)
		}
		if now := h.Current(); len(now) != 1 || now[0].Reason != hop.Locked || now[0].Frequency != 2472 {
			t.Errorf("current %+v", now)
		}
		time.Sleep(10 * ms)
		if tuned, _, _ := k.take(); len(tuned) != 1 {
			t.Errorf("when the lock ended: tuned %+v", tuned)
		}
	})
}

// Another program may move the channel, of which nobody is told.
func TestHopperTunesAgainWhereItStays(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		h.SetAdapters([]hop.Radio{card(3, "phy0", []wlan.MHz{2437})})
		time.Sleep(5 * time.Minute)
		tuned, _, _ := k.take()
		if len(tuned) < 9 || len(tuned) > 11 {
			t.Errorf("tuned %d times in 5 minutes, want each 30s or so", len(tuned))
		}
	})
}

func TestHopperGoesOnWithoutChannelsThatFail(t *testing.T) {
	busy := errors.New("device or resource busy")
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		k.refusing(func(_ uint32, f wlan.MHz) error {
			if f < 2440 {
				return fmt.Errorf("tune ifindex 3 to %d MHz: %w", f, busy)
			}
			return nil
		})
		h.SetAdapters([]hop.Radio{card(3, "phy0", band2())})
		time.Sleep(25 * time.Second)
		tuned, failed, _ := k.take()
		if len(failed) != 6 || !errors.Is(failed[0].err, busy) || failed[0].adapter != "phy0" {
			t.Errorf("failed %+v, want each of 6 channels once", failed)
		}
		seen := make(map[wlan.MHz]bool)
		for _, n := range tuned {
			seen[n.f] = true
		}
		if len(seen) != 7 {
			t.Errorf("%d channels were visited, want 7", len(seen))
		}
	})
}

// An adapter that refuses everything is asked ever more seldom; one that works again
// is used again.
func TestHopperIsPatientWithAnAdapterThatRefuses(t *testing.T) {
	for _, cause := range []error{errors.New("invalid argument"), fmt.Errorf("no such device: %w", fs.ErrNotExist)} {
		hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
			k.refusing(func(uint32, wlan.MHz) error { return cause })
			h.SetAdapters([]hop.Radio{card(3, "phy0", band2())})
			time.Sleep(10 * time.Minute)
			_, failed, asked := k.take()
			if len(failed) != len(asked) || len(asked) < 20 || len(asked) > 150 {
				t.Errorf("%v: asked %d times, failed %d", cause, len(asked), len(failed))
			}
			if len(h.Current()) != 0 {
				t.Errorf("current %v", h.Current())
			}
			k.refusing(nil)
			time.Sleep(11 * time.Minute)
			k.take()
			time.Sleep(10 * time.Second)
			if tuned, _, _ := k.take(); len(tuned) < 100 {
				t.Errorf("%v: tuned %d times in 10 s when it worked again", cause, len(tuned))
			}
		})
	}
}

func TestHopperFollowsHotPlug(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		one, two := card(3, "phy0", band2(), band5()), card(4, "phy1", band2(), band5())
		asked := func(d time.Duration) map[uint32]int {
			time.Sleep(d)
			_, _, all := k.take()
			n := make(map[uint32]int)
			for _, a := range all {
				n[a.ifindex]++
			}
			return n
		}
		if n := asked(time.Second); len(n) != 0 {
			t.Errorf("without radios: asked %v", n)
		}
		h.SetAdapters([]hop.Radio{one, two, card(9, "phy1", band2())}) // a name twice: the first counts
		if n := asked(time.Second); len(n) != 2 || n[3] < 5 || n[4] < 5 {
			t.Errorf("with two: asked %v", n)
		}
		h.SetAdapters([]hop.Radio{two})
		time.Sleep(10 * ms) // of a request under way
		k.take()
		if n := asked(time.Second); len(n) != 1 || n[4] < 5 {
			t.Errorf("after one left: asked %v", n)
		}
		h.SetAdapters(nil)
		time.Sleep(10 * ms)
		k.take()
		if n := asked(time.Second); len(n) != 0 || len(h.Current()) != 0 {
			t.Errorf("after both left: asked %v", n)
		}
		h.SetAdapters([]hop.Radio{one})
		if n := asked(time.Second); n[3] < 5 {
			t.Errorf("after one came back: asked %v", n)
		}
	})
}

// After another claim nothing is known of the channel, not even when it is parked.
func TestHopperTunesANewClaimAtOnce(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		r := card(3, "phy0", []wlan.MHz{2437})
		h.SetAdapters([]hop.Radio{r})
		time.Sleep(time.Second)
		k.take()
		h.SetAdapters([]hop.Radio{r}) // nothing new
		time.Sleep(time.Second)
		if tuned, _, _ := k.take(); len(tuned) != 0 {
			t.Errorf("tuned %+v although nothing changed", tuned)
		}
		r.Generation++
		h.SetAdapters([]hop.Radio{r})
		time.Sleep(ms)
		r.Ifindex = 7
		h.SetAdapters([]hop.Radio{r})
		time.Sleep(time.Second)
		_, _, asked := k.take()
		if len(asked) != 2 || asked[0].ifindex != 3 || asked[1].ifindex != 7 {
			t.Errorf("asked %+v", asked)
		}
	})
}

func TestHopperListensWhereMostIsHeard(t *testing.T) {
	hopping(t, func(t *testing.T, k *kernel, h *hop.Hopper) {
		h.SetAdapters([]hop.Radio{card(3, "phy0", band2(), band5())})
		for range 600 {
			time.Sleep(100 * ms)
			for _, c := range h.Current() {
				heard := hop.Heard{Adapter: c.Adapter, Frequency: c.Frequency, At: time.Now(), Listened: 50 * ms, Beacons: 1}
				if c.Frequency == 5500 {
					heard.Stations, heard.Beacons = 3, 10
				}
				h.Heard(heard)
			}
		}
		tuned, _, _ := k.take()
		n := make(map[wlan.MHz]int)
		for _, v := range tuned {
			n[v.f]++
		}
		for f, visits := range n {
			if f != 5500 && visits > n[5500]/2 {
				t.Errorf("%d visits to the busy channel, %d to %d MHz", n[5500], visits, f)
			}
		}
		if !slices.Contains([]time.Duration{10 * time.Second}, h.Guaranteed(5180)) {
			t.Errorf("guaranteed %v", h.Guaranteed(5180))
		}
	})
}
