package hop_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

// An office of seven APs over three bands, two clients each that send five frames
// per second, and two adapters that know nothing of it: after eight seconds nearly
// all clients were heard. Most of 99 channels are empty, and one look has to tell.
func TestFewClientsAreHeardWithinSeconds(t *testing.T) {
	const rate, clients, runs = 5.0, 2, 20
	missed := 0
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(seed, 9))
		heard := make(map[wlan.MHz]*[clients]bool)
		for _, f := range []wlan.MHz{2412, 2437, 2462, 5180, 5500, 5975, 6055} {
			heard[f] = new([clients]bool)
		}
		d := newDrive(t, seed)
		d.heard = func(v visit, h *hop.Heard) {
			there := heard[v.Frequency]
			if there == nil {
				return
			}
			h.Beacons, h.BSSs = uint32(v.Dwell/(102*ms)), 1
			for i := range there {
				if r.Float64() < 1-math.Exp(-rate*v.Dwell.Seconds()) {
					if !there[i] {
						h.Stations++
					}
					there[i] = true
				}
			}
		}
		d.set(radio("phy0", ms, band2(), band5(), band6()), radio("phy1", ms, band2(), band5(), band6()))
		d.run(8 * time.Second)
		for _, there := range heard {
			for _, was := range there {
				if !was {
					missed++
				}
			}
		}
	}
	if all := runs * clients * 7; missed > all*5/100 {
		t.Errorf("%d of %d clients were not heard in 8s", missed, all)
	}
}

func TestChannelWithNewBSSsGetsALongVisit(t *testing.T) {
	d := newDrive(t, 1)
	d.set(radio("phy0", 5*ms, band2(), band5()))
	d.run(30 * time.Second)
	d.forget()
	d.Heard(hop.Heard{Adapter: "phy0", Frequency: 5500, At: d.time(), Listened: 50 * ms, BSSs: 1, Beacons: 1})
	d.run(time.Second)
	long := 0
	for _, v := range d.visits {
		if v.Frequency == 5500 && v.Dwell >= 250*ms {
			long++
		}
	}
	if long != 1 {
		t.Errorf("%d long visits, want 1", long)
	}
}
