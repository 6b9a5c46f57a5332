// Package ingest takes what taps send, POST /v1/enrol and POST /v1/reports, and
// tells them what the centre wants of them, GET /v1/desired.
//
// A report's way: room in the queue, size and type, digest and signature, the tap's key (cached for
// minutes), the limits of its tap and tenant, decoding, the window's age by the
// database's clock, then the Batcher, which puts the reports of many taps into one
// transaction and answers each when that is committed. So 204 means that the tap may
// delete its copy. Revocation and renewal of keys are read in that transaction.
//
// # Bounds
//
// Everything that a stranger or a tap can make the node hold is bounded, and what
// is over a bound is answered 429 or 503 with Retry-After, for the tap keeps its
// report: large bodies that arrive, reports in flight by what they may decode to,
// look-ups of unknown keys, decoders, and the batcher's queue by reports and octets,
// of which one tenant may fill half. A database that lags fills the queue, and so
// makes taps wait.
//
// Each tap and each tenant has a bucket of reports (Limits), at each node for itself.
// How many entities a tap may add to the registries in an hour is the store's to
// limit: it stores the report whole and leaves those out.
//
// Windows end for all taps in one moment. Answers tell them over how long to spread
// what they send (wire.SpreadHeader), the longer the more taps there are.
//
// # Answers to POST /v1/reports
//
//	204  committed, now or before (word: duplicate)
//	413, 415, 422
//	     refused for good, retrying cannot help: type, size, bomb, malformed, old,
//	     future, data
//	401  not now: signature, cluster, clock, unknown, revoked
//	429  later: tap_rate, tenant_rate
//	503  later: busy, database
//
// The words are in wire.ReasonHeader, are the label of picket_ingest_reports_total,
// and stand in the log, where the same word of the same tap has a line in half a
// minute at the most. Nothing of a report that is not answered 204 is stored, but
// where the answer to a commit was lost; sent again, it is then a duplicate.
//
// An answer of 204 names definitions that the node lacks (WantHeader) and the
// newest revision of what is wanted of the tap (desired.Header).
package ingest
