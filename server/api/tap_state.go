package api

import (
	"fmt"

	"picket/server/store"
)

// States of a tap.
const (
	online   = "online"
	degraded = "degraded"
	silent   = "silent"
	never    = "never"
)

// What makes a tap degraded or silent.
const (
	silentAfter     = 60.0   // seconds without a report; and three windows at least
	spoolBacklog    = 30     // reports waiting: five minutes of the usual windows
	dropShare       = 0.01   // of the frames of the newest window
	hotMilliCelsius = 80_000 // where boards begin to slow down
)

// tapState says what a tap does now, and why it is not online: the cause and
// what to do next.
func tapState(t store.Tap) (state, why string) {
	if t.LastReportAt == nil || t.SilentSeconds == nil {
		return never, "It is enrolled but has not sent a report. Check that it is switched on and can reach a node over HTTPS."
	}
	limit := silentAfter
	if t.LengthMS != nil {
		limit = max(limit, 3*float64(*t.LengthMS)/1000)
	}
	if *t.SilentSeconds > limit {
		return silent, fmt.Sprintf("No report for %s. Check its power and its network; what it heard meanwhile is sent when it is back.", ago(*t.SilentSeconds))
	}
	if why := degradedWhy(t); why != "" {
		return degraded, why
	}
	return online, ""
}

func degradedWhy(t store.Tap) string {
	if why := radioWhy(t); why != "" {
		return why
	}
	if len(t.CaptureName) == 0 {
		for _, a := range t.Adapters {
			if state, why := adapterState(t, a); state == unused {
				return fmt.Sprintf("It runs no capture, so it hears nothing. Adapter %s is not used. %s", text([]byte(a.Name)), why)
			}
		}
		return "It runs no capture, so it hears nothing. Plug in a Wi-Fi adapter, or give it an interface with -capture."
	}
	for i, name := range t.CaptureName {
		if err := get(t.CaptureError, i); err != "" {
			return fmt.Sprintf("Capture %s does not run: %s.", text([]byte(name)), sentence(err))
		}
	}
	if t.WindowDrops != nil && t.WindowFrames != nil {
		if all := *t.WindowDrops + *t.WindowFrames; all > 0 && float64(*t.WindowDrops) > dropShare*float64(all) {
			return fmt.Sprintf("It missed %d of %d frames in its newest window: its processor is too slow for this traffic.", *t.WindowDrops, all)
		}
	}
	if t.SpoolReports != nil && *t.SpoolReports > spoolBacklog {
		return fmt.Sprintf("%d reports wait to be sent: it catches up after an interruption, or its line is too slow.", *t.SpoolReports)
	}
	if t.TemperatureMC != nil && *t.TemperatureMC > hotMilliCelsius {
		return fmt.Sprintf("It is hot: %d °C. Give it air.", *t.TemperatureMC/1000)
	}
	return ""
}

// capturing reports whether a tap hears something now.
func capturing(t store.Tap) bool {
	state, _ := tapState(t)
	if state != online && state != degraded {
		return false
	}
	for i := range t.CaptureName {
		if runs(t, i) {
			return true
		}
	}
	return false
}

// ago says how long something has lasted, in its largest unit.
func ago(seconds float64) string {
	n, unit := int(seconds), "second"
	switch {
	case seconds >= 2*86400:
		n, unit = int(seconds/86400), "day"
	case seconds >= 2*3600:
		n, unit = int(seconds/3600), "hour"
	case seconds >= 120:
		n, unit = int(seconds/60), "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
