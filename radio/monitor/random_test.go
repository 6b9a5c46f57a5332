package monitor

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"picket/radio/nl80211"
)

// What happens in TestWhateverHappens, reproducible by its seed.
var (
	seed   = flag.Uint64("seed", 0, "play only this sequence of events")
	rounds = flag.Int("sequences", 20, "sequences of events that are played")
)

// TestWhateverHappens plays random events: plugs, driver resets, programs that
// switch, retype, delete, connect and block, refusals of the kernel, silence,
// broken sockets. The world fails the test when a wiphy is claimed twice or somebody
// who uses an interface loses it. In the end, when all leave the radios alone, every
// adapter that may be used listens; and when the Keeper ends, everything is as
// others left it. A goroutine that stays fails in TestMain, and in the bubble.
func TestWhateverHappens(t *testing.T) {
	seeds := []uint64{*seed}
	if *seed == 0 {
		seeds = nil
		for n := range *rounds {
			seeds = append(seeds, uint64(n+1))
		}
	}
	for _, n := range seeds {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(t, rand.New(rand.NewPCG(n, 0))) })
		})
	}
}

func play(t *testing.T, r *rand.Rand) {
	w := newWorld(t)
	for n := range 1 + r.IntN(3) {
		like := softMAC()
		if r.IntN(3) == 0 {
			like = fullMAC()
		}
		_, face := w.plug(like, byte(n))
		w.othersUp(face, r.IntN(2) == 0)
	}
	k := keep(t, w, Config{})
	for range 80 {
		what := w.happen(r, k)
		w.others(func() { w.asked = append(w.asked, "-- "+what) })
		k.after([]time.Duration{0, time.Millisecond, 70 * time.Millisecond, time.Second, 20 * time.Second, 7 * time.Minute}[r.IntN(6)])
	}
	w.leaveAlone()
	k.after(2 * time.Hour) // longer than the longest pause
	inUse := w.inUse()
	for _, p := range w.wiphys {
		a := k.adapter(t, p.Name)
		switch {
		case inUse[p.Index] && a.State != Unused, !inUse[p.Index] && a.State != Listening && w.usable(p):
			t.Errorf("%s (in use: %v) is %v: %s", p.Name, inUse[p.Index], a.State, a.Text)
		case a.State == Listening:
			k.want(t, p.Name, Listening)
		}
	}
	k.stop()
	w.asFound(t)
	if t.Failed() {
		t.Logf("others did (--) and the Keeper asked for:\n%s", strings.Join(w.asked, "\n"))
	}
}

// happen plays one event, and says which.
func (w *world) happen(r *rand.Rand, k *keeping) string {
	wiphys, faces := slices.Sorted(maps.Keys(w.wiphys)), slices.Sorted(maps.Keys(w.faces))
	if len(wiphys) == 0 || len(faces) == 0 {
		w.plug(softMAC(), byte(r.IntN(5)))
		return "plug"
	}
	wiphy, face := wiphys[r.IntN(len(wiphys))], faces[r.IntN(len(faces))]
	f := *w.faces[face]
	what := fmt.Sprintf("%s (%d) of %s", f.Name, face, w.wiphys[f.Wiphy].Name)
	switch n := r.IntN(16); n {
	case 0:
		if len(wiphys) < 5 {
			w.plug(softMAC(), byte(10+r.IntN(5)))
			return "plug"
		}
	case 1:
		w.unplug(wiphy)
		return fmt.Sprintf("unplug %d", wiphy)
	case 2: // a driver's reset
		like := w.wiphys[wiphy].Wiphy
		w.unplug(wiphy)
		if r.IntN(2) == 0 {
			k.after(300 * time.Millisecond)
		}
		w.plug(like, like.MAC[5])
		return fmt.Sprintf("reset %d", wiphy)
	case 3, 4:
		w.othersUp(face, true)
		return "up " + what
	case 5:
		w.othersUp(face, false)
		return "down " + what
	case 6:
		if !f.mine {
			w.othersConnect(face, true)
			return "connect " + what
		}
	case 7:
		w.othersConnect(face, false)
		return "disconnect " + what
	case 8:
		if f.mine {
			w.others(func() { w.faces[face].Type = nl80211.TypeStation })
			return "retype " + what
		}
	case 9:
		w.others(func() { delete(w.faces, face) })
		return "delete " + what
	case 10:
		soft := r.IntN(2) == 0
		w.othersBlock(wiphy, soft, w.wiphys[wiphy].hard)
		return fmt.Sprintf("soft block %d %v", wiphy, soft)
	case 11:
		hard := r.IntN(2) == 0
		w.othersBlock(wiphy, w.wiphys[wiphy].soft, hard)
		return fmt.Sprintf("hard block %d %v", wiphy, hard)
	case 12:
		operation := []string{"create", "up", "down", "type", "tune", "delete", "list"}[r.IntN(7)]
		errno := []syscall.Errno{syscall.EBUSY, syscall.EIO, syscall.EOPNOTSUPP, syscall.EPERM}[r.IntN(4)]
		if operation == "list" {
			errno = syscall.ENODEV // the wireless stack is unloaded
		}
		w.others(func() { w.refuse[operation] = refusal(operation, errno) })
		return fmt.Sprintf("refuse %s: %v", operation, errno)
	case 13:
		w.others(func() { clear(w.refuse) })
		return "refuse nothing"
	case 14:
		k.Silent(w.wiphys[wiphy].Name, "nothing")
		return fmt.Sprintf("silent %d", wiphy)
	case 15:
		select {
		case w.breakIt <- syscall.ENOBUFS:
		default:
		}
		return "break the socket"
	}
	return "nothing"
}

// leaveAlone ends all that hinders.
func (w *world) leaveAlone() {
	w.others(func() {
		clear(w.refuse)
		for _, p := range w.wiphys {
			p.hard, p.deafUntil = false, ""
		}
	})
}

// inUse are the wiphys of which somebody uses an interface.
func (w *world) inUse() map[uint32]bool {
	used := make(map[uint32]bool)
	for _, f := range w.faces {
		if f.up && !f.mine && (f.SSID != "" || f.defroute) {
			used[f.Wiphy] = true
		}
	}
	return used
}

// usable reports whether a wiphy can be claimed at all: one that adds no interface
// needs one.
func (w *world) usable(p *fakeWiphy) bool {
	if p.CanCreate() {
		return true
	}
	for _, f := range w.faces {
		if f.Wiphy == p.Index {
			return true
		}
	}
	return false
}
