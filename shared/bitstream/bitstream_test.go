package bitstream_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"picket/shared/bitstream"
)

// Numbers of mixed widths come back, one by one and by the column, also where a
// number ends with the last octet.
func TestNumbersComeBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		widths, values := make([]int, rng.IntN(40)), []uint64{}
		var w bitstream.Writer
		bits := 0
		for i := range widths {
			widths[i] = rng.IntN(65)
			v := rng.Uint64()
			if widths[i] < 64 {
				v &= 1<<widths[i] - 1
			}
			values = append(values, v)
			w.Put(v, widths[i])
			bits += widths[i]
		}
		r := bitstream.Reader{B: w.Flush()}
		if len(r.B) != (bits+7)/8 {
			t.Fatalf("%d bits in %d octets", bits, len(r.B))
		}
		for i, width := range widths {
			if got := r.Get(width); got != values[i] {
				t.Fatalf("number %d of widths %v is %#x, want %#x", i, widths, got, values[i])
			}
		}
		if r.Octets() != len(r.B) || r.Left() != 8*len(r.B)-bits {
			t.Fatalf("%d of %d octets read, %d bits left", r.Octets(), len(r.B), r.Left())
		}
	}
}

func TestFillAndCompleteReadAsGetDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for width := range 65 {
		var w bitstream.Writer
		w.Put(5, 3) // off the octet
		want := make([]uint64, 25)
		for i := range want {
			want[i] = rng.Uint64() >> (64 - width)
			if width == 0 {
				want[i] = 0
			}
			w.Put(want[i], width)
			want[i] += 7
		}
		r, got := bitstream.Reader{B: w.Flush(), At: 3}, make([]uint64, len(want))
		r.Fill(got, width, 7)
		if !slices.Equal(got, want) {
			t.Fatalf("width %d: %v, want %v", width, got, want)
		}
	}
	var w bitstream.Writer
	lengths, want := []uint64{}, []uint64{}
	for n := range 65 {
		v := rng.Uint64()>>1 | 1<<63
		v >>= 64 - n
		if n == 0 {
			v = 0
		}
		lengths, want = append(lengths, uint64(n)), append(want, v)
		if n > 1 {
			w.Put(v&(1<<(n-1)-1), n-1)
		}
	}
	r := bitstream.Reader{B: w.Flush()}
	r.Complete(lengths)
	if !slices.Equal(lengths, want) {
		t.Errorf("completed %x, want %x", lengths, want)
	}
}
