package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// summary is what a run came to. Times are in milliseconds, of reports that were
// due after the warm-up, from when they were due to their acknowledgement.
type summary struct {
	Taps           int               `json:"taps"`
	Tenants        int               `json:"tenants"`
	Seed           uint64            `json:"seed"`
	Seconds        float64           `json:"seconds"` // of the schedule
	PerSecond      float64           `json:"reports_per_second"`
	Due            uint64            `json:"due"`                      // reports made
	Sent           uint64            `json:"sent"`                     // requests
	Again          uint64            `json:"sent_again"`               // of these, not for the first time
	Acknowledged   uint64            `json:"acknowledged"`             // reports
	Scheduled      uint64            `json:"acknowledged_of_schedule"` // reports, without those of -learn
	Duplicates     uint64            `json:"duplicates"`               // of these, known to the node already
	Lost           uint64            `json:"cut_on_purpose"`           // answers that -lose threw away
	GivenUp        uint64            `json:"given_up"`                 // reports that no backlog had room for
	Unacknowledged uint64            `json:"unacknowledged"`           // reports left at the end
	Refused        map[string]uint64 `json:"refused"`                  // requests, by the node's word
	Failed         map[string]uint64 `json:"failed,omitempty"`         // requests without an answer, by cause
	MeanBody       float64           `json:"mean_body_bytes"`
	P50            float64           `json:"p50_ms"`
	P95            float64           `json:"p95_ms"`
	P99            float64           `json:"p99_ms"`
	Max            float64           `json:"max_ms"`
	Slow           []string          `json:"over_500_ms,omitempty"` // when, as seconds of the run and how many
	CPUPerReport   float64           `json:"own_cpu_us_per_report"`
	Verify         *verdict          `json:"verify,omitempty"`
}

// ownCPU is the processor time that this process used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// summarise adds up; known is how many were acknowledged before the schedule began.
func (f *fleet) summarise(cpu time.Duration, known uint64) summary {
	c := &f.count
	s := summary{
		Taps: f.o.taps, Tenants: f.o.tenants, Seed: f.o.seed, Seconds: f.o.length.Seconds(), Due: c.due.Load(), Sent: c.sent.Load(),
		Again: c.again.Load(), Acknowledged: c.acked.Load(), Duplicates: c.duplicates.Load(), Lost: c.lost.Load(), GivenUp: c.givenUp.Load(),
		P50: ms(c.latency.quantile(0.5)), P95: ms(c.latency.quantile(0.95)), P99: ms(c.latency.quantile(0.99)), Max: ms(c.latency.longest()),
	}
	s.Scheduled = s.Acknowledged - known
	s.PerSecond = float64(s.Scheduled) / max(s.Seconds, 1e-3)
	s.Refused, s.Failed = c.reasons()
	var octets, bodies int
	for _, t := range f.taps {
		s.Unacknowledged += uint64(len(t.backlog))
		if t.sheet.body != nil {
			octets, bodies = octets+len(t.sheet.body), bodies+1
		}
	}
	s.MeanBody = float64(octets) / float64(max(bodies, 1))
	s.CPUPerReport = float64(cpu.Microseconds()) / float64(max(s.Scheduled, 1))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range slices.Sorted(maps.Keys(c.slow)) {
		s.Slow = append(s.Slow, fmt.Sprintf("%d s: %d", at*10, c.slow[at]))
	}
	return s
}

func (s summary) write(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d taps of %d tenants, %.1f reports/s for %.0f s, bodies of %.0f octets\n", s.Taps, s.Tenants, s.PerSecond, s.Seconds, s.MeanBody)
	fmt.Fprintf(&b, "due %d, sent %d (%d again), acknowledged %d (%d known already), given up %d, unacknowledged %d\n",
		s.Due, s.Sent, s.Again, s.Acknowledged, s.Duplicates, s.GivenUp, s.Unacknowledged)
	fmt.Fprintf(&b, "acknowledged after p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms\n", s.P50, s.P95, s.P99, s.Max)
	for _, word := range slices.Sorted(maps.Keys(s.Refused)) {
		fmt.Fprintf(&b, "refused, %s: %d\n", word, s.Refused[word])
	}
	for _, why := range slices.Sorted(maps.Keys(s.Failed)) {
		fmt.Fprintf(&b, "no answer, %s: %d\n", why, s.Failed[why])
	}
	if v := s.Verify; v != nil {
		fmt.Fprintf(&b, "read back %d: missing %d, doubled %d, unasked %d\n", v.Checked, v.Missing, v.Doubled, v.Unasked)
		for _, e := range v.Examples {
			fmt.Fprintln(&b, " ", e)
		}
	}
	fmt.Fprintf(&b, "own processor time %.0f µs a report\n", s.CPUPerReport)
	_, err := io.WriteString(w, b.String())
	return err
}
