package store_test

import (
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// A flood of invented addresses ends at the limits, and is counted; the report and
// what was known before are stored all the same, and other taps are not concerned.
func TestWhatIsNewIsBoundedByTapAndHour(t *testing.T) {
	db := testdb.New(t)
	cfg := db.Config()
	cfg.Limits = store.Limits{NewBSSs: 10, NewStations: 12, NewHosts: 100, Rows: 1000}
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	tap, other := db.Tap(t, s, "flooded"), db.Tap(t, s, "other")
	send := func(id store.TapIdentity, sequence, seed uint64) store.Outcome {
		t.Helper()
		sp := spec(sequence)
		sp.Seed = seed
		out, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, id, sp)})
		if err != nil {
			t.Fatal(err)
		}
		if out[0].Status != store.Stored {
			t.Fatalf("status %d", out[0].Status)
		}
		return out[0]
	}
	if o := send(tap, 1, 0); o.NotRegistered != 0 { // 8 BSSs, 9 stations
		t.Errorf("%d kept out before there is a flood", o.NotRegistered)
	}
	o := send(tap, 2, 1) // as many others: there is room for 2 and 3
	if o.NotRegistered != 6+6 {
		t.Errorf("%d kept out, want 12", o.NotRegistered)
	}
	conn := db.Conn(t, store.RoleOwner)
	for sql, want := range map[string]int{
		"SELECT count(*) FROM bss": 10, "SELECT count(*) FROM station": 12, "SELECT count(*) FROM report": 2,
		"SELECT count(*) FROM air_raw":                                                                                2,
		"SELECT not_registered FROM report WHERE sequence = 2":                                                        12,
		"SELECT count(*) FROM report WHERE not_registered IS NULL":                                                    1,
		"SELECT new_bsss FROM tap WHERE name = 'flooded'":                                                             10,
		"SELECT new_stations FROM tap WHERE name = 'flooded'":                                                         12,
		"SELECT count(*) FROM bss_sighting AS b WHERE NOT EXISTS (SELECT FROM bss WHERE bssid = b.bssid)":             0,
		"SELECT count(*) FROM station_sighting AS b WHERE NOT EXISTS (SELECT FROM station WHERE station = b.station)": 0,
	} {
		if got := scan[int](t, conn, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	// What was kept out is not looked up again and again, nor counted twice; what is
	// there goes on.
	if o := send(tap, 3, 1); o.NotRegistered != 0 {
		t.Errorf("%d kept out once more", o.NotRegistered)
	}
	if o := send(other, 1, 2); o.NotRegistered != 0 {
		t.Errorf("another tap: %d kept out", o.NotRegistered)
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM bss"); got != 18 {
		t.Errorf("%d BSSs, want 18", got)
	}
	// Another node knows the hour's count too.
	node, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(node.Close)
	sp := spec(4)
	sp.Seed = 3
	out, err := node.AddReports(t.Context(), []store.Incoming{incoming(t, tap, sp)})
	if err != nil || out[0].NotRegistered != 8+9 {
		t.Errorf("another node: %+v, %v", out, err)
	}
}

func TestATenantsRegistriesAreBounded(t *testing.T) {
	db := testdb.New(t)
	cfg := db.Config()
	cfg.Limits = store.DefaultLimits
	cfg.Limits.Rows = 8
	first, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Close)
	tap := db.Tap(t, first, "one")
	if _, err := first.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(1))}); err != nil {
		t.Fatal(err)
	}
	if err := first.CountRegistries(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A node that starts reads what was counted.
	second, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Close)
	sp := spec(2)
	sp.Seed = 1
	out, err := second.AddReports(t.Context(), []store.Incoming{incoming(t, tap, sp)})
	if err != nil || out[0].NotRegistered == 0 {
		t.Errorf("%+v, %v", out, err)
	}
	conn := db.Conn(t, store.RoleOwner)
	for _, table := range []string{"bss", "station"} {
		if got := scan[int](t, conn, "SELECT count(*) FROM "+table); got != 8 {
			t.Errorf("%s has %d rows, at most 8", table, got)
		}
		if got := scan[int](t, conn, "SELECT row_count FROM registry_size WHERE registry = $1", table); got != 8 {
			t.Errorf("%s was counted as %d rows", table, got)
		}
	}
}

// A row of a registry is written when it is new, and then at most every five minutes
// unless something changed; a node that starts finds what is written and leaves it.
func TestRegistriesAreWrittenAtMostEveryFiveMinutes(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	conn := db.Conn(t, store.RoleOwner)
	begin := time.Now().UTC().Truncate(time.Hour).Add(-2 * time.Hour)
	versions := func() map[string]bool {
		t.Helper()
		seen := make(map[string]bool)
		for _, v := range list(t, conn, "SELECT bssid || ' ' || xmin::text FROM bss_sighting") {
			seen[v] = true
		}
		return seen
	}
	written := make(map[string]bool)
	const windows = 6 * 30 // half an hour
	for n := range windows {
		if n == windows/2 {
			s = db.Store(t) // another node
		}
		sp := spec(uint64(n + 1))
		sp.Start = begin.Add(time.Duration(n) * 10 * time.Second)
		if _, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, sp)}); err != nil {
			t.Fatal(err)
		}
		for v := range versions() {
			written[v] = true
		}
	}
	perRow := float64(len(written)) / 8
	t.Logf("%.1f versions a row in half an hour", perRow)
	if perRow > 6 || perRow < 4 {
		t.Errorf("%.1f versions a row in half an hour, want 4 to 6", perRow)
	}
	lag := scan[float64](t, conn, "SELECT extract(epoch FROM max($1::timestamptz - last_heard_at))::float8 FROM bss_sighting", begin.Add(windows*10*time.Second))
	if lag > 610 {
		t.Errorf("last_heard_at lags by %.0f s", lag)
	}
}
