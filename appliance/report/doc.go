// Package report delivers what the spool holds to the nodes, in order, and is the
// only part of a tap that does.
//
// A report is posted until a node says that it is stored, or that it never will be:
//
//	204                 stored: acknowledged, and definitions that the node lacks are asked for again
//	400, 413, 415, 422  refused for good: acknowledged, counted and logged
//	401                 not believed (key, clock, revoked): kept; pause
//	429, 503            later: kept; pause at least as long as Retry-After says, then the next node
//	anything else       the next node at once; after the last of them, pause
//
// Pauses grow from one second to five minutes, varied by a fifth. Redirects are
// not followed. Windows end for all taps in one moment: a tap that has delivered
// everything waits with the next report for its share of the time that the node
// named (wire.SpreadHeader). Each attempt is signed anew, because a signature lives five
// minutes. An answer that gets lost leads to a second delivery of the same id,
// which a node stores once.
package report
