package hop

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// Stations that begin to send at a known rate, listened to in visits of any length
// and gap: the estimate must not depend on how one listened.
func TestEstimateDoesNotDependOnHowOneListened(t *testing.T) {
	const truth = 0.8 // per second
	for _, listen := range []struct{ dwell, gap time.Duration }{
		{50 * time.Millisecond, 500 * time.Millisecond},
		{50 * time.Millisecond, 10 * time.Second},
		{250 * time.Millisecond, time.Second},
		{100 * time.Millisecond, 100 * time.Millisecond}, // parked, told in slices
		{2 * time.Second, 20 * time.Second},
	} {
		r := rand.New(rand.NewPCG(1, uint64(listen.gap)))
		type station struct{ begin, end float64 }
		var on []station
		const length = 4000.0
		for at := 0.0; at < length; at += r.ExpFloat64() / truth {
			on = append(on, station{at, at + r.ExpFloat64()*stationOn})
		}
		k := knowledge{unheard: stationOn}
		heard := make(map[int]bool)
		past := 0 // of the stations, those that are long gone
		for at := time.Duration(0); at.Seconds() < length-10; at += listen.gap {
			from, to := at.Seconds(), (at + listen.dwell).Seconds()
			var h Heard
			for past < len(on) && on[past].begin < from-15*stationOn {
				past++
			}
			for i := past; i < len(on) && on[i].begin < to; i++ {
				s := on[i]
				both := min(to, s.end) - max(from, s.begin)
				if both > 0 && !heard[i] && r.Float64() < 1-math.Exp(-stationRate*both) {
					heard[i] = true
					h.Stations++
				}
			}
			k.hear(at, at+listen.dwell, &h)
		}
		if got := k.stations.count / k.stations.exposure; got < truth*0.85 || got > truth*1.15 {
			t.Errorf("%v every %v: %.3f per second, want %.1f", listen.dwell, listen.gap, got, truth)
		}
	}
}

func TestListeningTwiceAtOnceCountsOnce(t *testing.T) {
	var once, twice knowledge
	h := Heard{Beacons: 3}
	once.hear(time.Second, 2*time.Second, &h)
	twice.hear(time.Second, 2*time.Second, &h)
	twice.hear(time.Second, 2*time.Second, &Heard{})
	if once.bsss != twice.bsss || once.stations != twice.stations {
		t.Errorf("once %+v, twice %+v", once, twice)
	}
}

func TestLittleKnownChannelsAreThoughtAverage(t *testing.T) {
	var nothing rate
	quiet, loud := rate{count: 0, exposure: 100}, rate{count: 500, exposure: 100}
	got := nothing.value(1, 1)
	if got < 1 || got > 2.5 || quiet.value(1, 1) > 0.1 || loud.value(1, 1) < 4.8 {
		t.Errorf("nothing known %.2f, quiet %.2f, loud %.2f", got, quiet.value(1, 1), loud.value(1, 1))
	}
	if remote := nothing.value(1, faithRemote); remote > got/10 {
		t.Errorf("a remote channel is worth %.2f, others %.2f", remote, got)
	}
}

// worth is V − g·V′ of the yield V that its comment gives.
func TestWorthIsTheYieldThatWaitingDoesNotBring(t *testing.T) {
	for _, hit := range []float64{0.05, 0.4, 1} {
		yield := func(g float64) float64 {
			y := math.Exp(-g / stationOn)
			return stationOn * hit * (1 - y) / (1 - (1-hit)*y)
		}
		before := 0.0
		for g := 0.01; g < 30; g *= 1.3 {
			slope := (yield(g+1e-6) - yield(g-1e-6)) / 2e-6
			got := worth(g, stationOn, hit)
			if want := yield(g) - g*slope; math.Abs(got-want) > 1e-6 || got < before {
				t.Errorf("gap %.2f, hit %.2f: %v, want %v and more than before", g, hit, got, want)
			}
			before = got
		}
	}
}

func TestBestDwellYieldsMost(t *testing.T) {
	for _, cost := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 30 * time.Millisecond, 200 * time.Millisecond} {
		per := func(d time.Duration) float64 {
			return (1 - math.Exp(-stationRate*d.Seconds())) / (d + cost).Seconds()
		}
		best := bestDwell(cost)
		if best <= 0 || per(best) < per(best*9/10) || per(best) < per(best*11/10) {
			t.Errorf("cost %v: %v", cost, best)
		}
	}
}
