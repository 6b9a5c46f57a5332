package pack

import "math/bits"

// How the values of a column are written, in two bits before them.
const (
	allZero   = iota // nothing follows
	fixed            // base as a number, width in 7 bits, then value-base in width bits each
	lengths          // shortest length and width of lengths in 7 and 3 bits, lengths, then what is below the highest bit of each
	lengthsBy        // the same with lengths in a prefix code (prefix.go): codes' lengths first
)

// writeColumn appends values in the shortest of the forms.
func (w *writer) writeColumn(values []uint64) {
	var count [65]int // of values by length
	low, high := ^uint64(0), uint64(0)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
		count[bits.Len64(v)]++
	}
	if len(values) == 0 || high == 0 {
		w.Put(allZero, 2)
		return
	}
	width := bits.Len64(high - low)
	short, long := bits.Len64(low), bits.Len64(high)
	below := 0 // bits below the highest ones
	for n := max(short, 2); n <= long; n++ {
		below += count[n] * (n - 1)
	}
	lengthWidth := bits.Len(uint(long - short))
	best, form := 7+max(bits.Len64(low)-1, 0)+7+width*len(values), fixed
	if cost := 7 + 3 + lengthWidth*len(values) + below; cost < best {
		best, form = cost, lengths
	}
	var code prefixCode
	// Two symbols or more take at least a bit each.
	if spread := long - short; spread > 0 && spread < maxSymbols && 7+headerBits(spread+1)+len(values)+below < best {
		code.build(count[short : long+1])
		if cost := 7 + headerBits(code.symbols) + code.bits(count[short:long+1]) + below; cost < best {
			form = lengthsBy
		}
	}
	w.Put(uint64(form), 2)
	switch form {
	case fixed:
		w.number(low)
		w.Put(uint64(width), 7)
		for _, v := range values {
			w.Put(v-low, width)
		}
		return
	case lengths:
		w.Put(uint64(short), 7)
		w.Put(uint64(lengthWidth), 3)
		for _, v := range values {
			n := bits.Len64(v)
			w.Put(uint64(n-short), lengthWidth)
		}
	case lengthsBy:
		w.Put(uint64(short), 7)
		code.assign()
		code.write(w)
		for _, v := range values {
			s := bits.Len64(v) - short
			w.Put(uint64(code.code[s]), int(code.length[s]))
		}
	}
	for _, v := range values {
		if n := bits.Len64(v) - 1; n > 0 {
			w.Put(v&(1<<n-1), n)
		}
	}
}

// readColumn sets values to what writeColumn wrote of so many.
func (r *reader) readColumn(values []uint64) {
	form := r.get(2)
	switch form {
	case allZero:
		clear(values)
		return
	case fixed:
		low, width := r.number(), int(r.get(7))
		if width > 64 || width*len(values) > r.Left() {
			r.short = true
			clear(values)
			return
		}
		for i := range values {
			values[i] = low + r.get(width)
		}
		return
	case lengths:
		short, width := r.get(7), int(r.get(3))
		for i := range values {
			values[i] = short + r.get(width)
		}
	case lengthsBy:
		short := r.get(7)
		var code prefixReader
		if !code.read(r) {
			r.short = true
			clear(values)
			return
		}
		for i := range values {
			values[i] = short + uint64(code.next(r))
		}
	}
	for i, n := range values {
		switch {
		case n > 64:
			r.short = true
			values[i] = 0
		case n > 1:
			values[i] = 1<<(n-1) | r.get(int(n-1))
		}
	}
}
