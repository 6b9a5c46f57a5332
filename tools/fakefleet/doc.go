// Command fakefleet is thousands of taps that are made up: each has an Ed25519
// key and a TLS connection of its own that is kept alive, and sends signed reports
// of what offices would hear. It measures a node, or a cluster of them, and shows
// whether anything was lost or stored twice.
//
//	fakefleet -data DIR -node https://127.0.0.1:8443 -taps 10000 -tenants 20 \
//	  -period 10s -for 10m -verify -json
//
// # Open loop
//
// Every report has a moment at which it is due: taps are spread evenly over the
// period, and the schedule does not wait for answers. Latency is counted from that
// moment to the acknowledgement, so a node that stalls is charged for every report
// that it kept waiting, not only for those that were under way (the omission that
// closed-loop generators have in common). Taps connect before the schedule begins,
// at a bounded rate; -learn has each report once before, so that the registries know
// what it hears; -warm says how much of the beginning is left out of latencies.
//
// # As a tap behaves
//
// A tap keeps what is not acknowledged, in order, and sends it again: after 429 and
// 503 not before Retry-After says, after other failures at the next node, with
// pauses that double from one second to -most-pause and vary by a fifth. 400, 413, 415 and 422
// are final: the report is dropped and counted by the reason that the node names.
// At the end of -for no new reports are due, and what is left is sent for up to
// -drain. What is left then is "unacknowledged"; what the bound of -backlog pushed
// out is "given_up".
//
// -lose N has of N reports one whose connection is cut after it was sent and
// before its answer is read. It is sent again, as a tap would, and must not be
// stored twice.
//
// # What the taps hear
//
// Taps stand four to a site, sites are spread evenly over the tenants. A site has half as
// many BSSs and stations again as a tap hears; its taps hear overlapping parts of
// them. Who an entity is follows from the seed, the site and a place in its
// roster; a place's occupant is replaced at random moments, -churn of all an hour.
// Attributes (SSID, channel, security, fingerprint) are the entity's; counts,
// signals and TSF vary from window to window. Windows are aligned as a tap's are.
//
// Making and compressing a report costs a tap 0.3 ms, which on the machine that is
// measured is the generator's and not the node's: -fresh N has each tap make its
// tables anew for every Nth report, and send the others with the tables before and
// a new header (a second zstd frame and protobuf message, which a reader merges).
// 1 makes all of them anew.
//
// -recorded GLOB takes the tables from files of encoded reports instead, as tapd's
// -report-dir or wire.Encode writes them, with addresses changed from site to site.
//
// # Keys
//
// -token enrols every tap as a real one does, with a token of enough uses. For
// fleets larger than one wants to enrol, -data or -database adds tenants
// "fleet-01" …, sites and keys to the database directly; so does -verify look there.
// That path is for databases of tests: a fleet's keys follow from -seed, and who
// knows the seed can sign. Without -seed it is random.
//
// # Verification
//
// -verify reads the reports of each tap's boot back: every sequence number that was
// acknowledged must be there exactly once, and what was never sent must not be. The
// exit status is 1 when something is lost or doubled, or a report was refused that
// should not be.
package main
