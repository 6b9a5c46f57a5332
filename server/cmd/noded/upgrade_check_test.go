package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store"
)

// slowest is how long a report may wait while the schema changes: migrations give up
// on a lock after 3 s, and reports that queue behind them go on then.
const slowest = 15 * time.Second

// migrate runs this release's migrations beside a reader that holds tables for longer
// than they wait at once, and tells how long others waited for locks.
func (u *upgrade) migrate() {
	t := u.t
	t.Helper()
	backup := u.connect()
	hold, err := backup.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), "LOCK TABLE report, tap, user_account IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	held := time.AfterFunc(4*time.Second, func() { _ = hold.Rollback(t.Context()) }) // longer than lock_timeout; the migration fails where it is never let go
	defer held.Stop()
	u.mu.Lock()
	u.slow = 0
	u.mu.Unlock()

	var waits sync.WaitGroup
	done := make(chan struct{})
	longest, watch := time.Duration(0), u.connect()
	waits.Go(func() {
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			var wait float64
			err := watch.QueryRow(t.Context(), `
SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)
FROM pg_locks AS l
JOIN pg_stat_activity AS a USING (pid)
WHERE NOT l.granted AND a.application_name <> 'noded migrate'`).Scan(&wait)
			if err != nil {
				t.Errorf("look at waits: %v", err)
				return
			}
			longest = max(longest, time.Duration(wait*float64(time.Second)))
		}
	})
	began := time.Now()
	out, err := exec.Command(filepath.Join(u.new, "nodectl"), "-v", "-database", u.url, "migrate").CombinedOutput()
	took := time.Since(began)
	close(done)
	waits.Wait()
	if err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	u.mu.Lock()
	slow := u.slow
	u.mu.Unlock()
	t.Logf("figure: the schema changed in %v, %d tries waited for others; reports waited at most %v for a lock and %v for their acknowledgement",
		took.Round(time.Millisecond), strings.Count(string(out), "a table is in use"), longest.Round(time.Millisecond), slow)
	if longest > slowest || slow > slowest {
		t.Errorf("others waited %v for a lock, a report %v; at most %v is right", longest, slow, slowest)
	}
	if !strings.Contains(string(out), "a table is in use") {
		t.Errorf("no migration waited for the lock that was held\n%s", out)
	}
}

// wantHistory has a node's console show what the release before stored: of each tap of
// the history each window of some hours, for one of its BSSs.
func (u *upgrade) wantHistory(node *process) {
	t := u.t
	t.Helper()
	from, to := u.base.Add(time.Hour), u.base.Add(2*time.Hour)
	span := "?from=" + from.Format(time.RFC3339) + "&to=" + to.Format(time.RFC3339)
	var anything map[string]any
	for _, path := range []string{"/home", "/sites", "/taps", "/clients", "/hosts", "/clients" + span, "/hosts" + span} {
		u.get(node, path, &anything)
	}
	seen := 0
	for _, c := range u.histories() {
		var chart signalChart
		u.get(node, "/bss/"+c.BSSID+"/signal"+span, &chart)
		frames := chart.frames(c.Name, to)
		seen++
		if want := c.First * int64(time.Hour/historyStep); frames != want {
			t.Errorf("%s: the signal of %s heard by %s is of %d frames in an hour of the history, want %d", node.ready.Version, c.BSSID, c.Name, frames, want)
		}
	}
	if seen != 4 {
		t.Errorf("%d taps of the history, want 4", seen)
	}
}

// aged is how much older the copy of the history's rollups is.
const aged = 20 * 24 * time.Hour

// age copies the rollups of the history to some weeks before, as if the release before
// had run for so long: it takes no reports that are so old.
func (u *upgrade) age() {
	t := u.t
	t.Helper()
	day := u.base.Add(-aged)
	for _, table := range []string{"tap_10m", "bss_10m", "station_10m", "probe_10m", "channel_10m", "host_10m"} {
		for month := range 2 { // the history may cross the end of one
			from := time.Date(day.Year(), day.Month()+time.Month(month), 1, 0, 0, 0, 0, time.UTC)
			sql := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %[1]s_%[2]s PARTITION OF %[1]s FOR VALUES FROM ('%[3]s') TO ('%[4]s')`,
				table, from.Format("200601"), from.Format(time.RFC3339), from.AddDate(0, 1, 0).Format(time.RFC3339))
			if _, err := u.conn.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := u.conn.Exec(t.Context(), fmt.Sprintf(`
DO $$
DECLARE list text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO list
  FROM information_schema.columns
  WHERE table_schema = 'picket' AND table_name = '%[1]s' AND column_name <> 'bucket';
  EXECUTE 'INSERT INTO %[1]s (bucket, ' || list || ') SELECT bucket - interval ''%[2]d hours'', ' || list || ' FROM %[1]s';
END $$`, table, int(aged.Hours()))); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	for _, table := range []string{"bss", "bss_sighting"} {
		if _, err := u.conn.Exec(t.Context(), "UPDATE "+table+" SET first_heard_at = first_heard_at - $1::interval", aged); err != nil {
			t.Fatal(err)
		}
	}
}

// wantOldHistory has a node's console show the older copy in a range of so many days
// that it is read from hours, which the release before did not have.
func (u *upgrade) wantOldHistory(node *process) {
	t := u.t
	t.Helper()
	from := u.base.Add(-aged - 24*time.Hour)
	for _, c := range u.histories() {
		var chart signalChart
		u.get(node, "/bss/"+c.BSSID+"/signal?to=now&from="+from.Format(time.RFC3339), &chart)
		if want := c.First * int64(historyHours*time.Hour/historyStep); chart.StepSeconds < 3600 || chart.frames(c.Name, u.base.Add(-24*time.Hour)) != want {
			t.Errorf("the signal of %s weeks ago is of %d frames in steps of %d s, want %d of at least an hour", c.BSSID,
				chart.frames(c.Name, u.base.Add(-24*time.Hour)), chart.StepSeconds, want)
		}
	}
}

// signalChart is what the console's chart of a BSS is made of.
type signalChart struct {
	StepSeconds int
	Taps        []struct {
		Name   string
		At     []time.Time
		Frames []*int64
	}
}

// frames are those that a tap heard before a time.
func (c signalChart) frames(tap string, before time.Time) (n int64) {
	for _, lane := range c.Taps {
		for i, frames := range lane.Frames {
			if frames != nil && lane.Name == tap && lane.At[i].Before(before) {
				n += *frames
			}
		}
	}
	return n
}

// get asks a node's interface as the operator.
func (u *upgrade) get(node *process, path string, into any) {
	u.t.Helper()
	status, text := call(u.t, u.client, "GET", node.ready.URL+"/api/v1/tenants/default"+path, "")
	if status != 200 {
		u.t.Fatalf("%s GET %s: %d %s", node.ready.Version, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		u.t.Fatalf("%s GET %s: %v", node.ready.Version, path, err)
	}
}

func (u *upgrade) histories() (list []counted) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, c := range u.heard {
		if strings.HasPrefix(c.Name, "history-") {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b counted) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// awaitRollUps waits until nodes of either release have rolled up closed buckets, each
// on its schedule, while the reports of both come.
func (u *upgrade) awaitRollUps(reports ...*reporting) {
	t := u.t
	t.Helper()
	for range 2 { // two rounds of either's 30 s
		var since time.Time
		if err := u.conn.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&since); err != nil {
			t.Fatal(err)
		}
		await(t, "rollup by this release", func() bool {
			return u.count(`SELECT count(*) FROM background_job WHERE kind = 'roll_up' AND ended_at > $1 AND error = ''`, since) > 0
		})
		for _, r := range reports {
			r.await(20)
		}
	}
}

// awaitNewest waits until what a tap heard in the last seconds is there.
func (u *upgrade) awaitNewest(k *killedTap) {
	u.t.Helper()
	name := k.args[slices.Index(k.args, "-name")+1]
	var since time.Time
	if err := u.conn.QueryRow(u.t.Context(), `SELECT clock_timestamp()`).Scan(&since); err != nil {
		u.t.Fatal(err)
	}
	defer func() {
		if u.t.Failed() {
			k.log.mu.Lock()
			defer k.log.mu.Unlock()
			u.t.Logf("%s: %s", name, k.log.b.String())
		}
	}()
	await(u.t, "new report of "+name, func() bool {
		return u.count(`SELECT count(*) FROM report AS r JOIN tap AS t ON t.id = r.tap_id WHERE t.name = $1 AND r.window_start > $2`, name, since) > 0
	})
}

// checkAcknowledged counts each report that a node acknowledged, and its observations:
// once, in the tables of either release.
func (u *upgrade) checkAcknowledged() {
	t := u.t
	t.Helper()
	const storedSQL = `
SELECT tap_id || ' ' || boot_id || ' ' || sequence, count(*)
FROM @table
GROUP BY 1`
	stored := func(table string) map[string]int {
		rows, err := u.conn.Query(t.Context(), strings.ReplaceAll(storedSQL, "@table", table))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		var id string
		var n int
		if _, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error { found[id] = n; return nil }); err != nil {
			t.Fatal(err)
		}
		return found
	}
	reports, arrays, packed := stored("report"), stored("bss_window"), stored("air_raw")
	for id, n := range reports {
		if n != 1 || arrays[id] > 1 || packed[id] > 1 || arrays[id] > 0 && packed[id] > 0 {
			t.Errorf("report %s is there %d times, its observations %d and %d times", id, n, arrays[id], packed[id])
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	by, lost := map[string]int{}, 0
	for _, a := range u.acks {
		id := fmt.Sprint(a.Tap, " ", a.Boot, " ", a.Sequence)
		if reports[id] != 1 || arrays[id]+packed[id] != 1 {
			lost++
			if lost < 10 {
				t.Errorf("report %s, which %s acknowledged, is there %d times, its observations %d and %d times", id, a.Node, reports[id], arrays[id], packed[id])
			}
		}
		by[a.Node]++
	}
	t.Logf("figure: %d reports acknowledged, %d not there once; %d stored by the release before, %d by this one", len(u.acks), lost, len(arrays), len(packed))
	if len(by) != 2 {
		t.Errorf("acknowledged by %v, want two nodes", by)
	}
}

// checkRollUps has the rollups of this release repaired and finished, as its nodes do
// by the hour, and compares them with what was acknowledged.
func (u *upgrade) checkRollUps() {
	t := u.t
	t.Helper()
	s, err := store.Open(t.Context(), store.FromURL(u.url, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rolled := u.count(`SELECT count(*) FROM tap_10m WHERE dirty_since IS NULL`)
	now := time.Now().Add(2 * time.Hour)
	for range 2 { // hours that repair marks are of ten minutes that it has built again
		if err := s.RepairRollupsAt(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if _, err := s.RollUpAt(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d times ten minutes of a tap were rolled up by the nodes themselves", rolled)
	u.mu.Lock()
	defer u.mu.Unlock()
	reports := map[string]int64{}
	for _, a := range u.acks {
		reports[a.Tap]++
	}
	for tap, c := range u.heard {
		n := reports[tap]
		for _, r := range []struct {
			what, sql string
			want      int64
		}{
			{"reports by ten minutes", `SELECT sum(reports) FROM tap_10m WHERE tap_id = $1 AND bucket >= now() - interval '3 days'`, n},
			{"frames of BSSs by ten minutes", sumSQL("bss_10m", "frames"), n * c.BSS},
			{"frames of stations by ten minutes", sumSQL("station_10m", "frames_sent"), n * c.Station},
			{"frames of channels by ten minutes", sumSQL("channel_10m", "frames"), n * c.Channel},
			{"frames of channels and captures by ten minutes", sumSQL("coverage_10m", "frames"), n * c.Channel},
			{"frames of hosts by ten minutes", sumSQL("host_10m", "frames_sent"), n * c.Host},
			{"reports by the hour", sumSQL("tap_1h", "reports"), n},
			{"frames of BSSs by the hour", sumSQL("bss_1h", "frames"), n * c.BSS},
			{"frames of stations by the hour", sumSQL("station_1h", "frames_sent"), n * c.Station},
			{"frames of hosts by the hour", sumSQL("host_1h", "frames_sent"), n * c.Host},
		} {
			var got *int64
			if err := u.conn.QueryRow(t.Context(), r.sql, tap).Scan(&got); err != nil {
				t.Fatalf("%s: %v", r.what, err)
			}
			if got == nil || *got != r.want {
				t.Errorf("%s (%s): %s: %v, want %d of %d reports", tap, c.Name, r.what, text(got), r.want, n)
			}
		}
	}
}

func text(n *int64) string {
	if n == nil {
		return "none"
	}
	return fmt.Sprint(*n)
}

func sumSQL(table, column string) string {
	slot := "bucket"
	if strings.HasSuffix(table, "_1h") {
		slot = "span_start"
	}
	return fmt.Sprintf(`SELECT sum(v)::bigint FROM %s AS t CROSS JOIN LATERAL unnest(t.%s) AS v WHERE t.tap_id = $1 AND t.%s >= now() - interval '3 days'`, table, column, slot)
}
