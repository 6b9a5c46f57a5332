package pack

// A prefixCode is a canonical Huffman code over the lengths that a column's values
// have: few symbols, so that its description is short.
type prefixCode struct {
	symbols int
	length  [maxSymbols]uint8 // of the codes; 0: the symbol does not occur
	code    [maxSymbols]uint16
}

// A prefixReader is one that is read.
type prefixReader struct {
	prefixCode

	table [1 << maxCode]uint8 // by the next maxCode bits: symbol<<3 | length
}

const (
	maxSymbols = 32
	maxCode    = 7 // bits; also the most that three bits can say
)

// build finds the lengths of codes for symbols that occur count times.
func (c *prefixCode) build(count []int) {
	*c = prefixCode{symbols: len(count)}
	type node struct{ weight, parent int }
	var nodes [2 * maxSymbols]node
	var leaf [maxSymbols]int // nodes of symbols
	n := 0
	for s, k := range count {
		if leaf[s] = -1; k > 0 {
			leaf[s], nodes[n] = n, node{weight: k, parent: -1}
			n++
		}
	}
	for open := n; open > 1; open-- { // join the two lightest
		a, b := -1, -1
		for i := range n {
			switch {
			case nodes[i].parent >= 0:
			case a < 0 || nodes[i].weight < nodes[a].weight:
				a, b = i, a
			case b < 0 || nodes[i].weight < nodes[b].weight:
				b = i
			}
		}
		nodes[n] = node{nodes[a].weight + nodes[b].weight, -1}
		nodes[a].parent, nodes[b].parent = n, n
		n++
	}
	for s := range count {
		if leaf[s] < 0 {
			continue
		}
		depth := 0
		for i := leaf[s]; nodes[i].parent >= 0; i = nodes[i].parent {
			depth++
		}
		c.length[s] = uint8(max(depth, 1))
	}
	c.limit()
}

// limit shortens codes above maxCode and makes room for them elsewhere, until the
// lengths are those of a prefix code (Kraft's inequality).
func (c *prefixCode) limit() {
	const whole = 1 << maxCode
	used := 0
	for s := range c.symbols {
		if l := c.length[s]; l > 0 {
			c.length[s] = min(l, maxCode)
			used += whole >> c.length[s]
		}
	}
	for used > whole { // lengthen the longest that can be
		pick := -1
		for s := range c.symbols {
			if l := c.length[s]; l > 0 && l < maxCode && (pick < 0 || l > c.length[pick]) {
				pick = s
			}
		}
		used -= whole >> (c.length[pick] + 1)
		c.length[pick]++
	}
}

// assign gives each symbol its code, whose first bit is sent first.
func (c *prefixCode) assign() {
	next := 0
	for l := uint8(1); l <= maxCode; l++ {
		for s := range c.symbols {
			if c.length[s] != l {
				continue
			}
			reversed := 0
			for i := range l {
				reversed |= next >> i & 1 << (l - 1 - i)
			}
			c.code[s] = uint16(reversed)
			next++
		}
		next <<= 1
	}
}

// headerBits is what the description of a code takes.
func headerBits(symbols int) int { return 5 + 3*symbols }

// bits is what the symbols take.
func (c *prefixCode) bits(count []int) int {
	n := 0
	for s, k := range count {
		n += k * int(c.length[s])
	}
	return n
}

func (c *prefixCode) write(w *writer) {
	w.Put(uint64(c.symbols-1), 5)
	for s := range c.symbols {
		w.Put(uint64(c.length[s]), 3)
	}
}

// read reports whether what was written is a prefix code.
func (c *prefixReader) read(r *reader) bool {
	*c = prefixReader{prefixCode: prefixCode{symbols: int(r.get(5)) + 1}}
	used := 0
	for s := range c.symbols {
		if c.length[s] = uint8(r.get(3)); c.length[s] > 0 {
			used += 1 << (maxCode - c.length[s])
		}
	}
	if r.short || used == 0 || used > 1<<maxCode {
		return false
	}
	c.assign()
	for s := range c.symbols {
		l := c.length[s]
		if l == 0 {
			continue
		}
		for i := int(c.code[s]); i < 1<<maxCode; i += 1 << l {
			c.table[i] = uint8(s)<<3 | l
		}
	}
	return true
}

// next reads a symbol.
func (c *prefixReader) next(r *reader) int {
	e := c.table[r.peek(maxCode)]
	l := int(e & 7)
	if l == 0 || l > r.Left() {
		r.short = true
		return 0
	}
	r.At += l
	return int(e >> 3)
}
