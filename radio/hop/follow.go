package hop

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"picket/shared/task"
	"picket/shared/wlan"
)

// A follower tunes one radio as the planner says.
type follower struct {
	*Hopper

	radio  Radio
	cancel context.CancelFunc
	ended  chan struct{}
	pause  task.Backoff

	on       wlan.MHz  // 0: unknown
	since    time.Time // when it was last tuned
	refusing bool      // the last request failed
}

// again is how long an adapter stays on a channel before it is tuned there once
// more: another program may have moved it, of which nobody is told.
const again = 30 * time.Second

// follow starts the goroutine of a radio.
func (h *Hopper) follow(ctx context.Context, r Radio) *follower {
	ctx, cancel := context.WithCancel(ctx)
	f := &follower{
		Hopper: h, radio: r, cancel: cancel, ended: make(chan struct{}),
		pause: task.Backoff{First: 100 * time.Millisecond, Most: 10 * time.Second},
	}
	go func() {
		defer close(f.ended)
		for ctx.Err() == nil {
			f.visit(ctx)
		}
		f.forget()
	}()
	return f
}

// stop ends the goroutine and waits for it, and so for a request under way.
func (f *follower) stop() {
	f.cancel()
	<-f.ended
}

// serves reports whether r is the radio that is followed, by the same claim.
func (f *follower) serves(r Radio) bool {
	return r.Name == f.radio.Name && r.Ifindex == f.radio.Ifindex && r.Generation == f.radio.Generation
}

// visit makes one visit, or the pause after one that could not be made.
func (f *follower) visit(ctx context.Context) {
	f.mu.Lock()
	v := f.planner.Next(f.radio.Name, time.Now())
	replan := f.replan
	f.mu.Unlock()
	dwell := v.Dwell
	if v.Frequency != 0 && !f.tune(v) {
		dwell = f.pause.Next()
	}
	timer := time.NewTimer(dwell)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-replan:
	case <-ctx.Done():
	}
}

// tune goes where v says, and reports whether the adapter is there.
func (f *follower) tune(v Visit) bool {
	name, from := f.radio.Name, time.Now()
	if v.Frequency == f.on && from.Sub(f.since) < again {
		f.note(v)
		return true
	}
	err := f.cfg.Tuner.Tune(f.radio.Ifindex, v.Frequency)
	at := time.Now()
	if err != nil {
		f.fail(v.Frequency, at, err)
		return false
	}
	f.since = at
	f.on, f.refusing = v.Frequency, false
	f.pause.Reset()
	f.mu.Lock()
	f.planner.Tuned(name, at.Sub(from))
	f.mu.Unlock()
	f.note(v)
	f.cfg.Tuned(name, v.Frequency, from, at)
	return true
}

// fail takes in that the adapter could not be tuned: it may be on any channel now.
func (f *follower) fail(frequency wlan.MHz, at time.Time, err error) {
	if !f.refusing { // once, not for every channel of an adapter that refuses all
		f.log.Warn("cannot tune", "wiphy", f.radio.Name, "ifindex", f.radio.Ifindex, "freq_mhz", frequency, "err", err)
	}
	f.on, f.refusing = 0, true
	f.mu.Lock()
	if errors.Is(err, fs.ErrNotExist) {
		f.planner.Gone(f.radio.Name, at)
	} else {
		f.planner.Failed(f.radio.Name, frequency, at)
	}
	f.mu.Unlock()
	f.forget()
	f.cfg.Failed(f.radio.Name, frequency, err)
}

// note keeps where the adapter is and why.
func (f *follower) note(v Visit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.visits[f.radio.Name] = Current{Adapter: f.radio.Name, Frequency: v.Frequency, Reason: v.Reason, Since: f.since}
}

func (f *follower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.visits, f.radio.Name)
}
