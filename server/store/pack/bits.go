package pack

import (
	"math/bits"

	"picket/shared/bitstream"
)

// A writer also knows numbers of no set width.
type writer struct{ bitstream.Writer }

// number appends a number of any size: its length in 7 bits, then what is below
// its highest bit, which is 1.
func (w *writer) number(v uint64) {
	n := bits.Len64(v)
	w.Put(uint64(n), 7)
	if n > 1 {
		w.Put(v&(1<<(n-1)-1), n-1)
	}
}

// A reader is its reverse. Beyond the end it reads zeroes and says short.
type reader struct {
	bitstream.Reader
	short bool
}

func (r *reader) get(width int) uint64 {
	if width > r.Left() {
		r.short, r.At = true, 8*len(r.B)
		return 0
	}
	return r.Get(width)
}

func (r *reader) number() uint64 {
	n := int(r.get(7))
	switch {
	case n > 64:
		r.short = true
		return 0
	case n <= 1:
		return uint64(n)
	}
	return 1<<(n-1) | r.get(n-1)
}

// peek returns the next width bits, at most 8, zeroes beyond the end.
func (r *reader) peek(width int) int {
	i, shift := r.At>>3, r.At&7
	v := 0
	if i < len(r.B) {
		v = int(r.B[i])
	}
	if i+1 < len(r.B) {
		v |= int(r.B[i+1]) << 8
	}
	return v >> shift & (1<<width - 1)
}
