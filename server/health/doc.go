// Package health says what is wrong with an installation, why, and what to do:
// rules over measured facts, and nothing else. It opens no socket and reads no
// clock; what measures is server/measure.
//
// # Indicators
//
// An Indicator is one thing that can be good or bad: a tap that is silent or drops
// frames, a clock that is off, a node that is lost, a database that is slow to
// commit, a partition that is missing, a certificate that ends, a queue that grows, a
// disk that fills. Each has a reason, with the figures it rests on, and a cure.
//
// # Diagnosis
//
// Operators meet three symptoms: taps' requests run into time-outs, connections are
// closed or answered with 5xx, the console is slow. Behind all of them is one of five
// things that is short: the node's CPU, its memory, the database's writing or reading,
// the network. Diagnose looks from the symptom to the resource.
//
// Each resource has a score: how many times over the point where it hurts it is. The
// measures are taken so that they do not stand for each other, but one shortage
// shows in the measures of another: a node without CPU sees a slow database and a slow
// line, because it is late itself; a node without memory spends its CPU on collecting
// garbage. So the order is fixed:
//
//   - Locks in the database that somebody waits for are evidence of their own.
//   - Garbage collection that takes the CPU is a lack of memory, not of CPU.
//   - Where the node itself is short of CPU or memory, slow answers of the database
//     or the line count only by what they exceed the node's own delays.
//   - Where the way to the database is slow, every statement is; the database is
//     blamed for what is left.
package health
