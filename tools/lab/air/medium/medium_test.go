package medium

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"picket/shared/wlan"
	"picket/tools/lab/air/hwsim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard is one delivery, or with a zero address a report.
type heard struct {
	to     wlan.MAC
	signal wlan.DBm
	retry  bool
	acked  bool
}

// ether stands in for the kernel: it keeps what the medium would tell it.
type ether struct {
	script []func(*hwsim.Frame) hwsim.Kind
	got    []heard
	record bool
	done   func()
}

func (e *ether) Next(f *hwsim.Frame) (hwsim.Kind, error) {
	if len(e.script) == 0 {
		e.done()
		return hwsim.Other, hwsim.ErrIdle
	}
	next := e.script[0]
	e.script = e.script[1:]
	return next(f), nil
}

func (e *ether) Deliver(to wlan.MAC, f *hwsim.Frame, signal wlan.DBm) error {
	if e.record {
		e.got = append(e.got, heard{to: to, signal: signal, retry: f.Data[1]&retryBit != 0})
	}
	return nil
}

func (e *ether) Report(_ *hwsim.Frame, acked bool, _ wlan.DBm) error {
	if e.record {
		e.got = append(e.got, heard{acked: acked})
	}
	return nil
}

func (e *ether) Pending() bool    { return false }
func (e *ether) Flush() error     { return nil }
func (e *ether) Overruns() uint64 { return 0 }
func (e *ether) Close() error     { return nil }

func address(n byte) wlan.MAC { return wlan.MAC{0x02, 0, 0, 0, n, 0} }

// frame is from a radio to an address.
func frame(from byte, to wlan.MAC, f wlan.MHz) func(*hwsim.Frame) hwsim.Kind {
	return func(out *hwsim.Frame) hwsim.Kind {
		data := make([]byte, 26)
		data[0] = 0x08
		copy(data[4:], to[:])
		*out = hwsim.Frame{Transmitter: address(from), Data: data, Frequency: f}
		return hwsim.Sent
	}
}

func play(t *testing.T, c Config, prepare func(*Medium), script ...func(*hwsim.Frame) hwsim.Kind) (*Medium, []heard) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e := &ether{script: script, done: cancel, record: true}
	m := newMedium(c, e)
	for n, name := range []string{"ap", "client", "tap", "attacker"} {
		if err := m.AddRadio(name, address(byte(n))); err != nil {
			t.Fatal(err)
		}
	}
	if prepare != nil {
		prepare(m)
	}
	if err := m.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return m, e.got
}

func defaults() Config { return Config{Seed: 7, Min: -75, Max: -35, Floor: -95} }

func TestEachPairOfRadiosHasASignalOfItsOwn(t *testing.T) {
	m, got := play(t, defaults(), nil, frame(0, wlan.Broadcast, 2437), frame(1, address(0), 2437))
	if len(got) != 8 {
		t.Fatalf("%d messages, want twice 3 deliveries and a report: %+v", len(got), got)
	}
	want := m.Signals("ap")
	for name, n := range map[string]byte{"client": 1, "tap": 2, "attacker": 3} {
		if want[name] < -75 || want[name] > -35 {
			t.Errorf("%s hears the AP at %v", name, want[name])
		}
		if back := m.Signals(name)["ap"]; back != want[name] {
			t.Errorf("%s: %v one way, %v the other", name, want[name], back)
		}
		found := false
		for _, h := range got[:3] {
			found = found || h.to == address(n) && h.signal == want[name]
		}
		if !found {
			t.Errorf("%s did not hear the AP at %v: %+v", name, want[name], got)
		}
	}
	// Radios that come later, in whatever order, change nothing.
	if err := m.AddRadio("another", address(9)); err != nil {
		t.Fatal(err)
	}
	if again := m.Signals("ap"); again["client"] != want["client"] || again["tap"] != want["tap"] {
		t.Errorf("%v became %v", want, again)
	}
}

func TestWhatIsBelowTheFloorIsNotHeard(t *testing.T) {
	m, got := play(t, defaults(), func(m *Medium) {
		m.SetLinks([]Link{{From: "ap", To: "client", Signal: -96}, {From: "ap", To: "tap", Signal: -40}})
	}, frame(0, address(1), 2437))
	if len(got) != 3 || got[2].acked {
		t.Errorf("%+v", got)
	}
	if s := m.Stats(); s.Unheard != 1 || s.Delivered != 2 || s.Acked != 0 {
		t.Errorf("%+v", s)
	}
}

func TestOnlyWhoHasTheAddressAcknowledges(t *testing.T) {
	spoofed := wlan.MAC{0, 0, 0x5e, 0, 0x53, 1}
	script := []func(*hwsim.Frame) hwsim.Kind{
		frame(0, address(1), 2437),     // the client, of which nothing is known yet
		frame(1, wlan.Broadcast, 2462), // it goes elsewhere
		frame(0, address(1), 2437),
		frame(0, spoofed, 2437),
		func(f *hwsim.Frame) hwsim.Kind { // an interface of the client gets this address
			*f = hwsim.Frame{Transmitter: address(1), Address: spoofed}
			return hwsim.Added
		},
		frame(0, spoofed, 2462),
		func(f *hwsim.Frame) hwsim.Kind {
			*f = hwsim.Frame{Transmitter: address(1), Address: spoofed}
			return hwsim.Removed
		},
		frame(0, spoofed, 2462),
	}
	acks := func(got []heard) (acked []bool) {
		for _, h := range got {
			if h.to == (wlan.MAC{}) {
				acked = append(acked, h.acked)
			}
		}
		return acked
	}
	_, got := play(t, defaults(), nil, script...)
	if a := acks(got); len(a) != 6 || !a[0] || a[1] || a[2] || a[3] || !a[4] || a[5] {
		t.Errorf("acknowledged %v, want the first and the fifth", a)
	}
	_, got = play(t, defaults(), func(m *Medium) {
		if err := m.AnswerFor("attacker"); err != nil {
			t.Fatal(err)
		}
	}, script...)
	if a := acks(got); len(a) != 6 || !a[3] || a[2] || !a[5] {
		t.Errorf("acknowledged %v, want what nobody has answered for", a)
	}
}

func TestALossyLinkTriesAgain(t *testing.T) {
	var script []func(*hwsim.Frame) hwsim.Kind
	const frames = 400
	for range frames {
		script = append(script, frame(0, address(1), 2437))
	}
	_, got := play(t, defaults(), func(m *Medium) {
		m.SetLinks([]Link{{From: "ap", To: "client", Signal: -60, Loss: 0.5}})
	}, script...)
	var acked, again, tapped int
	for _, h := range got {
		switch {
		case h.acked:
			acked++
		case h.to == address(1) && h.retry:
			again++
		case h.to == address(2):
			tapped++
			if h.retry {
				t.Error("another's retry bit reached the tap")
			}
		}
	}
	// Half at the first try, 1 in 128 never.
	if acked < frames*95/100 || again < frames*40/100 || again > frames*60/100 || tapped != frames {
		t.Errorf("of %d frames %d were acknowledged, %d at a later try; the tap heard %d", frames, acked, again, tapped)
	}
}

func TestCarryingDoesNotAllocate(t *testing.T) {
	e := &ether{}
	c := defaults()
	c.Jitter, c.Loss = 3, 0.1
	m := newMedium(c, e)
	for n := range byte(12) {
		if err := m.AddRadio(string(rune('a'+n)), address(n)); err != nil {
			t.Fatal(err)
		}
	}
	frame(0, address(3), 2437)(&m.frame)
	if n := testing.AllocsPerRun(100, func() { _ = m.take(hwsim.Sent) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
