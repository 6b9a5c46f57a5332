package pack

// texts are octets that stand for themselves, one after another: they are what
// zstd can shorten.
type texts struct {
	b []byte
}

// textColumn is a column of octets. Empty ones are nil when read.
func (c *coder) textColumn(col *[][]byte) {
	v := c.take(c.rows)
	if c.reading() {
		c.column(v)
		*col = make([][]byte, len(v))
		for i, n := range v {
			if n > uint64(len(c.text.b)) {
				c.fail()
				return
			}
			if n > 0 {
				(*col)[i] = c.text.b[:n:n]
				c.text.b = c.text.b[n:]
			}
		}
		return
	}
	for i := range v {
		b := at(*col, i)
		v[i] = uint64(len(b))
		c.text.b = append(c.text.b, b...)
	}
	c.column(v)
}

// countries is a column of two letters or none: a number in a list.
func (c *coder) countries(col *[][]byte) {
	number := make([]uint32, c.rows)
	if !c.reading() {
		for i := range number {
			if b := at(*col, i); len(b) == 2 {
				number[i] = uint32(b[0])<<8 | uint32(b[1]) | 1<<16
			}
		}
	}
	c.listed(&number, zero)
	if c.reading() {
		*col = make([][]byte, c.rows)
		for i, n := range number {
			if n != 0 && i < c.rows {
				(*col)[i] = []byte{byte(n >> 8), byte(n)}
			}
		}
	}
}
