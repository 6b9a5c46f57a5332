package pipeline

import (
	"time"

	"picket/appliance/aggregate"
	"picket/shared/wire/wirepb"
)

// Config is what live and offline runs have in common.
type Config struct {
	Window        time.Duration // 1 s to 60 s
	Boot          [16]byte      // random at each start of the process
	Version       string        // of the software
	Demonstration bool          // the frames are a recording

	// Definitions of this boot.
	Definitions *aggregate.Definitions

	// Health fills the process's part of a report's health; nil: none.
	Health func(*wirepb.Health)

	// Emit takes a report. It may block: live captures then drop in the kernel,
	// and count. An error ends the run.
	Emit func(*wirepb.Report) error
}

// assembler numbers the reports of a boot.
type assembler struct {
	Config
	sequence uint64
}

// emit turns the windows of all captures, which cover the same time, into a
// report. states are the captures of its health; windows[i] is of states[of[i]-1].
func (a *assembler) emit(windows []*aggregate.Window, of []uint32, states []*wirepb.Capture, start int64, length time.Duration) error {
	r := aggregate.Report(a.Definitions, windows, of)
	a.sequence++
	r.Header = &wirepb.Header{
		BootId: a.Boot[:], Sequence: a.sequence,
		WindowStartUs: start / int64(time.Microsecond), WindowLengthMs: uint32(length / time.Millisecond),
		SoftwareVersion: a.Version, Demonstration: a.Demonstration,
	}
	r.Health.Captures = states
	if a.Health != nil {
		a.Health(r.Health)
	}
	return a.Emit(r)
}

// state describes what a capture did in a window.
func state(name string, kind wirepb.Capture_Kind, linkType uint16, w *aggregate.Window, drops uint64, problem string) *wirepb.Capture {
	c := &wirepb.Capture{Name: name, Kind: kind, LinkType: uint32(linkType), KernelDrops: drops, Error: problem}
	if w != nil {
		c.Frames, c.Bytes = w.Frames, w.Bytes
		c.BadFcs, c.Malformed, c.Unsupported = w.BadFCS, w.Malformed, w.Unsupported
	}
	return c
}

// align returns the start of the window that t falls into.
func align(t int64, window time.Duration) int64 {
	start := t - t%int64(window)
	if start > t { // before 1970
		start -= int64(window)
	}
	return start
}
