// Package ingest takes what taps send, POST /v1/enrol and POST /v1/reports, and
// tells them what the centre wants of them, GET /v1/desired.
//
// A report's way: size and type, digest and signature, the tap's key (cached for
// seconds), decoding, the window's age, then the Batcher, which puts the reports
// of many taps into one transaction and answers each when that is committed. So
// 204 means that the tap may delete its copy.
//
// # Bounds
//
// Everything that a stranger or a tap can make the node hold is bounded, and what
// is over a bound is answered 503 with Retry-After, for the tap keeps its report:
// requests in flight by memory (their bodies and what they decode to), look-ups of
// unknown keys, decoders, and the batcher's queue. A failing or slow database
// fills the queue and so makes taps wait.
//
// # Statuses of POST /v1/reports
//
//	204  committed, now or before
//	413, 415, 422
//	     refused for good: retrying cannot help
//	401  signature, clock, or a tap that is unknown or revoked; the text says which
//	503  later
//
// An answer of 204 names definitions that the node lacks (WantHeader) and the
// newest revision of what is wanted of the tap (desired.Header).
package ingest
