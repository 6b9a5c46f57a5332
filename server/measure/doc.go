// Package measure is what a node knows of itself: processor, memory, disk, the
// requests it answers, what taps tell of their lines, and how the database answers.
// server/health judges it.
//
// Every five seconds a Task takes a sample, which covers the last half minute, and
// stores it, so that each node's console shows all of them. Storing it is a
// measurement too: a small durable write, as a report's commit is one.
package measure
