package store_test

import (
	"strings"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

func TestGapsBetweenWindowsAreNotedWithTheirReason(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	at := start()
	add := func(boot byte, sequence, dropped uint64, after time.Duration) {
		at = at.Add(after)
		in := incoming(t, tap, testdb.ReportSpec{Boot: [16]byte{boot}, Sequence: sequence, Start: at, BSSs: 2})
		in.Report.Header.ReportsDropped = dropped
		if out, err := s.AddReports(t.Context(), []store.Incoming{in}); err != nil || out[0].Status != store.Stored {
			t.Fatalf("%v, %v", out, err)
		}
	}
	add(1, 1, 0, 0)
	add(1, 2, 0, 10*time.Second) // joins
	add(1, 3, 0, 40*time.Second) // stood still
	add(1, 6, 2, 40*time.Second) // two were dropped
	add(2, 1, 0, 90*time.Second) // another boot
	add(2, 2, 0, 11*time.Second) // a clock that was set by a second
	got := strings.Join(list(t, db.Conn(t, store.RoleOwner),
		"SELECT reason || ' ' || extract(epoch FROM gap_end - gap_start)::int FROM tap_gap ORDER BY gap_start"), ", ")
	if want := "silent 30, dropped 30, restarted 80"; got != want {
		t.Errorf("gaps %q, want %q", got, want)
	}
	conn := db.Conn(t, store.RoleOwner)
	if got := scan[int](t, conn, "SELECT count(*) FROM tap_boot"); got != 2 {
		t.Errorf("%d boots, want 2", got)
	}
	const newest = `SELECT r.sequence FROM tap AS t JOIN report AS r ON (r.tenant_id, r.tap_id, r.boot_id, r.sequence, r.window_start) =
		(t.tenant_id, t.id, t.last_boot_id, t.last_sequence, t.last_window_start)`
	if got := scan[int](t, conn, newest); got != 2 {
		t.Errorf("the tap points to report %d, want 2", got)
	}
}

func TestRegistriesAreWrittenSeldom(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	conn := db.Conn(t, store.RoleOwner)
	first := start().Add(-time.Hour)
	var heard []time.Time
	for i := range uint64(66) { // eleven minutes, each window by a node that remembers nothing
		if i%6 == 0 {
			s = db.Store(t)
		}
		in := incoming(t, tap, testdb.ReportSpec{
			Boot: [16]byte{1}, Sequence: i + 1, Start: first.Add(time.Duration(i) * 10 * time.Second), BSSs: 2, Stations: 2, Definitions: true,
		})
		if _, err := s.AddReports(t.Context(), []store.Incoming{in}); err != nil {
			t.Fatal(err)
		}
		at := scan[time.Time](t, conn, "SELECT last_heard_at FROM bss ORDER BY bssid LIMIT 1")
		if len(heard) == 0 || !heard[len(heard)-1].Equal(at) {
			heard = append(heard, at)
		}
	}
	if len(heard) < 2 || len(heard) > 3 {
		t.Errorf("last_heard_at was written %d times in eleven minutes, want 2 or 3: %v", len(heard), heard)
	}
	// A change is written at once.
	in := incoming(t, tap, testdb.ReportSpec{Boot: [16]byte{1}, Sequence: 67, Start: first.Add(661 * time.Second), BSSs: 2})
	in.Report.Bss.AnnouncedMhz[0] = 5220
	if _, err := s.AddReports(t.Context(), []store.Incoming{in}); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, "SELECT frequency_mhz FROM bss ORDER BY bssid LIMIT 1"); got != 5220 {
		t.Errorf("frequency %d MHz, want 5220", got)
	}
	// What a late report says is older than what is known.
	in = incoming(t, tap, testdb.ReportSpec{Boot: [16]byte{1}, Sequence: 68, Start: first.Add(-time.Hour), BSSs: 2})
	if _, err := db.Store(t).AddReports(t.Context(), []store.Incoming{in}); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, "SELECT frequency_mhz FROM bss ORDER BY bssid LIMIT 1"); got != 5220 {
		t.Errorf("after a late report %d MHz, want 5220", got)
	}
	if got := scan[bool](t, conn, "SELECT first_heard_at < $1 FROM bss ORDER BY bssid LIMIT 1", first); !got {
		t.Error("a late report did not move first_heard_at")
	}
}
