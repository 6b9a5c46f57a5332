package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsCoverAllValuesOnce(t *testing.T) {
	last := -1
	for us := range uint64(1 << 20) {
		i := bucketOf(us)
		if i != last && i != last+1 {
			t.Fatalf("%d µs is in bucket %d after %d", us, i, last)
		}
		if up := upperOf(i); up < us || float64(up-us) > float64(us)/64+1 {
			t.Fatalf("%d µs is in bucket %d, which ends at %d", us, i, up)
		}
		last = i
	}
	if bucketOf(1<<63) != buckets-1 {
		t.Error("a large value has no bucket")
	}
}

func TestQuantilesAreThoseOfTheValues(t *testing.T) {
	var h histogram
	if h.quantile(0.99) != 0 {
		t.Error("an empty histogram has a quantile")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for range 20_000 {
		d := time.Duration(rng.ExpFloat64() * float64(20*time.Millisecond)).Truncate(time.Microsecond)
		all = append(all, d)
		h.add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.5, 0.95, 0.99, 1} {
		want := all[max(int(q*float64(len(all)))-1, 0)]
		if got := h.quantile(q); got < want || float64(got) > float64(want)*1.03+2000 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if h.longest() != all[len(all)-1] {
		t.Errorf("longest %v, want %v", h.longest(), all[len(all)-1])
	}
}
