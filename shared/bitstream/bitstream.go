// Package bitstream writes and reads numbers of any width of 0 to 64 bits, lowest
// bit first, in octets of little endian. It is what the columns of a report (package
// wire) and of a packed window (the node's store) are made of. It checks nothing:
// its callers know, or ask Left, whether the bits are there.
package bitstream

import "encoding/binary"

// A Writer appends numbers to B; what it has not yet appended is in Flush.
type Writer struct {
	B    []byte
	acc  uint64
	fill int // bits in acc, below 64
}

// Put appends the lower width bits of v, which has no others.
func (w *Writer) Put(v uint64, width int) {
	w.acc |= v << w.fill
	if w.fill+width < 64 {
		w.fill += width
		return
	}
	w.B = binary.LittleEndian.AppendUint64(w.B, w.acc)
	used := 64 - w.fill
	w.acc = 0
	if used < 64 {
		w.acc = v >> used
	}
	w.fill = width - used
}

// Flush pads with zeroes to an octet and returns what was written.
func (w *Writer) Flush() []byte {
	for ; w.fill > 0; w.fill -= 8 {
		w.B = append(w.B, byte(w.acc))
		w.acc >>= 8
	}
	w.fill = 0
	return w.B
}

// A Reader is its reverse.
type Reader struct {
	B  []byte
	At int // bit
}

// Left is how many bits there are.
func (r *Reader) Left() int { return 8*len(r.B) - r.At }

// Get reads width bits, which are there: see Left.
func (r *Reader) Get(width int) uint64 {
	if width == 0 {
		return 0
	}
	i, shift := r.At>>3, r.At&7
	r.At += width
	var v uint64
	if i+8 <= len(r.B) {
		v = binary.LittleEndian.Uint64(r.B[i:]) >> shift
	} else {
		for j, o := range r.B[i:] {
			v |= uint64(o) << (8 * j)
		}
		v >>= shift
	}
	if shift+width > 64 {
		v |= uint64(r.B[i+8]) << (64 - shift)
	}
	if width == 64 {
		return v
	}
	return v & (1<<width - 1)
}

// Fill reads len(values) numbers of width bits and adds base to each.
func (r *Reader) Fill(values []uint64, width int, base uint64) {
	if width == 0 {
		for i := range values {
			values[i] = base
		}
		return
	}
	i := 0
	if width <= 56 { // with the 7 bits that may precede them they fit a load
		mask := uint64(1)<<width - 1
		b, at := r.B, r.At
		for i < len(values) && at>>3+8 <= len(b) {
			values[i] = binary.LittleEndian.Uint64(b[at>>3:])>>(at&7)&mask + base
			at += width
			i++
		}
		r.At = at
	}
	for ; i < len(values); i++ {
		values[i] = r.Get(width) + base
	}
}

// Complete replaces each length in values by the number of that many bits, whose
// lower ones it reads; the highest one is 1 and not sent.
func (r *Reader) Complete(values []uint64) {
	b, at := r.B, r.At
	for i, n := range values {
		if n <= 1 {
			continue
		}
		width := int(n) - 1
		if width <= 56 && at>>3+8 <= len(b) {
			low := binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7) & (1<<width - 1)
			values[i] = 1<<width | low
			at += width
			continue
		}
		r.At = at
		values[i] = 1<<width | r.Get(width)
		at = r.At
	}
	r.At = at
}

// Octets is how many octets were begun.
func (r *Reader) Octets() int { return (r.At + 7) / 8 }
