package hop_test

import (
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

func TestAdapterThatLeavesIsReplacedByTheOthers(t *testing.T) {
	frequencies := join(band2(), band5())
	d := newDrive(t, 1)
	d.heard = busy(1)
	two := boxes["two alike"]()
	d.set(two...)
	d.run(60*time.Second + 7*ms) // in the middle of visits
	d.set(two[1])
	d.run(11 * time.Second)
	d.forget()
	d.run(time.Minute)
	d.keeps(frequencies)
	if air := d.airtime(); air["phy0"] != nil {
		t.Error("the adapter that left has visits")
	}
	if v := d.Next("phy0", d.time()); v.Frequency != 0 {
		t.Errorf("the adapter that left is sent to %d MHz", v.Frequency)
	}
	d.set()
	d.run(time.Minute)
	d.set(two...)
	d.run(30 * time.Second)
	d.forget()
	d.run(time.Minute)
	d.keeps(frequencies)
}

// An adapter that comes takes its part of the work at once, and what only it can
// hear is swept first.
func TestAdapterThatComesSweepsWhatIsNew(t *testing.T) {
	d := newDrive(t, 1)
	first := radio("phy0", 5*ms, band2())
	d.set(first)
	d.run(30 * time.Second)
	d.set(first, radio("phy1", 5*ms, band2(), band5()))
	d.run(27*115*ms + 200*ms)
	for _, f := range band5() {
		if _, ok := d.begun[f]; !ok {
			t.Errorf("%d MHz was not visited", f)
		}
	}
	d.forget()
	d.run(time.Minute)
	air := d.airtime()
	share := time.Duration(0)
	for _, f := range band2() {
		share += air["phy1"][f]
	}
	if share > 20*time.Second { // nothing tells the channels apart, so all get the same
		t.Errorf("phy1 spent %v of a minute on what phy0 hears", share)
	}
}

func TestChannelThatFailsIsAvoidedForAWhile(t *testing.T) {
	d := newDrive(t, 1)
	tried := 0
	broken := true
	d.refuses = func(_ string, f wlan.MHz) bool {
		if f == 5600 && broken {
			tried++
			return true
		}
		return false
	}
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(time.Hour)
	// After 30 s, 1, 2, 4, 8 and then each 10 min: 9 in the first hour or so.
	if tried < 6 || tried > 11 {
		t.Errorf("tried %d times in an hour", tried)
	}
	if d.Guaranteed(5600) != 0 {
		t.Error("a revisit is promised")
	}
	var rest []wlan.MHz
	for _, f := range join(band2(), band5()) {
		if f != 5600 {
			rest = append(rest, f)
		}
	}
	d.keeps(rest)
	broken = false
	d.run(15 * time.Minute)
	d.forget()
	d.run(time.Minute)
	d.keeps([]wlan.MHz{5600})
}

func TestChannelThatFailsIsLeftToAnotherAdapter(t *testing.T) {
	d := newDrive(t, 1)
	d.refuses = func(adapter string, f wlan.MHz) bool { return adapter == "phy0" && f.Band() == wlan.Band5GHz }
	d.set(boxes["two alike"]()...)
	d.run(time.Minute)
	d.forget()
	d.run(2 * time.Minute)
	d.keeps(join(band2(), band5()))
}

func TestAdapterThatFailsEverywhereRests(t *testing.T) {
	d := newDrive(t, 1)
	tried := 0
	d.refuses = func(string, wlan.MHz) bool { tried++; return true }
	d.set(radio("phy0", 5*ms, band2()))
	d.run(10 * time.Minute)
	if len(d.visits) != 0 || tried > 13*6 {
		t.Errorf("%d visits, tried %d times", len(d.visits), tried)
	}
}

// What has gone is no channel's fault.
func TestGoneAdapterBlamesNoChannel(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2()))
	v := d.Next("phy0", d.time())
	d.Gone("phy0", d.time())
	if again := d.Next("phy0", d.time()); again.Frequency != v.Frequency || again.Reason != hop.Sweep {
		t.Errorf("first %+v, then %+v", v, again)
	}
}

// A transmitter that invents addresses, beacons and deauthentications without end on
// one channel gets more attention, and never all of it.
func TestInventedAddressesDoNotStarveTheOthers(t *testing.T) {
	d := newDrive(t, 1)
	d.heard = func(v visit, h *hop.Heard) {
		h.Beacons, h.Stations = 1, 1
		if v.Frequency == 2437 {
			*h = hop.Heard{
				Adapter: h.Adapter, Frequency: h.Frequency, At: h.At, Listened: h.Listened,
				Frames: 1 << 31, Beacons: 1 << 31, BSSs: 1 << 31, Stations: 1 << 31, Interest: 1 << 31,
			}
		}
	}
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(10 * time.Second)
	d.forget()
	d.run(5 * time.Minute)
	d.keeps(join(band2(), band5()))
	if got := d.airtime()[""][2437]; got > 200*time.Second {
		t.Errorf("the loud channel took %v of 5m", got)
	}
}

func TestDwellFollowsInterest(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(20 * time.Second)
	d.heard = func(v visit, h *hop.Heard) {
		if v.Frequency == 5500 {
			h.Interest = 5
		}
	}
	d.run(20 * time.Second)
	d.forget()
	d.run(20 * time.Second)
	air := d.airtime()[""]
	if mean := 20 * time.Second / 40; air[5500] < 3*mean {
		t.Errorf("listened to the channel of interest for %v, to others for %v on average", air[5500], mean)
	}
	for _, v := range d.visits {
		if v.Frequency == 5500 && v.Reason == hop.Information && v.Dwell < 250*ms {
			t.Errorf("%+v: want a long visit", v)
			break
		}
	}
}

func TestSlowAdapterStaysLonger(t *testing.T) {
	dwell := func(cost time.Duration) time.Duration {
		d := newDrive(t, 1)
		d.set(hop.Adapter{Name: "phy0", Frequencies: band2()}) // the cost is learnt
		d.costs["phy0"] = cost
		d.run(time.Minute)
		d.forget()
		d.run(time.Minute)
		total := time.Duration(0)
		for _, v := range d.visits {
			total += v.Dwell
		}
		return total / time.Duration(len(d.visits))
	}
	fast, slow := dwell(2*ms), dwell(100*ms)
	if fast > 60*ms || slow < 100*ms {
		t.Errorf("visits of %v when a switch costs 2ms, of %v when it costs 100ms", fast, slow)
	}
}

func TestDriverBearsNoShortVisits(t *testing.T) {
	d := newDrive(t, 1)
	a := radio("phy0", 5*ms, band2())
	a.MinDwell = 300 * ms
	d.set(a)
	d.run(time.Minute)
	for _, v := range d.visits {
		if v.Dwell < 300*ms {
			t.Fatalf("%+v", v)
		}
	}
	d.keeps(band2())
}

func TestTimeThatGoesBackIsBorne(t *testing.T) {
	p := hop.NewPlanner(1)
	p.Heard(hop.Heard{Frequency: 2437, At: epoch}) // before anything else
	p.SetAdapters([]hop.Adapter{radio("phy0", 5*ms, band2())}, epoch)
	for i := range 1000 {
		at := epoch.Add(time.Duration(i%7) * time.Minute)
		v := p.Next("phy0", at)
		p.Heard(hop.Heard{Adapter: "phy0", Frequency: v.Frequency, At: at.Add(-time.Hour * time.Duration(i%3)), Listened: time.Duration(i%5-1) * time.Hour})
		if v.Frequency == 0 || v.Dwell <= 0 {
			t.Fatalf("%+v", v)
		}
	}
}
