package store_test

import (
	"context"
	"net"
	"testing"
	"time"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

// With sequential scans made dear, as they are in large tables, what the console's
// pages ask must not need one in a partition of observations.
func TestPagesDoNotScanObservations(t *testing.T) {
	db := testdb.New(t)
	admin := db.Conn(t, embedded.Superuser)
	if _, err := admin.Exec(t.Context(), "ALTER DATABASE "+db.Name+" SET enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), db.Config())
	if err != nil {
		t.Fatal(err)
	}
	tap := db.Tap(t, s, "one")
	var in []store.Incoming
	for i := range uint64(20) {
		in = append(in, incoming(t, tap, spec(i+1)))
	}
	if _, err := s.AddReports(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RollUpAt(t.Context(), start().Add(2*store.Bucket)); err != nil {
		t.Fatal(err)
	}
	r, tenant := s.Reader(), tap.TenantID.String()
	to := time.Now().UTC()
	for _, length := range []time.Duration{15 * time.Minute, 24 * time.Hour, 30 * 24 * time.Hour} {
		span := store.Span{From: to.Add(-length), To: to}
		for name, page := range map[string]func(context.Context) error{
			"networks": func(ctx context.Context) error { _, _, _, err := r.BSSs(ctx, tenant, span, 1000); return err },
			"clients":  func(ctx context.Context) error { _, _, _, err := r.Stations(ctx, tenant, "", span, 1000); return err },
			"hosts":    func(ctx context.Context) error { _, _, _, err := r.Hosts(ctx, tenant, span, 1000); return err },
			"taps":     func(ctx context.Context) error { _, err := r.Taps(ctx, tenant, span); return err },
			"events": func(ctx context.Context) error {
				_, _, err := r.Events(ctx, tenant, span, store.EventQuery{Limit: 100})
				return err
			},
			"events of a tap": func(ctx context.Context) error {
				_, _, err := r.Events(ctx, tenant, span, store.EventQuery{Tap: tap.TapID.String(), Kinds: []int16{3}, Limit: 100})
				return err
			},
			"coverage": func(ctx context.Context) error {
				_, err := r.TapCoverage(ctx, tenant, tap.TapID.String(), span)
				return err
			},
			"signal": func(ctx context.Context) error {
				_, err := r.BSSSignal(ctx, tenant, bssidOf(in[0]), span)
				return err
			},
			"network": func(ctx context.Context) error { _, _, err := r.BSS(ctx, tenant, bssidOf(in[0]), span); return err },
			"channels": func(ctx context.Context) error {
				_, err := r.TapChannels(ctx, tenant, tap.TapID.String(), span)
				return err
			},
			"health": func(ctx context.Context) error {
				_, err := r.TapHealth(ctx, tenant, tap.TapID.String(), span)
				return err
			},
			"home": func(ctx context.Context) error { _, _, err := r.Home(ctx, tenant, span, 20); return err },
		} {
			if err := page(t.Context()); err != nil {
				t.Errorf("%s over %v: %v", name, length, err)
			}
		}
	}
	s.Close() // a connection's counts are there when it has ended
	const scansSQL = `
SELECT relname || ': ' || seq_scan || ' scans'
FROM pg_stat_user_tables
WHERE relname ~ '^(air|wire)_raw_[0-9]+$|^report_[0-9]+$|_10m_[0-9]+$|_1[hd]_[0-9]+$|^tap_event_[0-9]+$'
  AND seq_scan > 0
ORDER BY 1`
	conn := db.Conn(t, store.RoleOwner)
	if got := list(t, conn, scansSQL); len(got) > 0 {
		t.Errorf("sequential scans: %v", got)
	}
	const usedSQL = `SELECT relname FROM pg_stat_user_tables WHERE relname ~ '^air_raw_[0-9]+$' AND idx_scan > 0`
	if got := list(t, conn, usedSQL); len(got) == 0 {
		t.Error("no partition of air_raw was read at all: this test shows nothing")
	}
}

// bssidOf is the first address of a report's dictionary: a BSSID.
func bssidOf(in store.Incoming) string {
	return net.HardwareAddr(in.Report.Dictionary.Macs[:6]).String()
}
