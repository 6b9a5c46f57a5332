package hopsim

import "testing"

// What picket sim hop does with each environment.
func BenchmarkCompare(b *testing.B) {
	for i := range b.N {
		Compare(DefaultModel(), uint64(i), 1, 1)
	}
}
