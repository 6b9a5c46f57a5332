// Package store is the database: all SQL of the server that is not a migration.
//
// # Roles
//
// A Store holds a pool of connections for each role, and each method uses the
// least that it needs: picket_owner for migrations and partitions, picket_ingest
// for storing reports and enrolling taps, picket_api for what people ask. Row-level
// security lets picket_api see one tenant, the one that InTenant sets for the
// transaction.
//
// # Storing reports
//
// AddReports stores the reports of many taps in one transaction:
//
//  1. The taps' rows are locked in the order of their keys. That shuts out
//     another node that stores for the same taps, and makes a revocation either
//     visible here or wait for us.
//  2. The reports' rows are inserted into report, unless their id is there. Only
//     reports that were new in this step go on: that is why a report counts once
//     however often it is sent.
//  3. Definitions are merged, then observations and registries, set by set, each in
//     the order of its key, in the same order of tables everywhere: two nodes never
//     wait for each other in a circle.
//
// Rows come as array parameters of these statements, not by COPY into staging: an
// observation row is one string of octets (package pack) a report and family, so
// there is little to copy; staging would write it twice, need rights that ingest
// has no other use for, and in the form of temporary tables a session that a pooler
// in transaction mode does not give.
//
// # Registries
//
// Registries are written when something changed or the last writing is five minutes
// old (seen.go); what was written is remembered in the node, in a bounded cache that
// is filled after commit. A row that the node does not remember is looked for, and
// inserted when it is not there. How many entities a tap adds in an hour and how many
// rows a tenant has is bounded (Limits): what is beyond is counted in the outcome and
// in report.not_registered, and stays in the raw observations.
//
// # Radios
//
// A report tells of the tap's radios when they changed, and now and then. What the
// newest window told is in tap_radio and tap_adapter; a report that comes late is
// not newer and changes nothing there. An adapter that is not listed any more is
// gone, and forgotten a week later, so that what a tap names is bounded. What
// happened to a tap is in tap_event, the one observation with a row an item: events
// are few, and are read by time across taps.
//
// # Rollups
//
// What reports say is put together to ten minutes, hours and days, each once it is
// closed, by marks that change in the transaction that builds (rollup.go); readers
// take the coarsest level that fits (read_pieces.go, read_heard.go). What is kept for
// how long is a table (retention.go). docs/time-series.md tells it whole.
//
// # Time
//
// Windows carry the taps' UTC; registries keep event time. received_at and all
// expiry is now() of the database.
package store
