package scenario

import "slices"

// All are the scenarios of the laboratory, in the order in which they are played.
func All() []Scenario { return Seeded(1) }

// Seeded are the scenarios with addresses, signals and channels drawn from a seed.
func Seeded(seed uint64) []Scenario {
	return slices.Concat(
		tests(), []Scenario{ring(seed), office(seed), unplug(seed)},
		legit(seed), deauth(seed), flood(seed), twins(seed), forged(seed), grabs(seed),
	)
}
