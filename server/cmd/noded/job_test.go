package main

import (
	"slices"
	"testing"
	"time"

	"picket/server/cluster"
	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

// TestJobsRunOnceAnIntervalOnTwoNodes starts two nodes on a database, and each job is
// queued and worked once for its interval, the count of registries among them, with
// its effect.
func TestJobsRunOnceAnIntervalOnTwoNodes(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	report := testdb.Report(testdb.ReportSpec{Boot: [16]byte{1}, Sequence: 1, Start: time.Now().Add(-time.Minute), BSSs: 3, Definitions: true})
	if _, err := s.AddReports(t.Context(), []store.Incoming{{TenantID: tap.TenantID, TapID: tap.TapID, Report: report}}); err != nil {
		t.Fatal(err)
	}
	conn := db.Conn(t, store.RoleOwner)
	bin, url := programs(t), db.URL(embedded.Superuser)
	a := startNode(t, bin, dataDir(t), "-database", url, "-name", "a", "-drain", "0s")
	b := startNode(t, bin, dataDir(t), "-database", url, "-name", "b", "-drain", "0s")
	count := func(sql string, args ...any) (n int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	list := jobs(s)
	if !slices.ContainsFunc(list, func(j cluster.Job) bool { return j.Kind == "count_registries" }) {
		t.Fatal("registries are not counted")
	}
	for _, j := range list {
		await(t, "run of "+j.Kind, func() bool {
			return count(`SELECT count(*) FROM background_job WHERE kind = $1 AND ended_at IS NOT NULL`, j.Kind) == 1
		})
	}
	if n := count(`SELECT coalesce(sum(row_count), 0)::int FROM registry_size WHERE tenant_id = $1 AND registry = 'bss'`, tap.TenantID); n != 3 {
		t.Errorf("%d BSSs were counted, want 3", n)
	}
	b.stop()
	a.stop()
	for _, j := range list {
		// The queue's own intervals, of which the test may see the end of one.
		twice := count(`
SELECT count(*)
FROM (
  SELECT FROM river_job
  WHERE args->>'name' = $1
  GROUP BY date_bin(make_interval(secs => $2), created_at, 'epoch')
  HAVING count(*) > 1) AS d`, j.Kind, j.Every.Seconds())
		if twice > 0 {
			t.Errorf("%s was queued more than once in %d intervals", j.Kind, twice)
		}
		if runs, due := count(`SELECT runs::int FROM background_job WHERE kind = $1`, j.Kind), count(`SELECT count(*) FROM river_job WHERE args->>'name' = $1 AND state = 'completed'`, j.Kind); runs != due || runs == 0 {
			t.Errorf("%s ran %d times for %d due times", j.Kind, runs, due)
		}
		if n := count(`SELECT failures::int FROM background_job WHERE kind = $1`, j.Kind); n > 0 {
			t.Errorf("%s failed %d times", j.Kind, n)
		}
	}
}
