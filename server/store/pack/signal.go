package pack

import "picket/shared/wire/wirepb"

// maxBins is how many bins a histogram of powers has (report.proto, Signals).
const maxBins = 64

// derived returns what the bins of a row say: how many frames, the stronger power
// of the first bin, that of the last, and the sum of the bins' stronger powers.
func derived(first uint32, bins []uint32) (count uint32, high, low, sum int32) {
	for j, n := range bins {
		count += n
		sum -= 2 * (int32(first) + int32(j)) * int32(n)
	}
	return count, -2 * int32(first), -2 * (int32(first) + int32(len(bins)) - 1), sum
}

// signals are powers. Where the bins tell all, which they do but for powers that no
// bin holds, counts are left out, minimum and maximum are which of the two powers
// of their bin they are, and the sum is what it differs from the middle of the bins.
func (c *coder) signals(p **wirepb.Signals) {
	if c.reading() {
		*p = new(wirepb.Signals)
	}
	s := *p
	if s == nil {
		s = new(wirepb.Signals)
	}
	first, number, bins := s.BinFirst, s.BinCount, s.Bins
	c.plain(&first)
	c.plain(&number)
	all := 0
	for i := range c.rows {
		all += int(min(at(number, i), maxBins+1))
	}
	c.plainOf(&bins, all)
	if c.reading() {
		s.BinFirst, s.BinCount, s.Bins = first, number, bins
		if c.r.short || len(bins) != all {
			return
		}
	}
	// What the bins say, a row each.
	counts := make([]uint32, c.rows)
	high, low, sums := make([]int32, c.rows), make([]int32, c.rows), make([]int32, c.rows)
	from, tell := 0, true
	for i := range c.rows {
		end := from + int(at(number, i))
		if end > len(bins) {
			tell = false
			break
		}
		counts[i], high[i], low[i], sums[i] = derived(at(first, i), bins[from:end])
		from = end
		if c.reading() {
			continue
		}
		if counts[i] != at(s.Count, i) {
			tell = false
		}
		if counts[i] == 0 {
			tell = tell && at(s.MaxDbm, i) == 0 && at(s.MinDbm, i) == 0 && at(s.SumDbm, i) == 0
			continue
		}
		if d := (high[i] - at(s.MaxDbm, i)) | (low[i] - at(s.MinDbm, i)); d < 0 || d > 1 {
			tell = false
		}
	}
	if !c.flag(tell) {
		c.plain(&s.Count)
		c.signed(&s.MinDbm, zero)
		c.signed(&s.MaxDbm, zero)
		c.signed(&s.SumDbm, func(i int) uint32 { return uint32(at(s.MaxDbm, i)) * at(s.Count, i) })
		return
	}
	c.halves(&s.MaxDbm, counts, high)
	c.halves(&s.MinDbm, counts, low)
	c.signed(&s.SumDbm, func(i int) uint32 { return uint32(sums[i]) - counts[i]/2 })
	if c.reading() {
		s.Count = counts
	}
}

// halves is which of a bin's two powers a power is, a bit a row that has any.
func (c *coder) halves(col *[]int32, counts []uint32, stronger []int32) {
	if c.reading() {
		*col = make([]int32, c.rows)
	}
	for i := range c.rows {
		if counts[i] == 0 {
			continue
		}
		if c.reading() {
			(*col)[i] = stronger[i] - int32(c.r.get(1))
		} else {
			c.w.Put(uint64(stronger[i]-(*col)[i]), 1)
		}
	}
}
