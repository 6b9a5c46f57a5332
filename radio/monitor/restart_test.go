package monitor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"picket/radio/nl80211"
)

func TestKilledProcessLeavesNothingThatIsNotPutBack(t *testing.T) {
	for name, like := range map[string]nl80211.Wiphy{"beside": softMAC(), "flipped": fullMAC()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				wiphy, station := w.plug(like, 1)
				w.othersUp(station, true)
				cfg := Config{StateDir: t.TempDir()}
				first := keep(t, w, cfg)
				first.want(t, "phy0", Listening)
				w.othersBlock(wiphy, true, false)
				first.after(time.Second)
				first.want(t, "phy0", Listening)
				w.wiphys[wiphy].willSoft = true

				// Killed: the kernel deletes what it owned, and nothing else happens.
				kernel, err := w.kernel()
				if err != nil {
					t.Fatal(err)
				}
				before := w.copy()
				file := filepath.Join(cfg.StateDir, holdsName)
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				first.stop()
				if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("what was put back is still remembered: %v", err)
				}
				kill := func() {
					w.become(before)
					kernel.Close()
					if err := os.WriteFile(file, text, 0o600); err != nil {
						t.Fatal(err)
					}
				}

				kill()
				cfg.Use = func(Candidate) (bool, string) { return false, "it is not wanted" }
				second := keep(t, w, cfg)
				second.want(t, "phy0", Unused, "It is not wanted.")
				w.asFound(t)
				second.stop()

				kill()
				cfg.Use = nil
				third := keep(t, w, cfg)
				third.want(t, "phy0", Listening)
				third.stop()
				w.asFound(t)
			})
		})
	}
}

func TestInterfaceOfAFormerRunIsNotTakenForFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wiphy, _ := w.plug(softMAC(), 1)
		left := w.face(wiphy, "picket0", nl80211.TypeMonitor)
		left.up = true
		k := keep(t, w, Config{})
		k.want(t, "phy0", Listening, "picket")
		k.stop()
		w.asFound(t)
	})
}

func TestInterfaceOfAnotherLivingTapIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wiphy, _ := w.plug(softMAC(), 1)
		other := w.face(wiphy, "picket0", nl80211.TypeMonitor)
		other.up = true
		w.programs["99999999"], w.sockets[other.Index] = "tapd", "99999999"
		k := keep(t, w, Config{})
		k.want(t, "phy0", Unused, "The program tapd (process 99999999) listens on picket0")
		k.stop()
		if w.faces[other.Index] == nil || !w.faces[other.Index].up {
			t.Error("the other tap's interface is gone")
		}
	})
}

func TestRadiosAreKeptAcrossFailuresOfTheKernelsSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.noNl80211 = true
		k := keep(t, w, Config{})
		k.after(time.Minute)
		w.others(func() { w.noNl80211 = false })
		_, station := w.plug(softMAC(), 1)
		w.othersUp(station, true)
		k.after(15 * time.Second)
		k.want(t, "phy0", Listening)
		for range 3 {
			w.breakIt <- errors.New("socket broke")
			k.after(20 * time.Second)
			k.want(t, "phy0", Listening)
		}
		w.others(func() { w.refuse["list"] = os.ErrDeadlineExceeded })
		k.after(time.Minute)
		w.others(func() { delete(w.refuse, "list") })
		k.after(20 * time.Second)
		k.want(t, "phy0", Listening)
		k.stop()
		w.asFound(t)
	})
}
