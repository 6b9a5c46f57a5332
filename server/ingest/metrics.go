package ingest

import "github.com/prometheus/client_golang/prometheus"

// metrics count what taps send. Labels have few values: never a tap or address.
type metrics struct {
	reports    *prometheus.CounterVec // by result
	enrolments *prometheus.CounterVec
	keys       *prometheus.CounterVec
	desired    *prometheus.CounterVec
	bytes      prometheus.Counter
	batch      prometheus.Histogram
	storeTime  prometheus.Histogram

	unregistered prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, queued func() float64) *metrics {
	m := &metrics{
		reports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "picket_ingest_reports_total", Help: "Requests to store a report, by what became of them.",
		}, []string{"result"}),
		enrolments: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "picket_ingest_enrolments_total", Help: "Requests to enrol, by what became of them.",
		}, []string{"result"}),
		keys: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "picket_ingest_keys_total", Help: "Requests for a new key, by what became of them.",
		}, []string{"result"}),
		desired: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "picket_ingest_desired_total", Help: "Requests for desired state, by what became of them.",
		}, []string{"result"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "picket_ingest_report_bytes_total", Help: "Octets of reports as sent, compressed, whose signature held.",
		}),
		unregistered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "picket_ingest_not_registered_total", Help: "Entities heard that got no row in a registry, since a tap or tenant had reached its limit.",
		}),
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "picket_ingest_batch_reports", Help: "Reports of one transaction.", Buckets: []float64{1, 4, 16, 64, 256, 512},
		}),
		storeTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "picket_ingest_store_seconds", Help: "Time of one transaction.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
	}
	if reg != nil {
		reg.MustRegister(m.reports, m.enrolments, m.keys, m.desired, m.bytes, m.unregistered, m.batch, m.storeTime, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "picket_ingest_queued_reports", Help: "Reports that wait for a transaction.",
		}, queued))
	}
	return m
}
