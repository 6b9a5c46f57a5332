// Package migrations holds the database's schema as goose migrations.
//
// Files are NNNN_verb_object.sql, forward only, one transaction each, and must
// run while the previous release still serves: expand, deploy, contract. They
// run as picket_owner with the search path on the schema picket; the roles and
// the schema themselves are made before, by store.Migrate.
//
// Rules that every table follows:
//
//   - tenant_id leads each key, so that the schema can be distributed by it.
//     What must be found before the tenant is known (a tap's key, an enrolment
//     token's hash) is the exception and says so.
//   - Tables of a tenant have row-level security: picket_api sees the tenant
//     that picket.tenant_id names and nothing without it; picket_ingest, which
//     stores many tenants' reports in one transaction, has a policy of its own
//     and no more privileges than its merges need. Owners are exempt.
//   - Raw observations are packed: a row a (tenant, tap, window, family) with
//     an array a column. A column that is NULL is all zero, as in the report.
//     tap_event is the exception: few rows, read by time across taps.
//   - Partitions are ranges of the time column of one level, a UTC day each for
//     raw tables and a UTC month for rollups; retention drops them. There is no
//     default partition: the store makes what is missing.
//   - No triggers, no sequences, no extensions: plain PostgreSQL 15 and newer.
package migrations

import "embed"

// Files is every migration of this release.
//
//go:embed *.sql
var Files embed.FS
