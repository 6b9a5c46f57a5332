package wire

import "encoding/binary"

// bitWriter appends numbers of any width to b, lowest bit first.
type bitWriter struct {
	b    []byte
	acc  uint64
	fill int // bits in acc
}

// put appends the lower width bits of v, which has no others.
func (w *bitWriter) put(v uint64, width int) {
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

// flush pads to an octet and returns what was written.
func (w *bitWriter) flush() []byte {
	for ; w.fill > 0; w.fill -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
	w.fill = 0
	return w.b
}

// bitReader is its reverse. The caller knows that the bits are there.
type bitReader struct {
	b  []byte
	at int // bit
}

func (r *bitReader) get(width int) uint64 {
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

// fill reads len(values) numbers of width bits and adds base to each.
func (r *bitReader) fill(values []uint64, width int, base uint64) {
	if width == 0 {
		for i := range values {
			values[i] = base
		}
		return
	}
	i := 0
	if width <= 56 { // with the 7 bits that may precede them they fit a load
		mask := uint64(1)<<width - 1
		b, at := r.b, r.at
		for i < len(values) && at>>3+8 <= len(b) {
			values[i] = binary.LittleEndian.Uint64(b[at>>3:])>>(at&7)&mask + base
			at += width
			i++
		}
		r.at = at
	}
	for ; i < len(values); i++ {
		values[i] = r.get(width) + base
	}
}

// complete replaces each length in values by the number of that many bits, whose
// lower ones it reads; the highest one is 1 and not sent.
func (r *bitReader) complete(values []uint64) {
	b, at := r.b, r.at
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
		r.at = at
		values[i] = 1<<width | r.get(width)
		at = r.at
	}
	r.at = at
}

// octets is how many octets were begun.
func (r *bitReader) octets() int { return (r.at + 7) / 8 }
