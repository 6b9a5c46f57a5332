package wire

import (
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"picket/shared/wire/wirepb"
)

// Limits of a report, in octets. A full window of a tap with every table at its
// bound stays below half of them.
const (
	MaxEncoded = 2 << 20
	MaxDecoded = 16 << 20
)

// MediaType is the Content-Type of an encoded report.
const MediaType = "application/vnd.picket.report"

var (
	// ErrTooLarge says that a report exceeds MaxEncoded or MaxDecoded.
	ErrTooLarge = errors.New("report too large")
	// ErrMalformed says that a report is no report, or contradicts itself.
	ErrMalformed = errors.New("malformed report")
)

// A coder compresses and decompresses; both are costly to make and safe to use
// again.
type coder struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
	raw []byte
}

// coders are pooled and not shared, so that no caller waits for another's block.
var coders = sync.Pool{New: func() any { return newCoder() }}

func newCoder() *coder {
	enc, err := zstd.NewWriter(nil,
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
		zstd.WithWindowSize(128<<10),
		zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderCRC(true))
	if err != nil {
		panic(err) // constant options
	}
	dec, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(MaxDecoded))
	if err != nil {
		panic(err) // constant options
	}
	return &coder{enc: enc, dec: dec}
}

// Encode returns r as it is sent, and leaves r as it is. The result is the
// caller's. The error is ErrTooLarge when r exceeds a limit, so that it is never
// spooled in vain.
func Encode(r *wirepb.Report) ([]byte, error) {
	c := coders.Get().(*coder)
	defer coders.Put(c)
	var err error
	c.raw, err = proto.MarshalOptions{Deterministic: true}.MarshalAppend(c.raw[:0], pack(r))
	if err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	if len(c.raw) > MaxDecoded {
		return nil, fmt.Errorf("encode report of %d octets: %w", len(c.raw), ErrTooLarge)
	}
	b := c.enc.EncodeAll(c.raw, nil)
	if len(b) > MaxEncoded {
		return nil, fmt.Errorf("encode report of %d octets: %w", len(b), ErrTooLarge)
	}
	return b, nil
}

// Decode reads a report that a stranger sent. The errors are ErrTooLarge and
// ErrMalformed, each with what is wrong. It keeps no reference to b.
func Decode(b []byte) (*wirepb.Report, error) {
	if len(b) > MaxEncoded {
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(b), MaxEncoded)
	}
	c := coders.Get().(*coder)
	defer coders.Put(c)
	raw, err := c.dec.DecodeAll(b, c.raw[:0])
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return nil, fmt.Errorf("%w: more than %d octets when decompressed", ErrTooLarge, MaxDecoded)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: zstd: %v", ErrMalformed, err) //nolint:errorlint // the library's errors are not part of ours
	}
	c.raw = raw
	r := new(wirepb.Report)
	if err := proto.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("%w: protobuf: %v", ErrMalformed, err) //nolint:errorlint // as above
	}
	v := new(validator)
	v.unpack(r)
	if v.validate(r); v.err != nil {
		return nil, v.err
	}
	return r, nil
}
