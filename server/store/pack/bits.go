package pack

import (
	"encoding/binary"
	"math/bits"
)

// A writer appends numbers of any width to b, lowest bit first.
type writer struct {
	b    []byte
	acc  uint64
	fill int // bits in acc, below 64
}

// put appends the lower width bits of v, which has no others.
func (w *writer) put(v uint64, width int) {
	w.acc |= v << w.fill
	if w.fill+width < 64 {
		w.fill += width
		return
	}
	w.b = binary.LittleEndian.AppendUint64(w.b, w.acc)
	used := 64 - w.fill
	w.acc = 0
	if used < 64 {
		w.acc = v >> used
	}
	w.fill = width - used
}

// number appends a number of any size: its length in 7 bits, then what is below
// its highest bit, which is 1.
func (w *writer) number(v uint64) {
	n := bits.Len64(v)
	w.put(uint64(n), 7)
	if n > 1 {
		w.put(v&(1<<(n-1)-1), n-1)
	}
}

// finish pads to an octet and returns what was written.
func (w *writer) finish() []byte {
	for ; w.fill > 0; w.fill -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
	w.fill, w.acc = 0, 0
	return w.b
}

// A reader is its reverse. Beyond the end it reads zeroes and says short.
type reader struct {
	b     []byte
	at    int // bit
	short bool
}

// left is how many bits there are.
func (r *reader) left() int { return 8*len(r.b) - r.at }

func (r *reader) get(width int) uint64 {
	if width > r.left() {
		r.short, r.at = true, 8*len(r.b)
		return 0
	}
	if width == 0 {
		return 0
	}
	i, shift := r.at>>3, r.at&7
	r.at += width
	var v uint64
	if i+8 <= len(r.b) {
		v = binary.LittleEndian.Uint64(r.b[i:]) >> shift
	} else {
		for j, o := range r.b[i:] {
			v |= uint64(o) << (8 * j)
		}
		v >>= shift
	}
	if shift+width > 64 {
		v |= uint64(r.b[i+8]) << (64 - shift)
	}
	if width == 64 {
		return v
	}
	return v & (1<<width - 1)
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
	i, shift := r.at>>3, r.at&7
	v := 0
	if i < len(r.b) {
		v = int(r.b[i])
	}
	if i+1 < len(r.b) {
		v |= int(r.b[i+1]) << 8
	}
	return v >> shift & (1<<width - 1)
}
