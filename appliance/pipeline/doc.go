// Package pipeline is the way of a frame through a tap: capture → dissect →
// aggregate, cut into windows, and out comes a report a window.
//
//	source ─ shard ─ window ┐
//	source ─ shard ─ window ┼─ merge ─ report ─ Emit
//	source ─ shard ─ window ┘
//
// Live runs several sources by the clock: each in a goroutine of its own, which
// alone touches its shard. At the end of a window the goroutine hands the window
// over and goes on with its spare one; a merger waits for the windows of all
// sources, makes the report, and gives the windows back. A source that fails is
// opened again, with growing pauses, while the others go on; its report says
// what is wrong.
//
// Offline runs one source as fast as it can be read and cuts windows by the
// frames' own time.
//
// Windows are aligned to UTC: one of 10 s starts at seconds 0, 10, 20, …
// Sequence numbers run from 1 without gaps, in the order of Emit, which is never
// called by two goroutines at once.
package pipeline
