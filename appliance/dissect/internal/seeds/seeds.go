// Package seeds gives the dissectors' tests their frames, and checks what all
// dissectors promise (appliance/dissect).
package seeds

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"testing"

	"picket/appliance/dissect"
	"picket/appliance/labcaptures"
	"picket/shared/build/corpus"
)

const radiotap = 127 // LINKTYPE_IEEE802_11_RADIOTAP

// Frames calls add with frames of the laboratory's captures, a few of every kind
// in each file, and in a long campaign (PICKET_FUZZ_SEEDS=corpus) with frames of
// the corpus. linkType is the LINKTYPE_ value.
func Frames(tb testing.TB, add func(linkType uint16, frame []byte)) {
	tb.Helper()
	const each = 2
	for _, name := range Captures(tb) {
		kinds := make(map[byte]int)
		for _, frame := range Capture(tb, name) {
			at := int(binary.LittleEndian.Uint16(frame[2:]))
			if kind := frame[min(at, len(frame)-1)]; kinds[kind] < each {
				kinds[kind]++
				add(radiotap, frame)
			}
		}
	}
	for _, folder := range []string{"dot11", "ethernet", "malformed"} {
		corpus.Frames(tb, folder, 10, func(linkType int, frame []byte) { add(uint16(linkType), frame) })
	}
}

// Captures returns the names of the laboratory's captures.
func Captures(tb testing.TB) []string {
	tb.Helper()
	names, err := fs.Glob(labcaptures.FS(), "*.pcap")
	if err != nil {
		tb.Fatal(err)
	}
	return names
}

// Capture returns the frames of one of the laboratory's captures: little-endian
// pcap of link type radiotap, with no frame cut short.
func Capture(tb testing.TB, name string) [][]byte {
	tb.Helper()
	b, err := fs.ReadFile(labcaptures.FS(), name)
	if err != nil {
		tb.Fatal(err)
	}
	const header, record = 24, 16
	if len(b) < header || binary.LittleEndian.Uint32(b) != 0xa1b2c3d4 || binary.LittleEndian.Uint32(b[20:]) != radiotap {
		tb.Fatalf("%s is of another kind", name)
	}
	var frames [][]byte
	for b = b[header:]; len(b) >= record; {
		size := int(binary.LittleEndian.Uint32(b[8:]))
		frames = append(frames, b[record:record+size:record+size])
		b = b[record+size:]
	}
	return frames
}

// Promises checks what every Decode promises of the octets in b: it reads nothing
// behind them, ends with one of the package's errors, writes nothing into the
// buffer, keeps no reference to it, and replaces all of what it fills. view
// returns what of that is to be compared.
func Promises[T any, V comparable](t *testing.T, b []byte, decode func([]byte, *T) error, view func(*T) V) {
	t.Helper()
	buffer := append(make([]byte, 0, len(b)), b...)
	var fresh, used T
	err := decode(buffer[:len(b):len(b)], &fresh)
	if err != nil && !errors.Is(err, dissect.ErrTruncated) && !errors.Is(err, dissect.ErrMalformed) {
		t.Errorf("error %v is not of package dissect", err)
	}
	if !bytes.Equal(buffer, b) {
		t.Fatal("the buffer was written to")
	}
	want := view(&fresh)
	for i := range buffer {
		buffer[i] ^= 0xff
	}
	if view(&fresh) != want {
		t.Fatalf("the result changed with the buffer: %+v, was %+v", view(&fresh), want)
	}
	_ = decode(buffer, &used)
	if again := decode(b, &used); !errors.Is(again, err) {
		t.Errorf("decoded again: error %v, was %v", again, err)
	}
	if got := view(&used); got != want {
		t.Errorf("decoded over another result: %+v, want %+v", got, want)
	}
}

// Itself is the view of a structure that is comparable as it stands.
func Itself[T comparable](v *T) T { return *v }

// NoAllocation checks that f allocates nothing.
func NoAllocation(t *testing.T, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(100, f); n != 0 {
		t.Errorf("%v allocations a frame, want none", n)
	}
}
