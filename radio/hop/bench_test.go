package hop_test

import (
	"runtime"
	"testing"
	"time"

	"picket/radio/hop"
	"picket/shared/wlan"
)

func large() (*hop.Planner, []wlan.MHz) {
	p := hop.NewPlanner(1)
	p.SetPolicy(hop.Policy{Own: []wlan.MHz{2437, 5180, 5500}}, epoch)
	all := join(band2(), band5(), band6())
	p.SetAdapters([]hop.Adapter{radio("phy0", 5*ms, all), radio("phy1", 5*ms, all)}, epoch)
	return p, all
}

// A visit of one of two adapters over 99 channels, and what it heard.
func BenchmarkVisit(b *testing.B) {
	p, _ := large()
	now := epoch
	b.ReportAllocs()
	for i := range b.N {
		name := "phy0"
		if i%2 == 1 {
			name = "phy1"
		}
		v := p.Next(name, now)
		now = now.Add(30 * ms)
		p.Heard(hop.Heard{Adapter: name, Frequency: v.Frequency, At: now, Listened: 25 * ms, Beacons: 3, Stations: 1})
	}
}

func BenchmarkHeard(b *testing.B) {
	p, all := large()
	now := epoch
	b.ReportAllocs()
	for i := range b.N {
		now = now.Add(ms)
		p.Heard(hop.Heard{Adapter: "phy0", Frequency: all[i%len(all)], At: now, Listened: 25 * ms, Beacons: 3, Stations: 1, Interest: 1, Announced: all[60:64]})
	}
}

func TestPlanningDoesNotAllocateNorGrow(t *testing.T) {
	p, all := large()
	now := epoch
	step := func() {
		for _, name := range []string{"phy0", "phy1"} {
			v := p.Next(name, now)
			p.Tuned(name, 5*ms)
			p.Heard(hop.Heard{Adapter: name, Frequency: v.Frequency, At: now, Listened: 50 * ms, Stations: 1, Interest: 1, Announced: all[70:73]})
			now = now.Add(27 * ms)
		}
	}
	for range 1000 {
		step()
	}
	// Once a minute duties are shared out anew, which allocates.
	if n := testing.AllocsPerRun(1000, step); n > 2 {
		t.Errorf("two visits allocate %v times", n)
	}
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := inUse()
	for range 50_000 { // three quarters of an hour
		step()
	}
	for f := range wlan.MHz(10_000) { // frequencies that a capture may claim
		p.Heard(hop.Heard{Adapter: "phy0", Frequency: f, At: now, Listened: time.Second, Announced: []wlan.MHz{f}})
	}
	if after := inUse(); after > before+200_000 {
		t.Errorf("%d octets in use, %d before", after, before)
	}
	runtime.KeepAlive(p)
}
