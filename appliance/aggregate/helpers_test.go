package aggregate_test

import (
	"time"

	"picket/shared/wire/wirepb"
)

func header(start int64, length time.Duration, sequence uint64) *wirepb.Header {
	return &wirepb.Header{
		BootId: make([]byte, 16), Sequence: sequence, WindowStartUs: start / 1000, WindowLengthMs: uint32(length.Milliseconds()),
	}
}

func oneCapture() []*wirepb.Capture { return []*wirepb.Capture{{Name: "test"}} }
