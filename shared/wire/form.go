package wire

import (
	"reflect"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"picket/shared/wire/wirepb"
)

// A report in memory is plain: an index is an index, a frequency a frequency.
// As sent, some columns hold what compresses better, and pack and unpack are
// each other's reverse:
//
//   - key columns: the difference to the value before, less one. Rows stand in
//     the order of their dictionary, so the difference is mostly 0.
//   - frequency_mhz: a number in Dictionary.frequencies, from 1.
//   - announced_mhz: the difference to frequency_mhz.
//   - signals: count is left out, since the bins add up to it; min_dbm and
//     max_dbm are which of the two powers of the last and first bin they are;
//     sum_dbm is the difference to the sum of the bins' stronger powers. A table
//     with a power that the bins do not hold (above 0 or below -127 dBm) is sent
//     as it is, with its counts.
//   - times: in units of 100 ms, where all of them are multiples, and instead of
//     span_ms what is left of the window behind the last frame.
//   - beacon_interval_tu: the difference to 100, which it nearly always is.
//   - features and width_mhz: numbers in Dictionary.features and .widths, from 1.
//   - protected_frames: the difference to all frames of the station.

// keyColumns are the columns of r that are sent as differences.
func keyColumns(r *wirepb.Report) []*[]uint32 {
	var c []*[]uint32
	if t := r.Bss; t != nil {
		c = append(c, &t.Bssid)
	}
	if t := r.Stations; t != nil {
		c = append(c, &t.Station)
	}
	if t := r.Probes; t != nil {
		c = append(c, &t.Station)
	}
	if t := r.Hosts; t != nil {
		c = append(c, &t.Mac, &t.Ip)
	}
	if t := r.Arp; t != nil {
		c = append(c, &t.Mac, &t.Ip)
	}
	if t := r.Dns; t != nil {
		c = append(c, &t.Name)
	}
	if t := r.Flows; t != nil {
		c = append(c, &t.Client, &t.Server)
	}
	return c
}

// frequencyColumns are the columns of r that refer to Dictionary.frequencies.
func frequencyColumns(r *wirepb.Report) []*[]uint32 {
	var c []*[]uint32
	if t := r.Bss; t != nil {
		c = append(c, &t.FrequencyMhz)
	}
	if t := r.Stations; t != nil {
		c = append(c, &t.FrequencyMhz)
	}
	if t := r.Disconnects; t != nil {
		c = append(c, &t.FrequencyMhz)
	}
	if t := r.Channels; t != nil {
		c = append(c, &t.FrequencyMhz)
	}
	if t := r.RemoteIds; t != nil {
		c = append(c, &t.FrequencyMhz)
	}
	return c
}

// signalColumns are the signals of r's tables.
func signalColumns(r *wirepb.Report) []**wirepb.Signals {
	var c []**wirepb.Signals
	if t := r.Bss; t != nil {
		c = append(c, &t.Signals)
	}
	if t := r.Stations; t != nil {
		c = append(c, &t.Signals)
	}
	if t := r.Disconnects; t != nil {
		c = append(c, &t.Signals)
	}
	if t := r.Channels; t != nil {
		c = append(c, &t.Signals)
	}
	return c
}

// timeColumns are the times of those tables of r that round them.
func timeColumns(r *wirepb.Report) []**wirepb.Times {
	var c []**wirepb.Times
	if t := r.Bss; t != nil {
		c = append(c, &t.Times)
	}
	if t := r.Stations; t != nil {
		c = append(c, &t.Times)
	}
	if t := r.Hosts; t != nil {
		c = append(c, &t.Times)
	}
	if t := r.Flows; t != nil {
		c = append(c, &t.Times)
	}
	return c
}

// TimesUnitMS is the unit to which tables of many rows round their times.
const TimesUnitMS = 100

// packTimes returns t as it is sent: t itself where a time is no multiple.
func packTimes(t *wirepb.Times, window uint32) *wirepb.Times {
	if len(t.FirstMs) != len(t.SpanMs) {
		return t
	}
	scale := func(c []uint32) ([]uint32, bool) {
		out := make([]uint32, len(c))
		for i, v := range c {
			if v%TimesUnitMS != 0 {
				return nil, false
			}
			out[i] = v / TimesUnitMS
		}
		return out, true
	}
	first, ok1 := scale(t.FirstMs)
	span, ok2 := scale(t.SpanMs)
	if !ok1 || !ok2 {
		return t
	}
	for i := range span {
		if first[i]+span[i] > window/TimesUnitMS {
			return t
		}
		span[i] = window/TimesUnitMS - first[i] - span[i]
	}
	return &wirepb.Times{FirstMs: first, SpanMs: span, UnitMs: TimesUnitMS}
}

func unpackTimes(t *wirepb.Times, window uint32) {
	if t.UnitMs == 0 || len(t.FirstMs) != len(t.SpanMs) {
		return
	}
	for i, left := range t.SpanMs {
		t.SpanMs[i] = window/t.UnitMs - t.FirstMs[i] - left
	}
	for _, c := range [][]uint32{t.FirstMs, t.SpanMs} {
		for i, v := range c {
			c[i] = uint32(min(uint64(v)*uint64(t.UnitMs), maxWindowMS+1)) // above is refused by Validate
		}
	}
	t.UnitMs = 0
}

// shallow copies a message without its slices' contents.
func shallow[M proto.Message](m M) M {
	dst := m.ProtoReflect().New()
	m.ProtoReflect().Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		dst.Set(fd, v)
		return true
	})
	dst.SetUnknown(m.ProtoReflect().GetUnknown())
	return dst.Interface().(M)
}

// own replaces the messages that m points to by shallow copies, to the given
// depth: a report, its tables, their groups.
func own(m reflect.Value, depth int) {
	if depth == 0 {
		return
	}
	for _, f := range layout(m.Type()) {
		v := m.Field(f.index)
		if f.column || v.IsNil() {
			continue
		}
		v.Set(reflect.ValueOf(shallow(v.Interface().(proto.Message))))
		own(v.Elem(), depth-1)
	}
}

// pack returns r as it is sent. r stays as it is.
func pack(r *wirepb.Report) *wirepb.Report {
	r = shallow(r)
	own(reflect.ValueOf(r).Elem(), 2)
	dictionary := r.Dictionary
	if dictionary == nil {
		dictionary = new(wirepb.Dictionary)
	}
	if t := r.Bss; t != nil {
		packBSS(t, dictionary)
	}
	if t := r.Stations; t != nil {
		t.ProtectedFrames = differences(t.ProtectedFrames, allFrames(t))
	}
	toDictionary(&dictionary.Frequencies, frequencyColumns(r)...)
	for _, c := range keyColumns(r) {
		*c = slices.Clone(*c)
		before := int32(0)
		for i, v := range *c {
			(*c)[i] = zigzag(int32(v) - before - 1)
			before = int32(v)
		}
	}
	for _, s := range signalColumns(r) {
		if *s != nil {
			*s = packSignals(*s)
		}
	}
	for _, t := range timeColumns(r) {
		if *t != nil {
			*t = packTimes(*t, r.GetHeader().GetWindowLengthMs())
		}
	}
	if len(dictionary.Frequencies)+len(dictionary.Features)+len(dictionary.Widths) > 0 {
		r.Dictionary = dictionary
	}
	packColumns(r)
	return r
}

// toDictionary replaces the values of columns by their numbers in dictionary,
// from 1; 0 stays.
func toDictionary(dictionary *[]uint32, columns ...*[]uint32) {
	index := make(map[uint32]uint32)
	for _, c := range columns {
		*c = slices.Clone(*c)
		for i, v := range *c {
			if v == 0 {
				continue
			}
			n, ok := index[v]
			if !ok {
				*dictionary = append(*dictionary, v)
				n = uint32(len(*dictionary))
				index[v] = n
			}
			(*c)[i] = n
		}
	}
}

// fromDictionary is its reverse.
func (v *validator) fromDictionary(dictionary []uint32, columns ...*[]uint32) {
	for _, c := range columns {
		for i, n := range *c {
			switch {
			case n == 0:
			case int(n) <= len(dictionary):
				(*c)[i] = dictionary[n-1]
			default:
				v.fail("number %d of a dictionary of %d", n, len(dictionary))
				return
			}
		}
	}
}

// differences returns the differences of column to what reference says of a row.
// Columns of different lengths are left to Validate.
func differences(column []uint32, reference func(i int) uint32) []uint32 {
	out := make([]uint32, len(column))
	for i, v := range column {
		out[i] = zigzag(int32(reference(i)) - int32(v))
	}
	return out
}

// undifferences is its reverse, in place.
func undifferences(column []uint32, reference func(i int) uint32) {
	for i, d := range column {
		column[i] = uint32(int32(reference(i)) - unzigzag(d))
	}
}

// at returns the value of row i in a column that may be absent or short.
func at(column []uint32, i int) uint32 {
	if i < len(column) {
		return column[i]
	}
	return 0
}

func allFrames(t *wirepb.StationTable) func(int) uint32 {
	return func(i int) uint32 { return at(t.FramesSent, i) + at(t.FramesReceived, i) }
}

const usualInterval = 100 // TU

func packBSS(t *wirepb.BSSTable, d *wirepb.Dictionary) {
	t.AnnouncedMhz = differences(t.AnnouncedMhz, func(i int) uint32 { return at(t.FrequencyMhz, i) })
	t.BeaconIntervalTu = differences(t.BeaconIntervalTu, func(int) uint32 { return usualInterval })
	toDictionary(&d.Features, &t.Features)
	toDictionary(&d.Widths, &t.WidthMhz)
}

func (v *validator) unpackBSS(t *wirepb.BSSTable, d *wirepb.Dictionary) {
	undifferences(t.AnnouncedMhz, func(i int) uint32 { return at(t.FrequencyMhz, i) })
	undifferences(t.BeaconIntervalTu, func(int) uint32 { return usualInterval })
	v.fromDictionary(d.GetFeatures(), &t.Features)
	v.fromDictionary(d.GetWidths(), &t.WidthMhz)
}

// unpack makes r plain again, in place. What does not fit is left to Validate.
func (v *validator) unpack(r *wirepb.Report) {
	v.unpackColumns(r)
	if v.err != nil {
		return
	}
	for _, c := range keyColumns(r) {
		before := int32(0)
		for i, d := range *c {
			before += unzigzag(d) + 1
			(*c)[i] = uint32(before)
		}
	}
	v.fromDictionary(r.GetDictionary().GetFrequencies(), frequencyColumns(r)...)
	if t := r.Bss; t != nil {
		v.unpackBSS(t, r.GetDictionary())
	}
	if t := r.Stations; t != nil {
		undifferences(t.ProtectedFrames, allFrames(t))
	}
	if d := r.Dictionary; d != nil {
		d.Frequencies, d.Features, d.Widths = nil, nil, nil
	}
	for _, s := range signalColumns(r) {
		if *s != nil {
			unpackSignals(*s)
		}
	}
	for _, t := range timeColumns(r) {
		if *t != nil {
			unpackTimes(*t, r.GetHeader().GetWindowLengthMs())
		}
	}
}

func zigzag(v int32) uint32   { return uint32(v<<1) ^ uint32(v>>31) }
func unzigzag(v uint32) int32 { return int32(v>>1) ^ -int32(v&1) }

// derived returns what the bins of row i say: how many, the strongest power of
// the first bin, that of the last, and the sum of the bins' stronger powers.
func derived(s *wirepb.Signals, bins []uint32, i int) (count uint32, high, low, sum int32) {
	first := int32(s.BinFirst[i])
	for j, n := range bins {
		count += n
		sum -= 2 * (first + int32(j)) * int32(n)
	}
	return count, -2 * first, -2 * (first + int32(len(bins)) - 1), sum
}

// packSignals returns s as it is sent: s itself where the bins do not tell all.
func packSignals(s *wirepb.Signals) *wirepb.Signals {
	n := len(s.Count)
	if len(s.MinDbm) != n || len(s.MaxDbm) != n || len(s.SumDbm) != n || len(s.BinFirst) != n || len(s.BinCount) != n {
		return s
	}
	p := &wirepb.Signals{
		MinDbm: make([]int32, n), MaxDbm: make([]int32, n), SumDbm: make([]int32, n),
		BinFirst: s.BinFirst, BinCount: s.BinCount, Bins: s.Bins,
	}
	at := 0
	for i := range n {
		end := at + int(s.BinCount[i])
		if end > len(s.Bins) {
			return s
		}
		count, high, low, sum := derived(s, s.Bins[at:end], i)
		at = end
		if count != s.Count[i] {
			return s
		}
		if count == 0 {
			continue
		}
		p.MaxDbm[i], p.MinDbm[i], p.SumDbm[i] = high-s.MaxDbm[i], low-s.MinDbm[i], sum-s.SumDbm[i]
		if p.MaxDbm[i]|p.MinDbm[i] < 0 || p.MaxDbm[i]|p.MinDbm[i] > 1 {
			return s
		}
	}
	return p
}

// unpackSignals restores the columns that packSignals took, when it did: then
// there are rows and no counts.
func unpackSignals(s *wirepb.Signals) {
	n := len(s.BinCount)
	if len(s.Count) != 0 || len(s.BinFirst) != n || len(s.MinDbm) != n || len(s.MaxDbm) != n || len(s.SumDbm) != n {
		return
	}
	s.Count = make([]uint32, n)
	at := 0
	for i := range n {
		end := at + int(s.BinCount[i])
		if s.BinCount[i] > maxBins || end > len(s.Bins) {
			return // Validate says what is wrong
		}
		count, high, low, sum := derived(s, s.Bins[at:end], i)
		at = end
		s.Count[i] = count
		if count == 0 {
			s.MinDbm[i], s.MaxDbm[i], s.SumDbm[i] = 0, 0, 0
			continue
		}
		s.MaxDbm[i], s.MinDbm[i], s.SumDbm[i] = high-s.MaxDbm[i], low-s.MinDbm[i], sum-s.SumDbm[i]
	}
}
