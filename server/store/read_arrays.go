package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// arraysSQL looks for observations that the release before this one stored as arrays.
const arraysSQL = `
SELECT EXISTS (
    SELECT FROM channel_window
    WHERE tenant_id = @tenant::uuid AND tap_id = ANY(@taps::text[]::uuid[]) AND window_start >= @from::timestamptz AND window_start < @to::timestamptz)
  OR EXISTS (
    SELECT FROM bss_window
    WHERE tenant_id = @tenant::uuid AND tap_id = ANY(@taps::text[]::uuid[]) AND window_start >= @from::timestamptz AND window_start < @to::timestamptz)
  OR EXISTS (
    SELECT FROM host_window
    WHERE tenant_id = @tenant::uuid AND tap_id = ANY(@taps::text[]::uuid[]) AND window_start >= @from::timestamptz AND window_start < @to::timestamptz)`

// opens reports whether a page reads all of some taps' windows in a range of time:
// those that are few enough, and packed. Pages about what an earlier release stored
// read its rollups, which are of ten minutes.
func (v *view) opens(ctx context.Context, bounds reading, from, to time.Time, taps []string) (bool, error) {
	if !bounds.opens(to.Sub(from), len(taps)) {
		return false, nil
	}
	var arrays bool
	err := v.QueryRow(ctx, arraysSQL, pgx.StrictNamedArgs{"tenant": v.tenant, "taps": taps, "from": from, "to": to}).Scan(&arrays)
	return !arrays, err
}
