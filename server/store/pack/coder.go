package pack

import (
	"math"
	"math/bits"

	"picket/shared/wire/wirepb"
)

// Bounds of what Decode makes of a body: those of wire.Validate, and of all values
// together, so that few octets cannot claim much memory.
const (
	maxRows    = 1 << 16
	maxEntries = 1 << 17
	maxValues  = 1 << 21
)

// A coder writes or reads the columns of a report in one fixed order: one
// description of the form for both directions. What a column is expected to be (a
// station's frequency is its BSS's) is reckoned from columns that went before, so
// it is known to the reader too.
type coder struct {
	w *writer // nil when reading
	r *reader // nil when writing

	rows   int // of the table
	window uint32
	values []uint64 // scratch
	total  int
	text   texts

	// When writing: what the dictionary's old numbers become.
	macs, ssids, securities, ips, names numbering

	// Where each address was heard as a BSS first, by its number.
	heardOn []uint32
}

func (c *coder) reading() bool { return c.r != nil }

// fail makes the reader say that the body is no body.
func (c *coder) fail() { c.r.short = true }

// count writes or reads a number of rows.
func (c *coder) count(n, limit int) int {
	if !c.reading() {
		c.w.number(uint64(n))
		return n
	}
	v := c.r.number()
	if v > uint64(limit) {
		c.fail()
		return 0
	}
	return int(v)
}

func (c *coder) flag(v bool) bool {
	if c.reading() {
		return c.r.get(1) != 0
	}
	if v {
		c.w.Put(1, 1)
	} else {
		c.w.Put(0, 1)
	}
	return v
}

// take returns n values of scratch.
func (c *coder) take(n int) []uint64 {
	if c.total += n; c.total > maxValues {
		if c.reading() {
			c.fail()
			n = 0
		}
	}
	if cap(c.values) < n {
		c.values = make([]uint64, max(n, 256))
	}
	return c.values[:n]
}

func (c *coder) column(values []uint64) {
	if c.reading() {
		c.r.readColumn(values)
		return
	}
	c.w.writeColumn(values)
}

// to32 makes a column of values.
func (c *coder) to32(values []uint64) []uint32 {
	col := make([]uint32, len(values))
	for i, v := range values {
		if v > math.MaxUint32 {
			c.fail()
			v = 0
		}
		col[i] = uint32(v)
	}
	return col
}

// at is a value of a column that may be absent.
func at[T any](col []T, i int) (v T) {
	if i < len(col) {
		v = col[i]
	}
	return v
}

// plain is a column as it is.
func (c *coder) plain(col *[]uint32) { c.plainOf(col, c.rows) }

func (c *coder) plainOf(col *[]uint32, n int) {
	v := c.take(n)
	if c.reading() {
		c.column(v)
		*col = c.to32(v)
		return
	}
	for i := range v {
		v[i] = uint64(at(*col, i))
	}
	c.column(v)
}

func (c *coder) plain64(col *[]uint64) {
	v := c.take(c.rows)
	if c.reading() {
		c.column(v)
		*col = append(make([]uint64, 0, len(v)), v...)
		return
	}
	for i := range v {
		v[i] = at(*col, i)
	}
	c.column(v)
}

// expected is a column of 32 bits as the difference to what each row is expected
// to say.
func (c *coder) expected(col *[]uint32, what func(i int) uint32) {
	v := c.take(c.rows)
	if c.reading() {
		c.column(v)
		*col = c.to32(v)
		for i, d := range *col {
			(*col)[i] = what(i) - uint32(unzigzag(d))
		}
		return
	}
	for i := range v {
		v[i] = uint64(zigzag(int32(what(i) - at(*col, i))))
	}
	c.column(v)
}

// signed is expected for numbers with a sign.
func (c *coder) signed(col *[]int32, what func(i int) uint32) {
	var u []uint32
	if !c.reading() {
		u = make([]uint32, c.rows)
		for i := range u {
			u[i] = uint32(at(*col, i))
		}
	}
	c.expected(&u, what)
	if c.reading() {
		*col = make([]int32, len(u))
		for i, v := range u {
			(*col)[i] = int32(v)
		}
	}
}

func zero(int) uint32 { return 0 }

func (c *coder) bools(col *[]bool) {
	v := c.take(c.rows)
	if c.reading() {
		c.column(v)
		*col = make([]bool, len(v))
		for i := range v {
			(*col)[i] = v[i] != 0
		}
		return
	}
	for i := range v {
		v[i] = 0
		if at(*col, i) {
			v[i] = 1
		}
	}
	c.column(v)
}

// maxListed is how many different values a listed column may have.
const maxListed = 63

// listed is a column of few different values: 0 where it is what is expected, else
// a number in a list that goes before.
func (c *coder) listed(col *[]uint32, what func(i int) uint32) {
	if c.reading() {
		c.readListed(col, what)
		return
	}
	var list [maxListed]uint64
	n := 0
	v := c.take(c.rows)
rows:
	for i := range v {
		value := at(*col, i)
		if value == what(i) {
			v[i] = 0
			continue
		}
		for j := range n {
			if list[j] == uint64(value) {
				v[i] = uint64(j + 1)
				continue rows
			}
		}
		if n == maxListed {
			c.flag(false)
			c.expected(col, what)
			return
		}
		list[n] = uint64(value)
		n++
		v[i] = uint64(n)
	}
	c.flag(true)
	c.w.Put(uint64(n), 6)
	c.w.writeColumn(list[:n])
	c.w.writeColumn(v)
}

func (c *coder) readListed(col *[]uint32, what func(i int) uint32) {
	if !c.flag(false) {
		c.expected(col, what)
		return
	}
	var list [maxListed + 1]uint64
	n := c.r.get(6)
	c.r.readColumn(list[:n])
	v := c.take(c.rows)
	c.column(v)
	*col = make([]uint32, len(v))
	for i, k := range v {
		switch {
		case k > n:
			c.fail()
			return
		case k == 0:
			(*col)[i] = what(i)
		default:
			(*col)[i] = uint32(list[k-1])
		}
	}
}

// ratio is a column of sums over counts: the quotient, which is much alike in all
// rows, and the remainder.
func (c *coder) ratio(col *[]uint64, counts []uint32) {
	v := c.take(c.rows)
	if !c.reading() {
		for i := range v {
			v[i] = at(*col, i) / uint64(max(at(counts, i), 1))
		}
		c.column(v)
		for i := range v {
			if n := uint64(at(counts, i)); n > 1 {
				c.w.Put(at(*col, i)%n, bits.Len64(n-1))
			}
		}
		return
	}
	c.column(v)
	*col = make([]uint64, len(v))
	for i := range v {
		n := uint64(at(counts, i))
		(*col)[i] = v[i] * max(n, 1)
		if n > 1 {
			(*col)[i] += c.r.get(bits.Len64(n - 1))
		}
	}
}

// key is ref for a column that mostly rises by one from row to row.
func (c *coder) key(col *[]uint32, n *numbering) {
	v := c.take(c.rows)
	before := uint32(0)
	if c.reading() {
		c.column(v)
		*col = c.to32(v)
		for i, d := range *col {
			before += uint32(unzigzag(d)) + 1
			(*col)[i] = before
		}
		return
	}
	for i := range v {
		now := n.of(at(*col, i))
		v[i] = uint64(zigzag(int32(now - before - 1)))
		before = now
	}
	c.column(v)
}

// ref is a column of numbers in the dictionary.
func (c *coder) ref(col *[]uint32, n *numbering) {
	if c.reading() {
		c.plain(col)
		return
	}
	v := c.take(c.rows)
	for i := range v {
		v[i] = uint64(n.of(at(*col, i)))
	}
	c.column(v)
}

func zigzag(v int32) uint32   { return uint32(v<<1) ^ uint32(v>>31) }
func unzigzag(v uint32) int32 { return int32(v>>1) ^ -int32(v&1) }

// unitMS is the unit to which tables of many rows round their times.
const unitMS = 100

// times are offsets in the window: the first frame's, and instead of the span what
// is left of the window behind the last frame.
func (c *coder) times(p **wirepb.Times) {
	if c.reading() {
		*p = new(wirepb.Times)
	}
	t, unit := *p, uint32(1)
	rounded := true
	for i := range t.GetFirstMs() {
		rounded = rounded && t.FirstMs[i]%unitMS == 0 && at(t.GetSpanMs(), i)%unitMS == 0
	}
	if c.flag(rounded) {
		unit = unitMS
	}
	first, left := make([]uint32, c.rows), make([]uint32, c.rows)
	if !c.reading() {
		for i := range first {
			first[i] = at(t.GetFirstMs(), i) / unit
			left[i] = zigzag(int32(c.window/unit - first[i] - at(t.GetSpanMs(), i)/unit))
		}
	}
	c.plain(&first)
	c.plain(&left)
	if c.reading() {
		for i := range first {
			left[i] = (c.window/unit - first[i] - uint32(unzigzag(left[i]))) * unit
			first[i] *= unit
		}
		t.FirstMs, t.SpanMs = first, left
	}
}
