package store_test

import (
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

func TestRollupHoldsWhatTheObservationsSay(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	var in []store.Incoming
	for i := range uint64(3) {
		in = append(in, incoming(t, tap, spec(i+1)))
	}
	if _, err := s.AddReports(t.Context(), in[:2]); err != nil {
		t.Fatal(err)
	}
	if n, err := s.RollUpAt(t.Context(), start().Add(store.Bucket)); err != nil || n != 0 {
		t.Errorf("%d buckets rolled up before they were closed, %v", n, err)
	}
	later := start().Add(store.Bucket + time.Minute)
	if n, err := s.RollUpAt(t.Context(), later); err != nil || n != 1 {
		t.Errorf("%d buckets rolled up, want 1; %v", n, err)
	}
	if n, err := s.RollUpAt(t.Context(), later); err != nil || n != 0 {
		t.Errorf("%d buckets rolled up again, %v", n, err)
	}
	// A late report makes its bucket due again.
	if _, err := s.AddReports(t.Context(), in[2:]); err != nil {
		t.Fatal(err)
	}
	if n, err := s.RollUpAt(t.Context(), later); err != nil || n != 1 {
		t.Errorf("%d buckets rolled up after a late report, want 1; %v", n, err)
	}
	conn := db.Conn(t, store.RoleOwner)
	var frames, received, least int64
	for _, i := range in {
		frames += int64(i.Report.Bss.Frames[3])
		received += int64(i.Report.Stations.BytesReceived[2])
		least = min(least, int64(i.Report.Bss.Signals.MinDbm[3]))
	}
	for sql, want := range map[string]int64{
		"SELECT frames[4] FROM bss_10m":                              frames,
		"SELECT windows[4] FROM bss_10m":                             3,
		"SELECT signal_min_dbm[4] FROM bss_10m":                      least,
		"SELECT cardinality(bssid) FROM bss_10m":                     8,
		"SELECT bytes_received[3] FROM station_10m":                  received,
		"SELECT listened_ms[1] FROM channel_10m":                     4800,
		"SELECT cardinality(mac) FROM host_10m":                      3,
		"SELECT cardinality(requests) FROM probe_10m":                3,
		"SELECT count(*) FROM tap_10m WHERE reports = 3":             1,
		"SELECT frames FROM tap_10m":                                 36_000,
		"SELECT count(*) FROM tap_10m WHERE dirty_since IS NOT NULL": 0,
	} {
		if got := scan[int64](t, conn, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

func TestAMissingPartitionIsMadeOnDemand(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	if _, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(1))}); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	today := start().Format("20060102")
	if _, err := conn.Exec(t.Context(), "DROP TABLE report_"+today+", dns_window_"+today); err != nil {
		t.Fatal(err)
	}
	// The node believes that they are there.
	out, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(2))})
	if err != nil || out[0].Status != store.Stored {
		t.Errorf("%v, %v", out, err)
	}
}
