package store

import (
	"time"

	"picket/shared/wire/wirepb"
)

// power sums up rows of one transmitter, heard on several frequencies.
type power struct {
	count         int64
	sum           int64
	min, max      int32
	frames, bytes uint64
}

func (p *power) add(s *wirepb.Signals, i int, frames, bytes uint64) {
	p.frames += frames
	p.bytes += bytes
	if s.GetCount()[i] == 0 {
		return
	}
	if p.count == 0 {
		p.min, p.max = s.MinDbm[i], s.MaxDbm[i]
	}
	p.min, p.max = min(p.min, s.MinDbm[i]), max(p.max, s.MaxDbm[i])
	p.count += int64(s.Count[i])
	p.sum += int64(s.SumDbm[i])
}

// mean, least and most are in dBm, nil where no frame had a power.
func (p *power) mean() any {
	if p.count == 0 {
		return nil
	}
	return max(min(p.sum/p.count, 127), -128)
}

func (p *power) least() any {
	if p.count == 0 {
		return nil
	}
	return int64(p.min)
}

func (p *power) most() any {
	if p.count == 0 {
		return nil
	}
	return int64(p.max)
}

func ms(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }
