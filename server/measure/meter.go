package measure

import (
	"sync/atomic"
	"time"

	"picket/server/health"
	"picket/shared/delivery"
)

// Meter collects what a node does. Its methods may be called from several
// goroutines.
type Meter struct {
	reports, api requests
	taps         told
	queue        func() (length, most int)
	disk         string
	version      string

	latest atomic.Pointer[health.Facts]
}

// New returns the meter of a node with its data directory. queue tells how many
// reports wait to be stored.
func New(version, data string, queue func() (length, most int)) *Meter {
	return &Meter{version: version, disk: data, queue: queue}
}

// Report notes that a tap's report came; call what it returns with the answer's status.
func (m *Meter) Report() func(status int) { return begin(&m.reports) }

// API notes that a request of a person came; call what it returns with the
// answer's status.
func (m *Meter) API() func(status int) { return begin(&m.api) }

func begin(r *requests) func(status int) {
	end := r.begin(time.Now())
	return func(status int) { end(status, time.Now()) }
}

// Told notes what a tap told of delivering.
func (m *Meter) Told(t delivery.Told) {
	if t == (delivery.Told{}) {
		return
	}
	m.taps.mu.Lock()
	defer m.taps.mu.Unlock()
	s := &m.taps.ring[m.taps.at]
	if t.Line > 0 {
		s.line.add(t.Line)
	}
	s.timeouts += t.Timeouts
	s.closed += t.Closed
	s.refused += t.Refused
}

// Latest returns the last sample; zero before the first.
func (m *Meter) Latest() health.Facts {
	if f := m.latest.Load(); f != nil {
		return *f
	}
	return health.Facts{Version: m.version}
}
