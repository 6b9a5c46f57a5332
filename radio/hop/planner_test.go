package hop_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

const ms = time.Millisecond

// boxes are sets of adapters as they are found in boxes.
var boxes = map[string]func() []hop.Adapter{
	"one of two bands":  func() []hop.Adapter { return []hop.Adapter{radio("phy0", 5*ms, band2(), band5())} },
	"one of 2.4 GHz":    func() []hop.Adapter { return []hop.Adapter{radio("phy0", 3*ms, band2())} },
	"one of all bands":  func() []hop.Adapter { return []hop.Adapter{radio("phy0", 5*ms, band2(), band5(), band6())} },
	"one that is slow":  func() []hop.Adapter { return []hop.Adapter{radio("phy0", 60*ms, band2(), band5())} },
	"one with a single": func() []hop.Adapter { return []hop.Adapter{radio("phy0", 5*ms, []wlan.MHz{2437})} },
	"two alike": func() []hop.Adapter {
		return []hop.Adapter{radio("phy0", 5*ms, band2(), band5()), radio("phy1", 5*ms, band2(), band5())}
	},
	"two unlike": func() []hop.Adapter {
		return []hop.Adapter{radio("phy0", 2*ms, band2()), radio("phy1", 30*ms, band2(), band5(), band6())}
	},
	"three with nothing in common": func() []hop.Adapter {
		return []hop.Adapter{radio("phy0", 5*ms, band2()), radio("phy1", 8*ms, band5()), radio("phy2", 20*ms, band6())}
	},
	"four, one of which is slow": func() []hop.Adapter {
		return []hop.Adapter{
			radio("phy0", 5*ms, band2(), band5(), band6()), radio("phy1", 5*ms, band2(), band5()),
			radio("phy2", 80*ms, band2(), band5()), radio("phy3", 1*ms, band2()),
		}
	},
}

func all(adapters []hop.Adapter) []wlan.MHz {
	var frequencies []wlan.MHz
	for _, a := range adapters {
		frequencies = append(frequencies, a.Frequencies...)
	}
	slices.Sort(frequencies)
	return slices.Compact(frequencies)
}

// busy makes a few channels loud and all of them eventful, at random: what pulls a
// planner away from its duties.
func busy(seed uint64) func(visit, *hop.Heard) {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(v visit, h *hop.Heard) {
		h.Frames = r.Uint32N(100)
		if v.Frequency%7 == wlan.MHz(seed%7) {
			h.Stations, h.Beacons, h.Frames = r.Uint32N(200), r.Uint32N(500), 10_000
		}
		if r.IntN(3) == 0 {
			h.Interest = r.Uint32N(100)
		}
	}
}

func TestEveryChannelIsRevisitedAsGuaranteed(t *testing.T) {
	t.Parallel()
	policies := map[string]hop.Policy{
		"no policy":       {},
		"one own":         {Own: []wlan.MHz{2437}},
		"several own":     {Own: []wlan.MHz{2412, 2437, 2462, 5180, 5260, 5745}},
		"a third":         {Share: hop.Share{Index: 1, Of: 3}},
		"a short revisit": {Revisit: 2 * time.Second},
		"long visits":     {MinDwell: 200 * ms, MaxDwell: time.Second},
	}
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for box, adapters := range boxes {
		for name, policy := range policies {
			t.Run(box+", "+name, func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					d := newDrive(t, seed)
					d.heard = busy(seed)
					d.policy(policy)
					d.set(adapters()...)
					d.run(2 * time.Minute)
					d.keeps(all(adapters()))
				}
			})
		}
	}
}

// The defaults promise what doc.go says.
func TestGuaranteeOfOneAdapterIsTenSeconds(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(20 * time.Second)
	if got := d.Guaranteed(5180); got != 10*time.Second {
		t.Errorf("guaranteed %v, want 10s", got)
	}
	if got := d.Guaranteed(5955); got != 0 {
		t.Errorf("guaranteed %v for a channel that no adapter has", got)
	}
	d.policy(hop.Policy{Own: []wlan.MHz{5180}})
	if got := d.Guaranteed(5180); got != time.Second {
		t.Errorf("guaranteed %v for our own, want 1s", got)
	}
}

func TestFirstSweepTakesABeaconIntervalAChannel(t *testing.T) {
	for box, adapters := range boxes {
		t.Run(box, func(t *testing.T) {
			d := newDrive(t, 1)
			set := adapters()
			d.set(set...)
			d.run(15 * time.Second)
			seen := make(map[wlan.MHz]bool)
			swept := time.Duration(0)
			wanted := 0
			for _, f := range all(set) {
				if !remote(f) {
					wanted++
				}
			}
			for _, v := range d.visits {
				if !seen[v.Frequency] && !remote(v.Frequency) {
					seen[v.Frequency], swept = true, v.at+v.Dwell+d.costs[v.adapter]
					if v.Dwell < 110*ms {
						t.Errorf("first visit to %d MHz takes %v", v.Frequency, v.Dwell)
					}
				}
			}
			slowest := time.Duration(0)
			for _, a := range set {
				slowest = max(slowest, a.SwitchCost)
			}
			// No adapter has more to do than if the one with most channels did all.
			if most := time.Duration(wanted) * (110*ms + slowest); len(seen) != wanted || swept > most {
				t.Errorf("%d of %d channels in %v, want them in %v", len(seen), wanted, swept, most)
			}
		})
	}
}

func remote(f wlan.MHz) bool {
	return f.Band() == wlan.Band6GHz && !slices.Contains(preferred6(), f)
}

func TestFortyChannelsAreSweptInTime(t *testing.T) {
	for adapters, most := range map[int]time.Duration{1: 4600 * ms, 2: 2300 * ms, 3: 1610 * ms, 4: 1150 * ms} {
		d := newDrive(t, 1)
		var set []hop.Adapter
		for i := range adapters {
			set = append(set, radio("phy"+strconv.Itoa(i), 5*ms, band2(), band5()))
		}
		d.set(set...)
		if n := len(all(set)); n != 40 {
			t.Fatalf("%d channels", n)
		}
		d.run(most)
		if len(d.begun) != 40 {
			t.Errorf("%d adapters visited %d of 40 channels in %v", adapters, len(d.begun), most)
		}
	}
}

func TestSameSeedGivesTheSamePlan(t *testing.T) {
	plan := func(seed uint64) []visit {
		d := newDrive(t, seed)
		d.heard = busy(1)
		d.policy(hop.Policy{Own: []wlan.MHz{2437, 5180}})
		d.set(boxes["four, one of which is slow"]()...)
		d.run(time.Minute)
		return d.visits
	}
	if !slices.Equal(plan(1), plan(1)) {
		t.Error("two runs differ")
	}
	if slices.Equal(plan(1), plan(2)) {
		t.Error("the seed changes nothing")
	}
}

func TestExcludedChannelsAreNeverVisited(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.policy(hop.Policy{
		Exclude: []wlan.MHz{2437}, Own: []wlan.MHz{2437},
		Locks: []hop.Lock{{Frequency: 2437, Until: epoch.Add(time.Hour)}},
	})
	d.run(time.Minute)
	if d.airtime()[""][2437] != 0 {
		t.Error("2437 MHz was visited")
	}
	if len(d.airtime()[""]) != 39 {
		t.Errorf("%d channels were visited, want 39", len(d.airtime()[""]))
	}
}

func TestOnlySomeChannelsAreVisited(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(10 * time.Second)
	d.forget()
	d.policy(hop.Policy{Only: []wlan.MHz{2412, 5500}})
	d.run(time.Minute)
	air := d.airtime()[""]
	if len(air) != 2 || air[2412] < 25*time.Second || air[5500] < 25*time.Second {
		t.Errorf("listened for %v", air)
	}
}

func TestChannelsOfNoUseAreLeftOut(t *testing.T) {
	d := newDrive(t, 1)
	d.set(hop.Adapter{Name: "phy0", Frequencies: []wlan.MHz{0, 1, 906, 2437, 2437, 58320, 5181}})
	d.run(5 * time.Second)
	if air := d.airtime()[""]; len(air) != 1 || air[2437] == 0 {
		t.Errorf("listened for %v, want 2437 MHz alone", air)
	}
}

func TestAdapterWithoutChannelsRests(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms), radio("phy1", 5*ms, band2()))
	for _, name := range []string{"phy0", "phy7"} {
		if v := d.Next(name, epoch); v.Frequency != 0 || v.Reason != hop.Rest || v.Dwell <= 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestMoreAdaptersThanChannelsAllListen(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, []wlan.MHz{2437}), radio("phy1", 5*ms, []wlan.MHz{2437}), radio("phy2", 5*ms, []wlan.MHz{2437}))
	d.run(10 * time.Second)
	for _, name := range []string{"phy0", "phy1", "phy2"} {
		if got := d.airtime()[name][2437]; got < 9*time.Second {
			t.Errorf("%s listened for %v of 10s", name, got)
		}
	}
}

// Radar and no-IR channels are in an adapter's list like all others; nothing sets
// them apart, as a tap sends nothing.
func TestAdaptersDoNotHearTheSameAtOnce(t *testing.T) {
	d := newDrive(t, 1)
	d.heard = busy(1)
	d.set(boxes["two alike"]()...)
	d.run(time.Minute)
	both, total := time.Duration(0), time.Duration(0)
	for i, v := range d.visits {
		total += v.Dwell
		for _, w := range d.visits[i+1:] {
			if w.at >= v.at+v.Dwell {
				break
			}
			if w.Frequency == v.Frequency {
				both += v.at + v.Dwell - w.at
			}
		}
	}
	if both > total/50 {
		t.Errorf("both adapters listened to the same channel for %v of %v", both, total)
	}
}
