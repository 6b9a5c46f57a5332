package rollup_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picket/server/store/rollup"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

var start = time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)

// window is the report of the nth window of ten seconds.
func window(n int) (rollup.Window, *wirepb.Report) {
	at := start.Add(time.Duration(n) * 10 * time.Second)
	r := wiretest.Office{BSSs: 40, Stations: 60, Hosts: 10, Seed: uint64(n % 7), Sequence: uint64(n + 1), StartUS: at.UnixMicro()}.Report()
	return rollup.Window{Start: at, Length: 10 * time.Second}, r
}

type line struct {
	Key rollup.Key
	Row rollup.Row
}

func lines(b *rollup.Builder) [][]line {
	var all [][]line
	for _, f := range rollup.Families() {
		var of []line
		keys, rows := b.Rows(f.ID)
		for i := range keys {
			of = append(of, line{keys[i], *rows[i]})
		}
		all = append(all, of)
	}
	return all
}

func build(order []int) *rollup.Builder {
	b, families := new(rollup.Builder), rollup.Families()
	for _, n := range order {
		w, r := window(n)
		b.AddAir(families, w, []string{"wlan0", "wlan1"}, r)
		b.AddWire(families, w, r)
	}
	return b
}

func TestTheOrderOfWindowsDoesNotMatter(t *testing.T) {
	order := make([]int, 60)
	for i := range order {
		order[i] = i
	}
	want := lines(build(order))
	for _, f := range rollup.Families() {
		if len(want[f.ID]) == 0 {
			t.Errorf("%s has no row: this test shows nothing of it", f.Name)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	if d := cmp.Diff(want, lines(build(order))); d != "" {
		t.Error(d)
	}
}

// What the tables say together is what the reports say one by one.
func TestSumsAreThoseOfTheReports(t *testing.T) {
	var order []int
	var frames, bytes, sent, requests, disconnects int64
	for n := range 20 {
		order = append(order, n)
		_, r := window(n)
		for i := range r.Bss.Bssid {
			frames, bytes = frames+int64(r.Bss.Frames[i]), bytes+int64(r.Bss.Bytes[i])
		}
		for i := range r.Stations.Station {
			sent += int64(r.Stations.FramesSent[i])
		}
		for _, q := range r.Probes.Requests {
			requests += int64(q)
		}
		for _, d := range r.Disconnects.Frames {
			disconnects += int64(d)
		}
	}
	b := build(order)
	for _, c := range []struct {
		family rollup.ID
		value  string
		want   int64
	}{
		{rollup.BSS, "frames", frames}, {rollup.BSS, "bytes", bytes}, {rollup.Station, "frames_sent", sent},
		{rollup.Probe, "requests", requests}, {rollup.Disconnect, "frames", disconnects},
	} {
		f := rollup.Families()[c.family]
		v := slices.IndexFunc(f.Values, func(v rollup.Value) bool { return v.Name == c.value })
		var got int64
		_, rows := b.Rows(c.family)
		for _, r := range rows {
			got += r[v]
		}
		if got != c.want {
			t.Errorf("%s %s: %d, want %d", f.Name, c.value, got, c.want)
		}
	}
}

func TestRadiosSideBySideAreNotAddedUp(t *testing.T) {
	families := rollup.Families()
	channels := func(listened ...uint32) rollup.Row {
		b := new(rollup.Builder)
		r := &wirepb.Report{Channels: &wirepb.ChannelTable{}}
		for i, ms := range listened {
			c := r.Channels
			c.Capture, c.FrequencyMhz = append(c.Capture, uint32(i+1)), append(c.FrequencyMhz, 2412)
			c.ListenedMs, c.Frames = append(c.ListenedMs, ms), append(c.Frames, uint32(100*(i+1)))
		}
		b.AddAir(families, rollup.Window{Start: start, Length: 10 * time.Second}, []string{"one", "two"}, r)
		if b.Len(rollup.Coverage) != len(listened) {
			t.Errorf("%d rows of coverage, want one a radio", b.Len(rollup.Coverage))
		}
		_, rows := b.Rows(rollup.Channel)
		return *rows[0]
	}
	if got := channels(10_000, 10_000); got[0] != 10_000 || got[1] != 200 {
		t.Errorf("two radios for all of the window: %d ms and %d frames, want those of the one that heard more", got[0], got[1])
	}
	if got := channels(4_000, 5_000); got[0] != 9_000 || got[1] != 300 {
		t.Errorf("two radios in turn: %d ms and %d frames, want both", got[0], got[1])
	}
}

func TestASignalThatWasNotMeasuredIsNone(t *testing.T) {
	families, b := rollup.Families(), new(rollup.Builder)
	w := rollup.Window{Start: start, Length: 10 * time.Second}
	for _, s := range []*wirepb.Signals{
		{Count: []uint32{0}, MinDbm: []int32{-5}, MaxDbm: []int32{-5}, SumDbm: []int32{-5}},
		{Count: []uint32{2}, MinDbm: []int32{-70}, MaxDbm: []int32{-60}, SumDbm: []int32{-130}},
		nil,
	} {
		b.AddAir(families, w, nil, &wirepb.Report{
			Dictionary: &wirepb.Dictionary{Macs: []byte{0, 0, 0x5e, 0, 0x53, 1}},
			Bss:        &wirepb.BSSTable{Bssid: []uint32{1}, Frames: []uint32{3}, Signals: s},
		})
	}
	_, rows := b.Rows(rollup.BSS)
	want := rollup.Row{3, 9, 0, 2, -130, -70, -60, start.UnixMicro()}
	if d := cmp.Diff(want, *rows[0]); d != "" {
		t.Error(d)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	families, b := rollup.Families(), new(rollup.Builder)
	f := &families[rollup.BSS]
	for i := range f.MaxRows + 100 {
		b.Add(f, rollup.Key{MHz: int32(i)}, &rollup.Row{1})
	}
	b.Add(f, rollup.Key{MHz: 1}, &rollup.Row{1}) // what is there goes on
	if b.Len(rollup.BSS) != f.MaxRows || b.Refused() != 100 {
		t.Errorf("%d rows and %d refused, want %d and 100", b.Len(rollup.BSS), b.Refused(), f.MaxRows)
	}
	if _, rows := b.Rows(rollup.BSS); rows[1][0] != 2 {
		t.Errorf("row that was there has %d windows, want 2", rows[1][0])
	}
}

// Rows that wire.Validate would refuse must not bring anything down: raw windows
// come from a database that somebody may have touched.
func FuzzAdd(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0}, uint32(3), int32(-40))
	f.Fuzz(func(_ *testing.T, macs []byte, index uint32, sum int32) {
		r := &wirepb.Report{
			Dictionary: &wirepb.Dictionary{Macs: macs},
			Bss:        &wirepb.BSSTable{Bssid: []uint32{index, 1}, Ssid: []uint32{index}, Bytes: []uint64{1 << 63}, Signals: &wirepb.Signals{Count: []uint32{index}, SumDbm: []int32{sum}}},
			Stations:   &wirepb.StationTable{Station: []uint32{index}, Bssid: []uint32{index, 2}},
			Channels:   &wirepb.ChannelTable{Capture: []uint32{index}, NoiseSumDbm: []int32{sum}},
		}
		if index%2 == 0 { // Signals.Sum and the like too short for their count
			r.Bss.Signals.SumDbm = nil
		}
		b := new(rollup.Builder)
		for range 2 {
			b.AddAir(rollup.Families(), rollup.Window{Start: start, Length: time.Second}, nil, r)
			b.AddWire(rollup.Families(), rollup.Window{Start: start}, r)
		}
		for _, f := range rollup.Families() {
			b.Rows(f.ID)
		}
	})
}

func BenchmarkTenMinutes(b *testing.B) {
	families := rollup.Families()
	_, r := window(0)
	b.ReportAllocs()
	for b.Loop() {
		t := new(rollup.Builder)
		for n := range 60 {
			w := rollup.Window{Start: start.Add(time.Duration(n) * 10 * time.Second), Length: 10 * time.Second}
			t.AddAir(families, w, []string{"wlan0"}, r)
		}
	}
}
