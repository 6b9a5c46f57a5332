package hop_test

import (
	"strconv"
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

func TestGuardParksOnOurOnlyChannel(t *testing.T) {
	d := newDrive(t, 1)
	d.set(boxes["two alike"]()...)
	d.run(10 * time.Second)
	d.policy(hop.Policy{Own: []wlan.MHz{5500}})
	d.run(time.Second)
	d.forget()
	d.run(time.Minute)
	air := d.airtime()
	if got := air["phy0"][5500]; got < 59*time.Second || len(air["phy0"]) != 1 {
		t.Errorf("phy0 listened to our own channel for %v of a minute, to %d channels in all", got, len(air["phy0"]))
	}
	if got := air["phy1"][5500]; got != 0 {
		t.Errorf("phy1 listened to what phy0 hears all the time for %v", got)
	}
	d.keeps(join(band2(), band5()))
}

func TestGuardGoesRoundOurChannelsInHalfASecond(t *testing.T) {
	own := []wlan.MHz{2412, 2437, 5180, 5500}
	d := newDrive(t, 1)
	d.policy(hop.Policy{Own: own})
	d.set(boxes["two alike"]()...)
	d.run(5 * time.Second)
	d.forget()
	d.run(time.Minute)
	for _, f := range own {
		if d.gaps[f] > 600*ms {
			t.Errorf("%d MHz: left alone for %v", f, d.gaps[f])
		}
	}
}

// A guard that alone has a band still answers for it.
func TestGuardServesWhatNobodyElseHears(t *testing.T) {
	d := newDrive(t, 1)
	d.policy(hop.Policy{Own: []wlan.MHz{5180}})
	d.set(radio("phy0", 5*ms, band2()), radio("phy1", 5*ms, band5()))
	d.run(10 * time.Second)
	d.forget()
	d.run(time.Minute)
	d.keeps(join(band2(), band5()))
	if got := d.airtime()["phy1"][5180]; got < 35*time.Second {
		t.Errorf("our own channel was listened to for %v of a minute", got)
	}
}

func TestOneAdapterServesOurChannelsFirst(t *testing.T) {
	own := []wlan.MHz{2472, 5260, 5865}
	d := newDrive(t, 1)
	d.policy(hop.Policy{Own: own})
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(345 * ms)
	for _, f := range own {
		if _, ok := d.begun[f]; !ok {
			t.Errorf("%d MHz is not among the first three", f)
		}
	}
	d.run(time.Minute)
	d.keeps(join(band2(), band5()))
	for _, f := range own {
		if d.gaps[f] > time.Second {
			t.Errorf("%d MHz: left alone for %v", f, d.gaps[f])
		}
	}
}

func TestLockHoldsAnAdapterUntilItEnds(t *testing.T) {
	for adapters := 1; adapters <= 3; adapters++ {
		d := newDrive(t, 1)
		d.heard = busy(3)
		var set []hop.Adapter
		for i := range adapters {
			set = append(set, radio("phy"+strconv.Itoa(i), 5*ms, band2(), band5()))
		}
		d.set(set...)
		d.run(20 * time.Second)
		d.policy(hop.Policy{Own: []wlan.MHz{2412}, Locks: []hop.Lock{{Frequency: 5300, Until: d.time().Add(30 * time.Second)}}})
		d.visits = nil
		d.run(12 * time.Second)
		visits := d.visits
		d.forget()
		d.run(18 * time.Second)
		d.visits = append(visits, d.visits...)
		if got := d.airtime()["phy0"]; len(got) != 1 || got[5300] < 29*time.Second {
			t.Errorf("%d adapters: in the half minute of the lock phy0 listened for %v", adapters, got)
		}
		if adapters > 1 {
			d.keeps(band2())
		}
		d.forget()
		d.run(30 * time.Second)
		if got := d.airtime()["phy0"][5300]; got > 15*time.Second {
			t.Errorf("%d adapters: after the lock phy0 listened for %v there", adapters, got)
		}
	}
}

func TestLocksOfSeveralTargetsTakeSeveralAdapters(t *testing.T) {
	until := epoch.Add(time.Hour)
	d := newDrive(t, 1)
	d.policy(hop.Policy{Locks: []hop.Lock{
		{Frequency: 5955, Until: until}, // only phy2 has it
		{Frequency: 2437, Until: until, Adapter: "phy1"},
		{Frequency: 2412, Until: until, Adapter: "phy1"}, // taken
		{Frequency: 2462, Until: epoch.Add(-time.Hour)},  // over
		{Frequency: 5825, Until: until, Adapter: "phy9"}, // absent
	}})
	d.set(radio("phy0", 5*ms, band2()), radio("phy1", 5*ms, band2(), band5()), radio("phy2", 5*ms, band2(), band5(), band6()))
	d.run(time.Minute)
	air := d.airtime()
	if len(air["phy1"]) != 1 || air["phy1"][2437] == 0 || len(air["phy2"]) != 1 || air["phy2"][5955] == 0 {
		t.Errorf("phy1 listened for %v, phy2 for %v", air["phy1"], air["phy2"])
	}
	if len(air["phy0"]) != 12 {
		t.Errorf("phy0 listened to %d channels, want all of 2.4 GHz but the locked one", len(air["phy0"]))
	}
	if got := d.Guaranteed(5500); got != 0 {
		t.Errorf("guaranteed %v for what only locked adapters have", got)
	}
}

// A lock that cannot be had does not stop the adapter.
func TestLockOnAChannelThatFailsLetsGo(t *testing.T) {
	d := newDrive(t, 1)
	d.refuses = func(_ string, f wlan.MHz) bool { return f == 2437 }
	d.policy(hop.Policy{Locks: []hop.Lock{{Frequency: 2437, Until: epoch.Add(time.Hour)}}})
	d.set(radio("phy0", 5*ms, band2()))
	d.run(time.Minute)
	if got := len(d.airtime()["phy0"]); got != 12 {
		t.Errorf("listened to %d channels, want 12", got)
	}
}

// Taps of a site, each with its own planner, share the work without speaking.
func TestSharesSplitTheWorkOfASite(t *testing.T) {
	frequencies := join(band2(), band5(), preferred6())
	most := 5
	if testing.Short() {
		most = 3
	}
	for taps := 2; taps <= most; taps++ {
		owners := make(map[wlan.MHz]int)
		for i := range taps {
			d := newDrive(t, uint64(i))
			d.policy(hop.Policy{Share: hop.Share{Index: i, Of: taps}})
			d.set(radio("phy0", 5*ms, frequencies))
			d.run(10 * time.Second)
			d.forget()
			d.run(5 * time.Minute)
			d.keeps(frequencies) // each still sees everything now and then
			air := d.airtime()[""]
			mine, spent := 0, time.Duration(0)
			for _, f := range frequencies {
				if air[f] > 5*time.Minute/time.Duration(2*len(frequencies)) {
					owners[f]++
					mine++
					spent += air[f]
				}
			}
			if fair := len(frequencies) / taps; mine < fair-fair/3-1 || mine > fair+fair/3+1 {
				t.Errorf("tap %d of %d looks after %d of %d channels", i, taps, mine, len(frequencies))
			}
			if spent < 200*time.Second {
				t.Errorf("tap %d of %d spent %v of 5m on its own channels", i, taps, spent)
			}
		}
		for _, f := range frequencies {
			if owners[f] != 1 {
				t.Errorf("%d taps: %d of them look after %d MHz", taps, owners[f], f)
			}
		}
	}
}

// 1, 6 and 11 are where most is; they fall to different taps.
func TestSharesSplitTheCrowdedChannels(t *testing.T) {
	for i := range 3 {
		d := newDrive(t, 1)
		d.policy(hop.Policy{Share: hop.Share{Index: i, Of: 3}})
		d.set(radio("phy0", 5*ms, band2(), band5()))
		d.run(30 * time.Second)
		mine := 0
		for _, f := range []wlan.MHz{2412, 2437, 2462} {
			if d.Guaranteed(f) == 10*time.Second {
				mine++
			}
		}
		if mine != 1 {
			t.Errorf("tap %d looks after %d of channels 1, 6 and 11", i, mine)
		}
	}
}

func TestPreferredScanningChannelsComeFirst(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band6()))
	d.run(15 * 115 * ms)
	for _, f := range preferred6() {
		if _, ok := d.begun[f]; !ok {
			t.Errorf("%d MHz is not among the first", f)
		}
	}
	d.forget()
	d.run(5 * time.Minute)
	d.keeps(band6())
	air := d.airtime()[""]
	psc, others := time.Duration(0), time.Duration(0)
	for f, spent := range air {
		if remote(f) {
			others += spent
		} else {
			psc += spent
		}
	}
	// 44 others against 15: by the guarantee, and little more.
	if others > psc {
		t.Errorf("%v on preferred channels, %v on others", psc, others)
	}
}

func TestAnnouncedChannelIsVisitedAtOnce(t *testing.T) {
	const announced = 5975 // channel 5 is preferred, 5 is 5975; 9 is 5995
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band6()))
	d.run(20 * time.Second)
	d.forget()
	target := wlan.MHz(announced + 20)
	d.Heard(hop.Heard{Adapter: "phy0", Frequency: 2437, At: d.time(), Listened: ms, Announced: []wlan.MHz{target, 1, 5180}})
	d.run(5 * time.Second)
	if got := d.airtime()[""][target]; got < 110*ms {
		t.Errorf("listened to the announced channel for %v in 5s", got)
	}
	if got := d.airtime()[""][target+20]; got > 110*ms {
		t.Errorf("listened to its neighbor for %v", got)
	}
}

func TestPolicyHasLimits(t *testing.T) {
	d := newDrive(t, 1)
	d.policy(hop.Policy{MinDwell: -1, MaxDwell: 1, Revisit: -5, Share: hop.Share{Index: 7, Of: 3}})
	d.set(radio("phy0", 0, band2(), band5()))
	d.costs["phy0"] = 5 * ms
	d.run(time.Minute)
	d.keeps(join(band2(), band5()))
	for _, v := range d.visits {
		if v.Dwell < 10*ms || v.Dwell > 150*ms {
			t.Fatalf("%+v", v)
		}
	}
}
