package api

import (
	"strings"
	"testing"
	"time"

	"picket/server/store"
)

func TestTapState(t *testing.T) {
	healthy := func(change func(*store.Tap)) store.Tap {
		tap := store.Tap{
			Name: "alpha", LastReportAt: pointer(time.Now()), SilentSeconds: pointer(3.0), LengthMS: pointer(10_000),
			WindowFrames: pointer(int64(1000)), WindowDrops: pointer(int64(0)), SpoolReports: pointer(int64(0)),
			CaptureName: []string{"wlan0", "eth0"}, CaptureError: []string{"", ""},
		}
		change(&tap)
		return tap
	}
	tests := []struct {
		name      string
		tap       store.Tap
		want, why string
		capturing bool
	}{
		{"never reported", store.Tap{}, never, "switched on", false},
		{"well", healthy(func(*store.Tap) {}), online, "", true},
		{"a minute late", healthy(func(p *store.Tap) { p.SilentSeconds = pointer(59.0) }), online, "", true},
		{"silent", healthy(func(p *store.Tap) { p.SilentSeconds = pointer(7300.0) }), silent, "2 hours", false},
		{"long windows", healthy(func(p *store.Tap) { p.SilentSeconds, p.LengthMS = pointer(100.0), pointer(60_000) }), online, "", true},
		{"no capture", healthy(func(p *store.Tap) { p.CaptureName = nil }), degraded, "-capture", false},
		{"one capture fails", healthy(func(p *store.Tap) { p.CaptureError = []string{"", "no such device"} }), degraded, "eth0 does not run: no such device", true},
		{"all captures fail", healthy(func(p *store.Tap) { p.CaptureError = []string{"down", "down"} }), degraded, "wlan0", false},
		{"drops", healthy(func(p *store.Tap) { p.WindowDrops = pointer(int64(20)) }), degraded, "20 of 1020", true},
		{"a backlog", healthy(func(p *store.Tap) { p.SpoolReports = pointer(int64(31)) }), degraded, "31 reports", true},
		{"hot", healthy(func(p *store.Tap) { p.TemperatureMC = pointer(85_000) }), degraded, "85 °C", true},
	}
	for _, tt := range tests {
		state, why := tapState(tt.tap)
		if state != tt.want || !strings.Contains(why, tt.why) || (state == online) != (why == "") {
			t.Errorf("%s: %s, %q; want %s, %q", tt.name, state, why, tt.want, tt.why)
		}
		if got := capturing(tt.tap); got != tt.capturing {
			t.Errorf("%s: capturing = %v", tt.name, got)
		}
	}
}

// TestHistory: what was not covered is never shown as heard.
func TestHistory(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.Add(24 * time.Hour)
	hour := func(h float64) time.Time { return from.Add(time.Duration(h * float64(time.Hour))) }
	p := place{
		taps: []store.Tap{{ID: "a"}, {ID: "b"}, {ID: "new"}},
		coverage: map[string]store.Coverage{
			"a": {From: hour(2.5), To: hour(20), Gaps: []store.Interval{{From: hour(5), To: hour(7)}, {From: hour(10), To: hour(10.5)}}},
			"b": {From: hour(15), To: hour(18)},
		},
	}
	got := ""
	for _, slot := range p.history(from, to, to.Add(time.Hour)) {
		got += slot.State[:1]
	}
	if want := "nn" + "hhh" + "nn" + "hhh" + "p" + "hhhh" + "hhh" + "pp" + "nnnn"; got != want {
		t.Errorf("history\n%s, want\n%s", got, want)
	}
}
