package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// verdict is what reading back showed. All are counts of reports.
type verdict struct {
	Checked  uint64   `json:"checked"` // acknowledged, and looked for
	Missing  uint64   `json:"missing"` // acknowledged and not stored whole
	Doubled  uint64   `json:"doubled"` // stored more than once
	Unasked  uint64   `json:"unasked"` // stored though refused for good, or never sent
	Examples []string `json:"examples,omitempty"`
}

func (v verdict) good() bool { return v.Missing+v.Doubled+v.Unasked == 0 }

// maxExamples bounds what is said of single reports.
const maxExamples = 10

func (v *verdict) example(format string, args ...any) {
	if len(v.Examples) < maxExamples {
		v.Examples = append(v.Examples, fmt.Sprintf(format, args...))
	}
}

// verify reads back what the database has of the fleet's boots. Reports whose
// windows began before from are none of this run's.
func verify(ctx context.Context, m *membership, taps []*simTap, from time.Time) (v verdict, err error) {
	type stored struct{ reports, observed []int64 }
	have := make(map[[16]byte]stored, len(taps))
	for _, slug := range m.tenants {
		tenant, err := m.store.TenantBySlug(ctx, slug)
		if err != nil {
			return v, err
		}
		boots, err := m.store.BootReports(ctx, tenant.ID, from)
		if err != nil {
			return v, err
		}
		for _, b := range boots {
			have[b.Boot] = stored{b.Sequences, b.Observed}
		}
	}
	for _, t := range taps {
		h := have[t.boot]
		v.compare(t, "report", h.reports)
		v.compare(t, "observations", h.observed)
		for _, s := range t.acknowledged {
			v.Checked += s.last - s.first + 1
		}
	}
	return v, nil
}

// compare holds what is stored, ascending, against what the tap knows.
func (v *verdict) compare(t *simTap, what string, sequences []int64) {
	distinct := slices.Compact(slices.Clone(sequences))
	if n := len(sequences) - len(distinct); n > 0 {
		v.Doubled += uint64(n)
		v.example("tap %d: %d rows of %s are doubled", t.number, n, what)
	}
	for _, s := range t.acknowledged {
		for n := s.first; n <= s.last; n++ {
			if _, ok := slices.BinarySearch(distinct, int64(n)); !ok {
				v.Missing++
				v.example("tap %d: %s %d was acknowledged and is not there", t.number, what, n)
			}
		}
	}
	for _, n := range distinct {
		if n < 1 || uint64(n) > t.sequence || slices.Contains(t.refusedOnes, uint64(n)) {
			v.Unasked++
			v.example("tap %d: %s %d is there and should not be", t.number, what, n)
		}
	}
}
