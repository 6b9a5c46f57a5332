package aggregate_test

import (
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/shared/build/corpus"
	"picket/shared/wire"
)

// packet is one record of a capture that the tests keep.
type packet struct {
	linkType uint16
	length   int
	data     []byte
}

func read(t testing.TB, paths ...string) []packet {
	t.Helper()
	var list []packet
	for _, path := range paths {
		f, err := capture.OpenFile(path)
		if err != nil {
			continue // conformance tests say which cannot be read
		}
		var p capture.Packet
		for f.Next(&p) == nil {
			list = append(list, packet{uint16(p.LinkType), p.Length, append([]byte(nil), p.Data...)})
		}
		f.Close()
	}
	return list
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// vary changes addresses and sequence numbers, differently in each cycle, so that
// hardly a frame repeats and the tables overflow.
func vary(p packet, cycle int) packet {
	b := append([]byte(nil), p.data...)
	x := uint16(cycle * 40503)
	change := func(at int) {
		if at+6 <= len(b) && b[at]&1 == 0 {
			b[at+4] ^= byte(x >> 8)
			b[at+5] ^= byte(x)
		}
	}
	switch p.linkType {
	case 127:
		if len(b) < 4 {
			break
		}
		h := int(binary.LittleEndian.Uint16(b[2:]))
		if h+24 <= len(b) && b[h]>>2&3 != 1 {
			change(h + 4)
			change(h + 10)
			change(h + 16)
			b[h+23] ^= byte(x >> 8)
		}
	case 1:
		change(0)
		change(6)
		if len(b) > 34 && b[12] == 8 && b[13] == 0 {
			b[28] ^= byte(x >> 8)
			b[32] ^= byte(x)
		}
	}
	p.data = b
	return p
}

// TestSummaryEqualsTheReference feeds the same frames to the aggregator and to the
// slow reference, also so many different ones that every table overflows, and
// compares every field of every row, after the report went over the wire.
func TestSummaryEqualsTheReference(t *testing.T) {
	t.Parallel()
	lab := glob(t, filepath.Join("..", "labcaptures", "*.pcap"))
	for _, c := range []struct {
		name   string
		files  func() []string
		cycles int
		vary   bool
	}{
		{"lab captures", func() []string { return lab }, 2, false},
		{"lab captures, addresses changed", func() []string { return lab }, 20, true},
		{"802.11 corpus", func() []string { return glob(t, filepath.Join(corpus.Dir(t), "dot11", "*")) }, 2, false},
		{"802.11 corpus, addresses changed", func() []string { return glob(t, filepath.Join(corpus.Dir(t), "dot11", "*")) }, 3, true},
		{"Ethernet corpus", func() []string { return glob(t, filepath.Join(corpus.Dir(t), "ethernet", "*")) }, 1, false},
		{"Ethernet corpus, addresses changed", func() []string { return glob(t, filepath.Join(corpus.Dir(t), "ethernet", "*")) }, 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			packets := read(t, c.files()...)
			if len(packets) == 0 {
				t.Fatal("no captures here")
			}
			compareWithReference(t, packets, c.cycles, c.vary)
		})
	}
}

func compareWithReference(t *testing.T, packets []packet, cycles int, varied bool) {
	const length = 10 * time.Second
	defs := aggregate.NewDefinitions()
	shard := aggregate.NewShard(defs, "")
	shard.Window = aggregate.NewWindow()
	known := newDefinitions()
	start := int64(1_700_000_000_000_000_000)
	step := int64(length) / 150_000 // frames in a window
	at, frames, windows, refused := start, 0, 0, 0
	shard.Window.Reset(start, length)
	ref := newReference(start, int64(length))
	ref.tunedAt = start
	finish := func() {
		shard.Window.Close(start + int64(length))
		r := aggregate.Report(defs, []*aggregate.Window{shard.Window}, []uint32{1})
		r.Header = header(start, length, uint64(windows+1))
		r.Health.Captures = oneCapture()
		b, err := wire.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if r, err = wire.Decode(b); err != nil {
			t.Fatal(err)
		}
		refused += len(r.Health.Refused)
		if d := differences(ref.finish(), tables(r, known), 20); len(d) > 0 {
			t.Fatalf("window %d:\n%s", windows, strings.Join(d, "\n"))
		}
		windows++
	}
	for cycle := range cycles {
		for _, p := range packets {
			if at >= start+int64(length) {
				finish()
				start += int64(length)
				place := shard.Window.Place()
				shard.Window.Reset(start, length)
				shard.Window.Follow(place)
				ref = newReference(start, int64(length))
				ref.tuned, ref.tunedAt = place.Frequency, start
			}
			if varied {
				p = vary(p, cycle)
			}
			shard.Add(p.linkType, at, p.length, p.data)
			ref.add(p.linkType, at, p.length, p.data)
			at += step
			frames++
		}
	}
	finish()
	if varied && cycles > 10 && refused == 0 {
		t.Error("no table overflowed: the bounds were not compared")
	}
	t.Logf("%d frames in %d windows are equal; %d tables overflowed", frames, windows, refused)
}

// TestAddDoesNotAllocate is the promise of the hot path: nothing in steady state.
func TestAddDoesNotAllocate(t *testing.T) {
	packets := read(t, glob(t, filepath.Join("..", "labcaptures", "*.pcap"))...)
	shard := aggregate.NewShard(aggregate.NewDefinitions(), "")
	shard.Window = aggregate.NewWindow()
	start := int64(1_700_000_000_000_000_000)
	cycle := func() {
		shard.Window.Reset(start, 10*time.Second)
		for i, p := range packets {
			shard.Add(p.linkType, start+int64(i)*1000, p.length, p.data)
		}
	}
	cycle() // tables grow, announcements are learnt
	if n := testing.AllocsPerRun(3, cycle); n != 0 {
		t.Errorf("%v allocations for %d frames, want 0", n, len(packets))
	}
}

func BenchmarkAdd(b *testing.B) {
	packets := read(b, glob(b, filepath.Join("..", "labcaptures", "*.pcap"))...)
	shard := aggregate.NewShard(aggregate.NewDefinitions(), "")
	shard.Window = aggregate.NewWindow()
	start := int64(1_700_000_000_000_000_000)
	shard.Window.Reset(start, time.Hour)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := &packets[i%len(packets)]
		shard.Add(p.linkType, start+int64(i)*1000, p.length, p.data)
	}
}
