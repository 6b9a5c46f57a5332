package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"picket/shared/bitstream"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// Format is the form that Encode writes. Decode reads all that were ever stored.
const Format = 1

// MaxText bounds the octets that stand for themselves in a body: names of which
// each is short, as many as a dictionary may have in a report of wire.MaxDecoded.
const MaxText = wire.MaxDecoded

// ErrMalformed says that a body is no body.
var ErrMalformed = errors.New("malformed observations")

// A body is:
//
//	size   uvarint  octets of text, doubled; odd: compressed with zstd
//	text   octets that stand for themselves, or their zstd frame with its length as uvarint before
//	bits   dictionary and tables (dictionary.go, table.go)

// minCompress is from how many octets of text on compressing them is tried: below,
// zstd's frame is as large as what it saves.
const minCompress = 128

// A Packer encodes and decodes. It keeps what that needs meanwhile for the next
// time: encoders and decoders are costly to make. The zero value is ready; its
// methods may be called by several goroutines.
type Packer struct{ scratches, encoders, decoders sync.Pool }

// Encode appends to dst what f stores of r, and nothing where r has no row for f.
// r must have passed wire.Validate and stays as it is.
func (p *Packer) Encode(dst []byte, f Family, r *wirepb.Report) []byte {
	if f.Rows(r) == 0 {
		return dst
	}
	s := p.scratch()
	defer p.scratches.Put(s)
	s.writer.Writer = bitstream.Writer{B: s.writer.B[:0]}
	c := coder{w: &s.writer, window: r.GetHeader().GetWindowLengthMs(), values: s.values, text: texts{b: s.text[:0]}}
	c.dictionary(f, r)
	c.tables(f, r)
	bits := c.w.Flush()
	s.values, s.text = c.values, c.text.b
	size := uint64(len(s.text)) << 1
	if len(s.text) >= minCompress {
		z := p.encoder()
		s.frame = z.EncodeAll(s.text, s.frame[:0])
		p.encoders.Put(z)
		if len(s.frame)+2 < len(s.text) {
			dst = binary.AppendUvarint(dst, size|1)
			dst = binary.AppendUvarint(dst, uint64(len(s.frame)))
			dst = append(dst, s.frame...)
			return append(dst, bits...)
		}
	}
	dst = binary.AppendUvarint(dst, size)
	dst = append(dst, s.text...)
	return append(dst, bits...)
}

// Decode reads what Encode wrote of f in a report with header h, which becomes the
// result's. The result is whole by wire.Validate: every column of a table that is
// there has a value a row. Of health it holds the names of the captures and no
// more. It shares nothing with body. The error wraps ErrMalformed.
func (p *Packer) Decode(f Family, format int16, body []byte, h *wirepb.Header) (*wirepb.Report, error) {
	if format != Format {
		return nil, fmt.Errorf("%w: format %d, known is %d", ErrMalformed, format, Format)
	}
	text, body, err := p.readText(body)
	if err != nil {
		return nil, err
	}
	s := p.scratch()
	defer p.scratches.Put(s)
	r := &wirepb.Report{Header: h}
	c := coder{r: &reader{Reader: bitstream.Reader{B: body}}, window: h.GetWindowLengthMs(), values: s.values, text: texts{b: text}}
	c.dictionary(f, r)
	if !c.r.short {
		c.tables(f, r)
	}
	s.values = c.values
	if c.r.short {
		return nil, fmt.Errorf("%w: cut short", ErrMalformed)
	}
	if err := wire.Validate(r); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err) //nolint:errorlint // not a report of a tap
	}
	return r, nil
}

// readText returns a copy of the text, and what follows it.
func (p *Packer) readText(b []byte) (text, rest []byte, err error) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size>>1 > MaxText {
		return nil, nil, fmt.Errorf("%w: size of text", ErrMalformed)
	}
	b = b[n:]
	length := size >> 1
	if size&1 != 0 {
		if length, n = binary.Uvarint(b); n <= 0 {
			return nil, nil, fmt.Errorf("%w: size of frame", ErrMalformed)
		}
		b = b[n:]
	}
	if length > uint64(len(b)) {
		return nil, nil, fmt.Errorf("%w: text is cut short", ErrMalformed)
	}
	text, rest = b[:length], b[length:]
	if size&1 == 0 {
		return append([]byte(nil), text...), rest, nil
	}
	z := p.decoder()
	defer p.decoders.Put(z)
	out, err := z.DecodeAll(text, nil)
	if err != nil || uint64(len(out)) != size>>1 {
		return nil, nil, fmt.Errorf("%w: zstd: %d octets, %v", ErrMalformed, len(out), err) //nolint:errorlint // the library's errors are not part of ours
	}
	return out, rest, nil
}

// A scratch is what an encoding or decoding needs meanwhile.
type scratch struct {
	writer writer
	values []uint64
	text   []byte
	frame  []byte
}

func (p *Packer) scratch() *scratch {
	if s, ok := p.scratches.Get().(*scratch); ok {
		return s
	}
	return new(scratch)
}

func (p *Packer) encoder() *zstd.Encoder {
	if z, ok := p.encoders.Get().(*zstd.Encoder); ok {
		return z
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(64<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // constant options
	}
	return z
}

func (p *Packer) decoder() *zstd.Decoder {
	if z, ok := p.decoders.Get().(*zstd.Decoder); ok {
		return z
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(MaxText))
	if err != nil {
		panic(err) // constant options
	}
	return z
}
