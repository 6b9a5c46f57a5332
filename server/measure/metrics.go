package measure

import (
	"github.com/prometheus/client_golang/prometheus"

	"picket/server/health"
)

// gauges are what a sample has, as metrics.
type gauge struct {
	desc  *prometheus.Desc
	value func(health.Facts) float64
	label []string
}

// Metrics shows a meter's last sample, with what is short by it.
type Metrics struct {
	meter    *Meter
	gauges   []gauge
	shortage *prometheus.Desc
	symptom  *prometheus.Desc
}

// NewMetrics returns the collector of a meter.
func NewMetrics(m *Meter) *Metrics {
	c := &Metrics{
		meter:    m,
		shortage: prometheus.NewDesc("picket_node_shortage_score", "How many times over the point where it hurts a resource is; 0: it is not short.", []string{"resource"}, nil),
		symptom:  prometheus.NewDesc("picket_node_symptom", "1 while a symptom is noticed.", []string{"symptom"}, nil),
	}
	add := func(name, help string, value func(health.Facts) float64, label ...string) {
		var names, values []string
		if len(label) == 2 {
			names, values = label[:1], label[1:]
		}
		c.gauges = append(c.gauges, gauge{prometheus.NewDesc(name, help+" Of the last half minute.", names, nil), value, values})
	}
	add("picket_node_cpu_busy_ratio", "Share of the machine's processors that is busy.", func(f health.Facts) float64 { return f.CPU.Busy })
	add("picket_node_cpu_waiting_ratio", "Share of the time that the node wanted to run and waited for a processor.", func(f health.Facts) float64 { return f.CPU.Waiting })
	add("picket_node_cpu_throttled_ratio", "Share of the time that a limit held the node.", func(f health.Facts) float64 { return f.CPU.Throttled })
	add("picket_node_goroutine_delay_seconds", "99 of 100 goroutines ran within this after they could.", func(f health.Facts) float64 { return f.CPU.DelayMS / 1000 })
	add("picket_node_memory_used_bytes", "Memory in use against its limit.", func(f health.Facts) float64 { return float64(f.Memory.Used) })
	add("picket_node_memory_limit_bytes", "The least of the machine's, the control group's and GOMEMLIMIT.", func(f health.Facts) float64 { return float64(f.Memory.Limit) })
	add("picket_node_collector_ratio", "Share of the node's CPU time that garbage collection takes.", func(f health.Facts) float64 { return f.Memory.Collector })
	add("picket_node_disk_free_bytes", "Free where the data directory is.", func(f health.Facts) float64 { return float64(f.Disk.Free) })
	add("picket_node_disk_total_bytes", "Size of the file system of the data directory.", func(f health.Facts) float64 { return float64(f.Disk.Total) })
	for _, w := range []struct {
		name  string
		work  func(health.Facts) health.Work
		locks func(health.Facts) health.Locks
	}{
		{"write", func(f health.Facts) health.Work { return f.Write }, func(f health.Facts) health.Locks { return f.Database.WriteLocks }},
		{"read", func(f health.Facts) health.Work { return f.Read }, func(f health.Facts) health.Locks { return f.Database.ReadLocks }},
	} {
		add("picket_database_statement_p95_seconds", "95 of 100 statements took no longer.", func(f health.Facts) float64 { return w.work(f).P95MS / 1000 }, "work", w.name)
		add("picket_database_statement_longest_seconds", "The longest statement, those that run included.", func(f health.Facts) float64 { return w.work(f).LongMS / 1000 }, "work", w.name)
		add("picket_database_connection_wait_seconds", "Mean wait for a connection.", func(f health.Facts) float64 { return w.work(f).PoolMS / 1000 }, "work", w.name)
		add("picket_database_lock_waits", "Sessions that wait for a lock.", func(f health.Facts) float64 { return float64(w.locks(f).Waiting) }, "work", w.name)
	}
	add("picket_database_commit_seconds", "Of a small durable write.", func(f health.Facts) float64 { return f.Database.CommitMS / 1000 })
	add("picket_database_round_trip_seconds", "Of the shortest question.", func(f health.Facts) float64 { return f.Database.RoundTripMS / 1000 })
	add("picket_taps_line_p95_seconds", "95 of 100 taps' requests spent no longer on the way.", func(f health.Facts) float64 { return f.Taps.LineMS / 1000 })
	add("picket_taps_failed_attempts", "Attempts that taps told of and that ended without a delivery.", func(f health.Facts) float64 { return float64(f.Taps.Timeouts) }, "end", "timeout")
	add("picket_taps_failed_attempts", "Attempts that taps told of and that ended without a delivery.", func(f health.Facts) float64 { return float64(f.Taps.Closed) }, "end", "closed")
	add("picket_taps_failed_attempts", "Attempts that taps told of and that ended without a delivery.", func(f health.Facts) float64 { return float64(f.Taps.Refused) }, "end", "refused")
	return c
}

// Describe is Prometheus's.
func (c *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, g := range c.gauges {
		to <- g.desc
	}
	to <- c.shortage
	to <- c.symptom
}

// Collect is Prometheus's.
func (c *Metrics) Collect(to chan<- prometheus.Metric) {
	f := c.meter.Latest()
	for _, g := range c.gauges {
		to <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value(f), g.label...)
	}
	scores := map[health.Resource]float64{}
	for _, s := range health.Shortages(f) {
		scores[s.Resource] = s.Score
	}
	for _, r := range []health.Resource{health.NodeCPU, health.NodeMemory, health.DatabaseWrite, health.DatabaseRead, health.Network} {
		to <- prometheus.MustNewConstMetric(c.shortage, prometheus.GaugeValue, scores[r], string(r))
	}
	symptoms := health.Symptoms(f)
	for _, s := range []health.Symptom{health.TapTimeouts, health.FailedAnswers, health.SlowInterface} {
		v := 0.0
		if _, ok := symptoms[s]; ok {
			v = 1
		}
		to <- prometheus.MustNewConstMetric(c.symptom, prometheus.GaugeValue, v, string(s))
	}
}
