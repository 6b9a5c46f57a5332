package rollup

import (
	"math"
	"time"

	"picket/shared/wire/wirepb"
)

// dictionary looks up what rows point to, by indexes that count from 1. An index
// of 0, or of nothing, is none.
type dictionary struct{ d *wirepb.Dictionary }

func (d dictionary) mac(index uint32) (mac [6]byte) {
	macs := d.d.GetMacs()
	if i := int64(index); i >= 1 && 6*i <= int64(len(macs)) {
		copy(mac[:], macs[6*(i-1):])
	}
	return mac
}

func (d dictionary) ssid(index uint32) string {
	ssids := d.d.GetSsids()
	if i := int64(index); i >= 1 && i <= int64(len(ssids)) {
		return string(ssids[i-1])
	}
	return ""
}

func at(column []uint32, i int) uint32 {
	if i < len(column) {
		return column[i]
	}
	return 0
}

func at64(column []uint32, i int) int64 { return int64(at(column, i)) }

func atSigned(column []int32, i int) int64 {
	if i < len(column) {
		return int64(column[i])
	}
	return 0
}

// octets is an element of a column of 64 bits, at most the database's largest.
func octets(column []uint64, i int) int64 {
	if i < len(column) {
		return int64(min(column[i], math.MaxInt64))
	}
	return 0
}

// power is what a row tells of signals; least and most are None where count is 0.
type power struct{ count, sum, least, most int64 }

func signal(s *wirepb.Signals, i int) power {
	p := power{count: at64(s.GetCount(), i), least: None, most: None}
	if p.count > 0 {
		p.sum, p.least, p.most = atSigned(s.SumDbm, i), atSigned(s.MinDbm, i), atSigned(s.MaxDbm, i)
	}
	return p
}

// first is when the first frame of a row came, in microseconds since 1970.
func (w Window) first(t *wirepb.Times, i int) int64 {
	return w.Start.Add(time.Duration(at64(t.GetFirstMs(), i)) * time.Millisecond).UnixMicro()
}

// last is when the last frame of a row came.
func (w Window) last(t *wirepb.Times, i int) int64 {
	return w.Start.Add(time.Duration(at64(t.GetFirstMs(), i)+at64(t.GetSpanMs(), i)) * time.Millisecond).UnixMicro()
}
