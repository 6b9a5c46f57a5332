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
// what is wrong. Sources come and go while Live runs, as radios are plugged in
// and pulled out; without any, reports go on all the same, and say that nothing
// is heard.
//
// # Radios that hop
//
// Who tunes a radio says so through the Tuning of its Input: where it listens,
// since when, and for how long it was deaf in between. So time is counted where
// it was spent, and a frame for the frequency of its own header. What the kernel
// dropped is asked for at each hop, and counts for the channel that is left. In
// return an Input's Heard is told about every tenth of a second what came, so that
// who plans can follow.
//
// Offline runs one source as fast as it can be read and cuts windows by the
// frames' own time.
//
// Windows are aligned to UTC: one of 10 s starts at seconds 0, 10, 20, …
// Sequence numbers run from 1 without gaps, in the order of Emit, which is never
// called by two goroutines at once.
package pipeline
