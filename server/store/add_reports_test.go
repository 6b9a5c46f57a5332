package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/testing/protocmp"

	"picket/server/store"
	"picket/server/store/pack"
	"picket/server/testdb"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
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
	for table, want := range map[string]int{"report": 2, "air_raw": 2, "wire_raw": 2, "bss": 8, "station": 9, "host": 3} {
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
	air, wired := unpacked(t, conn, pack.Air, "air_raw"), unpacked(t, conn, pack.Wire, "wire_raw")
	if diff := cmp.Diff(r.Bss.Signals, air.Bss.Signals, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	for name, cols := range map[string][2][]uint32{
		"bss.frames":             {r.Bss.Frames, air.Bss.Frames},
		"bss.span_ms":            {r.Bss.Times.SpanMs, air.Bss.Times.SpanMs},
		"stations.bssid":         {r.Stations.Bssid, air.Stations.Bssid},
		"handshakes.m1":          {r.Handshakes.M1, air.Handshakes.M1},
		"channels.drops":         {r.Channels.Drops, air.Channels.Drops},
		"remote_ids.frames":      {r.RemoteIds.Frames, air.RemoteIds.Frames},
		"flows.packets_received": {r.Flows.PacketsReceived, wired.Flows.PacketsReceived},
	} {
		if diff := cmp.Diff(cols[0], cols[1]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := string(wired.Dictionary.Names[wired.Dhcp.Name[0]-1]); got != "printer" {
		t.Errorf("name of the DHCP client: %q", got)
	}
	if got := air.Health.Captures[air.Channels.Capture[0]-1].Name; got != "wlan0" {
		t.Errorf("capture of the channels: %q", got)
	}
	for sql, want := range map[string]string{
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

// unpacked reads the one row of a table.
func unpacked(t *testing.T, conn *pgx.Conn, family pack.Family, table string) *wirepb.Report {
	t.Helper()
	var format int16
	var length uint32
	var body []byte
	if err := conn.QueryRow(t.Context(), "SELECT format, length_ms, body FROM "+table).Scan(&format, &length, &body); err != nil {
		t.Fatal(err)
	}
	r, err := new(pack.Packer).Decode(family, format, body, &wirepb.Header{BootId: make([]byte, 16), Sequence: 1, WindowLengthMs: length})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
