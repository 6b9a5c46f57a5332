package store_test

import (
	"slices"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

func TestPartitionsComeAheadAndGoWithTheLongestRetention(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	conn := db.Conn(t, store.RoleOwner)
	const listSQL = `SELECT count(*) FROM pg_inherits WHERE inhparent = 'report'::regclass`
	if err := s.EnsurePartitions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, listSQL); got != 10 {
		t.Errorf("%d partitions of report, want two days back, today and a week ahead", got)
	}
	old := time.Now().UTC().AddDate(0, 0, -20).Truncate(24 * time.Hour)
	for _, table := range []string{"report", "air_raw", "wire_raw"} {
		name := table + old.Format("_20060102")
		sql := "CREATE TABLE " + name + " (LIKE " + table + " INCLUDING ALL); ALTER TABLE " + table + " ATTACH PARTITION " + name +
			" FOR VALUES FROM ('" + old.Format(time.RFC3339) + "') TO ('" + old.AddDate(0, 0, 1).Format(time.RFC3339) + "')"
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// One tenant keeps the wire for longer.
	tenant := scan[[16]byte](t, conn, "SELECT id FROM tenant")
	if err := s.SetRetention(t.Context(), tenant, store.KeepWire, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	const oldSQL = `SELECT relname FROM pg_class WHERE relname ~ ('(report|air_raw|wire_raw)' || $1 || '$') ORDER BY 1`
	if got, want := list(t, conn, oldSQL, old.Format("_20060102")), []string{"wire_raw" + old.Format("_20060102")}; !slices.Equal(got, want) {
		t.Errorf("old partitions left: %v, want %v", got, want)
	}
	if err := s.SetRetention(t.Context(), tenant, store.KeepWire, time.Hour); err == nil {
		t.Error("an hour of raw observations is allowed; a report may be two days late")
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM audit_log WHERE object_kind = 'retention'"); got != 1 {
		t.Errorf("%d changes of retention in the audit log, want 1", got)
	}
}

func TestAMissingPartitionIsRepairedAndReported(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	conn := db.Conn(t, store.RoleOwner)
	if err := s.EnsurePartitions(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, err := s.HousekeepingState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := before.PartitionsFor; got < 7*24*time.Hour || got > 8*24*time.Hour {
		t.Errorf("partitions for %v, want a week", got)
	}
	today := time.Now().UTC().Format("_20060102")
	if _, err := conn.Exec(t.Context(), "DROP TABLE air_raw"+today); err != nil {
		t.Fatal(err)
	}
	if state, err := s.HousekeepingState(t.Context()); err != nil || !state.PartitionsTo.IsZero() {
		t.Errorf("without today's partition there are partitions to %v, %v", state.PartitionsTo, err)
	}
	if err := s.EnsurePartitions(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := s.HousekeepingState(t.Context())
	if err != nil || !after.PartitionsTo.Equal(before.PartitionsTo) {
		t.Errorf("partitions to %v, want %v; %v", after.PartitionsTo, before.PartitionsTo, err)
	}
	i := slices.IndexFunc(after.Tasks, func(k store.HousekeepingTask) bool { return k.Task == "make partitions" })
	if i < 0 || after.Tasks[i].Repaired != 1 || after.Tasks[i].RepairedAt == nil || after.Tasks[i].SucceededAt == nil {
		t.Errorf("tasks are %+v, want one repair of partitions", after.Tasks)
	}
}

func TestRegistriesArePrunedByTheTenantsRetention(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	if _, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(1)), incoming(t, tap, spec(2))}); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	stations := scan[int](t, conn, "SELECT count(*) FROM station")
	const age = `
UPDATE station SET first_heard_at = first_heard_at - interval '40 days', last_heard_at = last_heard_at - interval '40 days'
WHERE station = (SELECT station FROM station ORDER BY station LIMIT 1)`
	if _, err := conn.Exec(t.Context(), age); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM station"); got != stations {
		t.Errorf("%d stations by the default retention, want all %d", got, stations)
	}
	if err := s.SetRetention(t.Context(), tap.TenantID, store.KeepRegistry, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM station"); got != stations-1 {
		t.Errorf("%d stations after a month, want %d", got, stations-1)
	}
	if got := scan[int](t, conn, "SELECT count(*) FROM tap_boot"); got != 1 {
		t.Errorf("%d boots, want the tap's", got)
	}
}
