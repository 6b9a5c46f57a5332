package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire"
)

// start is a window's start that is always acceptable and does not cross a
// bucket or day within some windows.
func start() time.Time { return time.Now().UTC().Truncate(store.Bucket).Add(-store.Bucket) }

func incoming(t testing.TB, tap store.TapIdentity, spec testdb.ReportSpec) store.Incoming {
	t.Helper()
	r := testdb.Report(spec)
	if err := wire.Validate(r); err != nil {
		t.Fatalf("made-up report: %v", err)
	}
	return store.Incoming{TenantID: tap.TenantID, TapID: tap.TapID, Report: r}
}

func statuses(out []store.Outcome) []store.Status {
	var s []store.Status
	for _, o := range out {
		s = append(s, o.Status)
	}
	return s
}

func scan[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func spec(sequence uint64) testdb.ReportSpec {
	return testdb.ReportSpec{
		Boot: [16]byte{1}, Sequence: sequence, Start: start().Add(time.Duration(sequence) * 10 * time.Second),
		BSSs: 8, Stations: 9, Hosts: 3, Definitions: true,
	}
}

func TestReportIsStoredOnceHoweverOftenItIsSent(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	in := incoming(t, tap, spec(1))

	// Twice in one call, then again, then by another node.
	out, err := s.AddReports(t.Context(), []store.Incoming{in, in})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.Status{store.Stored, store.Duplicate}, statuses(out)); diff != "" {
		t.Error(diff)
	}
	for _, node := range []*store.Store{s, db.Store(t)} {
		out, err = node.AddReports(t.Context(), []store.Incoming{in, incoming(t, tap, spec(2))})
		if err != nil {
			t.Fatal(err)
		}
		if out[0].Status != store.Duplicate {
			t.Errorf("sent again: status %d", out[0].Status)
		}
	}
	// The same id with another window, three hours before, is the same report.
	moved := spec(1)
	moved.Start = moved.Start.Add(-27 * time.Hour)
	if out, err = s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, moved)}); err != nil || out[0].Status != store.Duplicate {
		t.Errorf("id with another window: %v, %v", out, err)
	}
	conn := db.Conn(t, store.RoleOwner)
	for table, want := range map[string]int{"report": 2, "bss_window": 2, "flow_window": 2, "bss": 8, "station": 9, "host": 3} {
		if got := scan[int](t, conn, "SELECT count(*) FROM "+table); got != want {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	if got := scan[int](t, conn, "SELECT sum(reports) FROM tap_10m"); got != 2 {
		t.Errorf("tap_10m counts %d reports, want 2", got)
	}
	if got := scan[int](t, conn, "SELECT reports FROM tap_boot"); got != 2 {
		t.Errorf("tap_boot counts %d reports, want 2", got)
	}
}

func TestRevokedAndUnknownTapsStoreNothing(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	good, bad := db.Tap(t, s, "good"), db.Tap(t, s, "bad")
	if err := s.RevokeTap(t.Context(), bad.TenantID, bad.TapID); err != nil {
		t.Fatal(err)
	}
	unknown := good
	unknown.TapID[0] ^= 1
	out, err := s.AddReports(t.Context(), []store.Incoming{
		incoming(t, bad, spec(1)), incoming(t, good, spec(1)), incoming(t, unknown, spec(1)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.Status{store.Revoked, store.Stored, store.Revoked}, statuses(out)); diff != "" {
		t.Error(diff)
	}
	conn := db.Conn(t, store.RoleOwner)
	if got := scan[int](t, conn, "SELECT count(*) FROM report"); got != 1 {
		t.Errorf("%d reports, want 1", got)
	}
}

// Each column of each family arrives: what is sent is read back.
func TestObservationsAreKeptWhole(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	in := incoming(t, tap, spec(1))
	if _, err := s.AddReports(t.Context(), []store.Incoming{in}); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	r := in.Report
	checkColumn(t, conn, "bss_window", "frames", r.Bss.Frames)
	checkColumn(t, conn, "bss_window", "bytes", r.Bss.Bytes)
	checkColumn(t, conn, "bss_window", "tsf_us", r.Bss.TsfUs)
	checkColumn(t, conn, "bss_window", "signal_min_dbm", r.Bss.Signals.MinDbm)
	checkColumn(t, conn, "bss_window", "signal_bins", r.Bss.Signals.Bins)
	checkColumn(t, conn, "bss_window", "span_ms", r.Bss.Times.SpanMs)
	checkColumn(t, conn, "station_window", "frames_received", r.Stations.FramesReceived)
	checkColumn(t, conn, "handshake_window", "auth_algorithms", r.Handshakes.AuthAlgorithms)
	checkColumn(t, conn, "channel_window", "noise_sum_dbm", r.Channels.NoiseSumDbm)
	checkColumn(t, conn, "channel_window", "drops", r.Channels.Drops)
	checkColumn(t, conn, "remote_id_window", "longitude_e7", r.RemoteIds.LongitudeE7)
	checkColumn(t, conn, "flow_window", "bytes_sent", r.Flows.BytesSent)
	for sql, want := range map[string]string{
		"SELECT bssid[1]::text FROM bss_window":                                                                       "00:00:5e:10:00:00",
		"SELECT convert_from(ssid[5], 'UTF8') FROM bss_window":                                                        "Office Ba",
		"SELECT convert_from(country[1], 'UTF8') FROM bss_window":                                                     "DE",
		"SELECT coalesce(bssid[3]::text, 'none') FROM station_window":                                                 "none",
		"SELECT coalesce(switch_to_mhz::text, 'zero') FROM bss_window":                                                "zero",
		"SELECT protected::text FROM disconnect_window":                                                               "{t}",
		"SELECT ip::text FROM host_window":                                                                            "{192.0.2.1,192.0.2.2,192.0.2.3}",
		"SELECT answer::text FROM dns_window":                                                                         "{2001:db8::1}",
		"SELECT convert_from(name[1], 'UTF8') FROM dhcp_window":                                                       "printer",
		"SELECT security_akms::text FROM bss_window":                                                                  "{4,256}",
		"SELECT captures FROM (SELECT capture_name[1] || ' ' || capture_kernel_drops[1] FROM report) AS r (captures)": "wlan0 3",
		"SELECT capture_hops[1] || ' ' || capture_failed_hops[1] FROM report":                                         "48 1",
		"SELECT extract(epoch FROM at - window_start) || ' ' || kind || ' ' || subject FROM tap_event":                "1.500000 3 phy0",
		"SELECT country || ' ' || told_at - (SELECT window_start FROM report) FROM tap_radio":                         "DE 00:00:00",
	} {
		if got := scan[string](t, conn, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

func checkColumn[T uint32 | int32 | uint64](t *testing.T, conn *pgx.Conn, table, column string, sent []T) {
	t.Helper()
	var want []int64
	for _, v := range sent {
		want = append(want, int64(v))
	}
	got := scan[[]int64](t, conn, "SELECT "+column+"::bigint[] FROM "+table)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s.%s: %s", table, column, diff)
	}
}
