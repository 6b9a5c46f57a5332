package capture

import "io"

// Sizes of a read buffer, in octets. It starts small, because then a packet is
// still in the processor's cache when it is looked at (with 1 MiB, a packet takes
// 30 % longer), and grows once when a file has a packet or block that needs it.
const (
	bufferSize = 512 << 10
	firstSize  = 128 << 10
)

// buffer is what bufio.Reader would be if its Peek could be inlined.
type buffer struct {
	r          io.Reader
	buf        []byte
	start, end int // of what is read and not used
	err        error
}

func newBuffer(r io.Reader) *buffer {
	return &buffer{r: r, buf: make([]byte, firstSize)}
}

// peek returns the next n octets, at most bufferSize, without using them up. They
// are valid until the next call. With fewer left it returns those and the error.
func (b *buffer) peek(n int) ([]byte, error) {
	if b.end-b.start < n {
		return b.fill(n)
	}
	return b.buf[b.start : b.start+n], nil
}

func (b *buffer) fill(n int) ([]byte, error) {
	old := b.buf
	if n > len(old) {
		b.buf = make([]byte, bufferSize)
	}
	b.end = copy(b.buf, old[b.start:b.end])
	b.start = 0
	for idle := 0; b.end < n && b.err == nil; {
		var got int
		got, b.err = b.r.Read(b.buf[b.end:])
		b.end += got
		if got > 0 {
			idle = 0
		} else if idle++; idle == 100 && b.err == nil {
			b.err = io.ErrNoProgress
		}
	}
	if b.end < n {
		return b.buf[:b.end], b.err
	}
	return b.buf[:n], nil
}

// skip uses up n octets, of which the buffer may hold fewer.
func (b *buffer) skip(n int64) error {
	for held := int64(b.end - b.start); n > held; held = int64(b.end - b.start) {
		n -= held
		b.start, b.end = 0, 0
		if _, err := b.fill(1); err != nil {
			return err
		}
	}
	b.start += int(n)
	return nil
}
