package monitor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilenceIsCuredByTheLeastThatHelps(t *testing.T) {
	for _, c := range []struct {
		helps  string
		within time.Duration
		told   int
	}{
		{"toggle", time.Second, 1},
		{"recreate", 35 * time.Second, 2},
		{"flip", 4 * time.Minute, 3},
		{"reset", 10 * time.Minute, 4},
	} {
		t.Run(c.helps, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.plug(softMAC(), 1)
				k := keep(t, w, Config{})
				generation := k.want(t, "phy0", Listening).Generation
				deaf := func() bool {
					w.mu.Lock()
					defer w.mu.Unlock()
					for _, p := range w.wiphys {
						if p.deafUntil != "" {
							return true
						}
					}
					return false
				}
				w.wiphys[0].deafUntil = c.helps
				start := time.Now()
				for deaf() && time.Since(start) < time.Hour {
					for _, name := range []string{"phy0", "phy1"} {
						k.Silent(name, "0 frames in 3 s where phy7 hears 40 a second")
					}
					k.after(time.Second)
				}
				if took := time.Since(start); took > c.within {
					t.Errorf("cured after %v, want %v", took, c.within)
				}
				k.after(10 * time.Second)
				name := "phy0"
				if c.helps == "reset" {
					name = "phy1"
				}
				if a := k.want(t, name, Listening); a.Generation == generation {
					t.Errorf("generation %d as before: nobody opens its capture anew", a.Generation)
				}
				if told := k.told(Silent); len(told) != c.told || !strings.Contains(told[0], "delivered nothing (0 frames in 3 s") {
					t.Errorf("told %q", told)
				}
				k.stop()
				w.asFound(t)
			})
		})
	}
}

func TestDeafAdapterIsLeftAloneForAnHourAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wiphy, _ := w.plug(softMAC(), 1)
		w.wiphys[wiphy].resets = false
		k := keep(t, w, Config{})
		complain := func(d time.Duration) {
			for range int(d / time.Second) {
				k.Silent("phy0", "nothing")
				k.after(time.Second)
			}
		}
		complain(30 * time.Minute)
		k.want(t, "phy0", Failed, "no cure helped")
		told := k.told(Silent)
		if len(told) != 5 || !strings.Contains(told[3], "unplug it and plug it in") {
			t.Errorf("told %d: %q", len(told), told)
		}
		w.asFound(t)
		k.after(time.Hour)
		k.want(t, "phy0", Listening)
		k.after(24 * time.Hour)
		complain(time.Second)
		if told := k.told(Silent); len(told) != 1 || !strings.Contains(told[0], "switched off and on") {
			t.Errorf("after a day of health the first cure is %q", told)
		}
	})
}
