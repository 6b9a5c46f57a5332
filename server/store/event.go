package store

import (
	"math"
	"time"

	"picket/shared/wire/wirepb"
)

// eventFamily is what happened to the taps, a row an event, so that they can be
// read by time across taps.
func eventFamily() family {
	f := family{
		table: "tap_event",
		rows:  func(r *wirepb.Report) int { return len(r.GetHealth().GetEvents()) },
		write: writeEvents,
	}
	f.statements([]string{"tenant_id", "tap_id", "window_start", "boot_id", "sequence", "ordinal", "at", "kind", "subject", "text"})
	return f
}

const eventFields = 10

func writeEvents(c *copyBuffer, in *Incoming) {
	start, end := in.windowStart(), in.windowEnd()
	for i, e := range in.Report.GetHealth().GetEvents() {
		at := start.Add(time.Duration(e.GetAtMs()) * time.Millisecond)
		if at.After(end) {
			at = end
		}
		c.begin(eventFields)
		c.uuid(in.TenantID)
		c.uuid(in.TapID)
		c.time(start)
		c.uuid(in.bootID())
		c.int8(int64(in.Report.GetHeader().GetSequence()))
		c.int4(int32(i + 1))
		c.time(at)
		c.int2(int16(uint32(e.GetKind()) & math.MaxInt16))
		c.text(plain(e.GetSubject()))
		c.text(plain(e.GetText()))
	}
}
