package store_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// yesterday is the start of an hour of which all is closed, two hours before noon.
func yesterday() time.Time {
	return time.Now().UTC().Truncate(24 * time.Hour).Add(-14 * time.Hour)
}

// hours stores a report a quarter of an hour for two hours from yesterday on, and
// returns the frames of the BSS in its fourth row.
func hours(t *testing.T, s *store.Store, tap store.TapIdentity, offset time.Duration, first uint64) (in []store.Incoming, frames int64) {
	t.Helper()
	for i := range uint64(8) {
		sp := spec(first + i)
		sp.Start = yesterday().Add(offset + time.Duration(i)*15*time.Minute)
		in = append(in, incoming(t, tap, sp))
		frames += int64(in[i].Report.Bss.Frames[3])
	}
	if _, err := s.AddReports(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return in, frames
}

const (
	hourFramesSQL = `
SELECT COALESCE(sum(r.frames[i]), 0)::bigint
FROM bss_1h AS r, generate_subscripts(r.frames, 1) AS i
WHERE r.bssid = $1`
	dayFramesSQL = `
SELECT COALESCE(sum(r.frames[i]), 0)::bigint
FROM bss_1d AS r, generate_subscripts(r.frames, 1) AS i
WHERE r.bssid = $1`
	dueSQL = `SELECT (SELECT count(*) FROM rollup_due) + (SELECT count(*) FROM tap_10m WHERE dirty_since IS NOT NULL)`
)

func TestHoursAndDaysHoldWhatTheTenMinutesSay(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	in, frames := hours(t, s, tap, 0, 1)
	conn := db.Conn(t, store.RoleOwner)
	bssid := [6]byte(in[0].Report.Dictionary.Macs[18:24])
	check := func(what string, want int64) {
		t.Helper()
		for range 2 { // building again changes nothing
			if _, err := s.RollUpAt(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			for _, sql := range []string{hourFramesSQL, dayFramesSQL} {
				if got := scan[int64](t, conn, sql, net.HardwareAddr(bssid[:])); got != want {
					t.Errorf("%s: %d frames, want %d: %s", what, got, want, sql)
				}
			}
			if got := scan[int](t, conn, dueSQL); got != 0 {
				t.Errorf("%s: %d are due still", what, got)
			}
		}
	}
	check("at first", frames)
	hour := yesterday().Hour()
	for sql, want := range map[string]int64{
		"SELECT count(*) FROM tap_1h": 1,
		"SELECT array_lower(reports, 1) * 100 + array_upper(reports, 1) FROM tap_1h":       int64(hour*100 + hour + 1),
		"SELECT sum(r) FROM tap_1h, unnest(reports) AS r":                                  8,
		"SELECT sum(r) FROM tap_1d, unnest(reports) AS r":                                  8,
		"SELECT sum(w) FROM bss_1h, unnest(windows) AS w":                                  8 * 8,
		"SELECT count(*) FROM station_1h WHERE bssid = '00:00:00:00:00:00'":                int64(len(in[0].Report.Probes.Station)),
		"SELECT sum(l)::bigint FROM coverage_1d, unnest(listened_ms) AS l":                 8 * 6 * 1600,
		"SELECT count(*) FROM disconnect_10m":                                              8,
		"SELECT sum(r)::bigint FROM probe_1h, unnest(requests) AS r WHERE r IS NOT NULL":   scan[int64](t, conn, "SELECT sum(r)::bigint FROM probe_10m, unnest(requests) AS r"),
		"SELECT sum(r)::bigint FROM host_1d, unnest(bytes_sent) AS r WHERE r IS NOT NULL":  scan[int64](t, conn, "SELECT sum(r)::bigint FROM host_10m, unnest(bytes_sent) AS r"),
		"SELECT min(r)::bigint FROM bss_1d, unnest(signal_min_dbm) AS r":                   scan[int64](t, conn, "SELECT min(r)::bigint FROM bss_10m, unnest(signal_min_dbm) AS r"),
		"SELECT (extract(epoch FROM max(r)))::bigint FROM bss_1d, unnest(last_heard_at) r": scan[int64](t, conn, "SELECT (extract(epoch FROM max(r)))::bigint FROM bss_10m, unnest(last_heard_at) r"),
	} {
		if got := scan[int64](t, conn, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	_, late := hours(t, s, tap, time.Minute, 100)
	check("with late reports", frames+late)
}

// Two nodes roll up at once while reports come late, and one of them is cut off time
// and again: nothing is lost, nothing counted twice.
func TestNodesRollUpTogether(t *testing.T) {
	db := testdb.New(t)
	first, second := db.Store(t), db.Store(t)
	var want int64
	var bssid [6]byte
	ctx, stop := context.WithCancel(t.Context())
	var nodes sync.WaitGroup
	for i, s := range []*store.Store{first, second} {
		nodes.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				run, end := context.WithCancel(ctx)
				if i == 1 {
					go func() { // somewhere in the middle
						select {
						case <-run.Done():
						case <-time.After(time.Duration(n%40) * time.Millisecond):
						}
						end()
					}()
				}
				if _, err := s.RollUpAt(run, time.Now()); err != nil && run.Err() == nil {
					t.Errorf("node %d: %v", i, err)
				}
				end()
			}
		})
	}
	for n := range uint64(6) {
		tap := db.Tap(t, first, "tap "+string(rune('a'+n%3)))
		for round := range uint64(3) {
			in, frames := hours(t, second, tap, time.Duration(n)*10*time.Second+time.Duration(round)*time.Minute, 1+100*(3*n+round))
			want, bssid = want+frames, [6]byte(in[0].Report.Dictionary.Macs[18:24])
		}
	}
	stop()
	nodes.Wait()
	if _, err := first.RollUpAt(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	for _, sql := range []string{hourFramesSQL, dayFramesSQL} {
		if got := scan[int64](t, conn, sql, net.HardwareAddr(bssid[:])); got != want {
			t.Errorf("%d frames, want %d: %s", got, want, sql)
		}
	}
	if got := scan[int](t, conn, dueSQL); got != 0 {
		t.Errorf("%d are due still", got)
	}
}

// A bucket that cannot be built does not keep the others back, and is told of.
func TestABucketThatCannotBeBuiltIsPassedOver(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	hours(t, s, tap, 0, 1)
	conn := db.Conn(t, store.RoleOwner)
	// It is written where a rule of the test's refuses it.
	rule := "ALTER TABLE channel_10m ADD CONSTRAINT refused CHECK (bucket <> '" + yesterday().Add(30*time.Minute).Format(time.RFC3339) + "')"
	if _, err := conn.Exec(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RollUpAt(t.Context(), time.Now()); err == nil {
		t.Error("nobody is told")
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM tap_10m WHERE dirty_since IS NOT NULL"); got != 1 {
		t.Errorf("%d buckets are left, want the one", got)
	}
	state, err := s.HousekeepingState(t.Context())
	if err != nil || state.RollupsDue != 1 || state.RollupLag < 12*time.Hour {
		t.Errorf("state %+v, %v", state, err)
	}
	if _, err := conn.Exec(t.Context(), "ALTER TABLE channel_10m DROP CONSTRAINT refused"); err != nil {
		t.Fatal(err)
	}
	if err := s.RollUp(t.Context()); err != nil {
		t.Error(err)
	}
	if got := scan[int](t, conn, dueSQL); got != 0 {
		t.Errorf("%d are due still", got)
	}
}

func TestLostRollupsAreBuiltAgain(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	hours(t, s, tap, 0, 1)
	if err := s.RollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	const countSQL = "SELECT (SELECT count(*) FROM bss_10m) * 1000000 + (SELECT count(*) FROM bss_1h) * 1000 + (SELECT count(*) FROM bss_1d)"
	want := scan[int64](t, conn, countSQL)
	for _, lost := range []string{
		"TRUNCATE bss_10m, station_10m, channel_10m, host_10m, coverage_10m", "TRUNCATE tap_1h, bss_1h", "TRUNCATE tap_1d, bss_1d",
	} {
		if _, err := conn.Exec(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
		if err := s.RepairRollups(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.RollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := scan[int64](t, conn, countSQL); got != want {
			t.Errorf("after %s there are %d rows, want %d", lost, got, want)
		}
	}
	if got := scan[int64](t, conn, "SELECT repaired FROM housekeeping WHERE task = 'repair rollups'"); got < 10 {
		t.Errorf("%d repairs are noted", got)
	}
}
