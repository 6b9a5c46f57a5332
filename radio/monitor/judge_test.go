package monitor

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"picket/shared/wlan"
)

// air plays what adapters hear: frames a second by frequency, for those that hear.
type air struct {
	judge Judge
	now   time.Time
	rates map[wlan.MHz]float64
}

func newAir() *air {
	return &air{now: time.Unix(1_700_000_000, 0), rates: map[wlan.MHz]float64{2412: 40, 2437: 12, 5180: 10}}
}

var channels11 = []wlan.MHz{2412, 2417, 2422, 2427, 2432, 2437, 2442, 2447, 2452, 5180, 5200}

// sweep visits each channel once for 110 ms, and returns the evidence if one is deaf.
func (a *air) sweep(adapter string, hears bool, over []wlan.MHz) (string, bool) {
	const dwell = 110 * time.Millisecond
	for _, f := range over {
		a.now = a.now.Add(dwell)
		v := Visit{Adapter: adapter, Generation: 1, Frequency: f, At: a.now, Listened: dwell}
		if hears {
			v.Frames = uint32(a.rates[f]*dwell.Seconds() + 0.5)
		}
		if evidence, deaf := a.judge.Heard(v); deaf {
			return evidence, true
		}
	}
	return "", false
}

func TestAdapterIsDeafWhereAnotherHears(t *testing.T) {
	a := newAir()
	start := a.now
	for {
		if _, deaf := a.sweep("phy0", true, channels11); deaf {
			t.Fatal("who hears is deaf")
		}
		evidence, deaf := a.sweep("phy1", false, channels11)
		if took := a.now.Sub(start); deaf {
			if took < leastRun || took > time.Minute {
				t.Errorf("deaf after %v", took)
			}
			for _, word := range []string{"no frame in", "2412 MHz, where phy0 hears 3", "2437 MHz", "5180 MHz"} {
				if !strings.Contains(evidence, word) {
					t.Errorf("evidence %q, want %q in it", evidence, word)
				}
			}
			return
		} else if took > 2*time.Minute {
			t.Fatal("never deaf")
		}
	}
}

func TestAdapterIsDeafWhereItHeardBefore(t *testing.T) {
	a := newAir()
	for range 5 {
		a.sweep("phy0", true, channels11)
	}
	start := a.now
	for a.now.Sub(start) < time.Minute {
		if evidence, deaf := a.sweep("phy0", false, channels11); deaf {
			if !strings.Contains(evidence, "it heard") {
				t.Errorf("evidence %q", evidence)
			}
			return
		}
	}
	t.Error("not deaf after a minute")
}

func TestSilenceThatCanBeIsNoDeafness(t *testing.T) {
	for name, play := range map[string]func(a *air) (string, bool){
		"one access point is switched off": func(a *air) (string, bool) {
			only := channels11[:1]
			for range 50 {
				a.sweep("phy0", true, only)
			}
			for range 1000 {
				if evidence, deaf := a.sweep("phy0", false, only); deaf {
					return evidence, true
				}
			}
			return "", false
		},
		"it listens elsewhere": func(a *air) (string, bool) {
			for range 500 {
				a.sweep("phy0", true, channels11)
				if evidence, deaf := a.sweep("phy1", false, []wlan.MHz{5200, 5220, 5240}); deaf {
					return evidence, true
				}
			}
			return "", false
		},
		"nothing is to be heard but now and then": func(a *air) (string, bool) {
			a.rates = nil
			r := rand.New(rand.NewPCG(1, 1))
			for range 2000 {
				for _, f := range channels11 {
					a.now = a.now.Add(110 * time.Millisecond)
					v := Visit{Adapter: fmt.Sprint("phy", r.IntN(2)), Frequency: f, At: a.now, Listened: 110 * time.Millisecond}
					if r.IntN(400) == 0 {
						v.Frames = 1
					}
					if evidence, deaf := a.judge.Heard(v); deaf {
						return evidence, true
					}
				}
			}
			return "", false
		},
		"a firmware restarts": func(a *air) (string, bool) {
			for range 100 {
				a.sweep("phy0", true, channels11)
				a.sweep("phy0", true, channels11)
				for range 5 {
					if evidence, deaf := a.sweep("phy0", false, channels11); deaf {
						return evidence, true
					}
				}
			}
			return "", false
		},
		"what was heard was long ago": func(a *air) (string, bool) {
			for range 5 {
				a.sweep("phy0", true, channels11)
			}
			a.now = a.now.Add(selfFor + time.Second)
			for range 200 {
				if evidence, deaf := a.sweep("phy0", false, channels11); deaf {
					return evidence, true
				}
			}
			return "", false
		},
	} {
		t.Run(name, func(t *testing.T) {
			if evidence, deaf := play(newAir()); deaf {
				t.Errorf("deaf: %s", evidence)
			}
		})
	}
}

func TestAdapterThatNeverHeardAnythingIsDoubtedAfterLong(t *testing.T) {
	a := newAir()
	start := a.now
	for a.now.Sub(start) < time.Hour {
		if evidence, deaf := a.sweep("phy0", false, channels11); deaf {
			if took := a.now.Sub(start); took < neverRun || took > neverRun+time.Minute || !strings.HasPrefix(evidence, "nothing at all in 10m") {
				t.Errorf("after %v: %q", took, evidence)
			}
			return
		}
	}
	t.Error("never doubted")
}

func TestNewClaimGetsANewHearing(t *testing.T) {
	a := newAir()
	for range 5 {
		a.sweep("phy0", true, channels11)
	}
	for range 6 {
		a.sweep("phy0", false, channels11)
	}
	a.now = a.now.Add(5 * time.Second)
	if _, deaf := a.judge.Heard(Visit{Adapter: "phy0", Generation: 2, Frequency: 2412, At: a.now, Listened: time.Second}); deaf {
		t.Error("deaf for what the claim before did not hear")
	}
	a.judge.Forget("phy0")
	if len(a.judge.ears) != 0 {
		t.Error("not forgotten")
	}
}

func TestJudgesMemoryIsBounded(t *testing.T) {
	var j Judge
	now := time.Unix(0, 0)
	for n := range 1000 {
		for f := range 1000 {
			now = now.Add(time.Millisecond)
			j.Heard(Visit{Adapter: fmt.Sprint(n), Frequency: wlan.MHz(f), At: now, Listened: time.Millisecond, Frames: uint32(f % 2)})
			if n > maxEars+1 {
				break
			}
		}
	}
	if len(j.ears) > maxEars {
		t.Errorf("%d ears", len(j.ears))
	}
	for _, e := range j.ears {
		if len(e.rates) > maxFrequencies || len(e.where) > maxFrequencies || len(e.visited) > maxFrequencies {
			t.Errorf("%d rates, %d, %d", len(e.rates), len(e.where), len(e.visited))
		}
	}
}
