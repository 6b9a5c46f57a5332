package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store"
	"picket/server/testdb"
)

// What the release before 0007_create_radio.sql did, as far as tables are concerned
// that the migration alters: its statements, on connections that it had before.
const (
	beforeEnrolSQL = `
INSERT INTO tap (tenant_id, id, site_id, name)
SELECT tenant_id, $1, id, 'one'
FROM site
RETURNING tenant_id`

	beforeStagingSQL = `
CREATE TEMPORARY TABLE stage_report ON COMMIT DELETE ROWS AS TABLE report WITH NO DATA;
CREATE TEMPORARY TABLE stage_channel_window ON COMMIT DELETE ROWS AS TABLE channel_window WITH NO DATA`

	beforeReportColumns = `tenant_id, tap_id, boot_id, sequence, window_start, length_ms, version, demonstration,
  reports_dropped, uptime_s, cpu_permille, process_cpu_permille, process_memory_bytes, memory_total_bytes,
  memory_available_bytes, temperature_mc, spool_reports, spool_bytes, frames, bytes, kernel_drops, capture_name,
  capture_kind, capture_link_type, capture_frames, capture_bytes, capture_kernel_drops, capture_bad_fcs,
  capture_malformed, capture_unsupported, capture_error, refused_table, refused_rows`

	beforeStageReportSQL = `
INSERT INTO stage_report (` + beforeReportColumns + `)
SELECT $1::uuid, $2::uuid, '00000000-0000-0000-0000-000000000001', $3::bigint, $4::timestamptz, 10000, '0.9.0', false,
  0, 1, NULL, 1, 1, 1, 1, NULL, 0, 0, 700, 1, 0, '{wlan0}', '{2}', '{127}', '{700}', '{1}', NULL, NULL, NULL, NULL, '{""}', NULL, NULL`

	beforeReportSQL = `
INSERT INTO report (` + beforeReportColumns + `)
SELECT ` + beforeReportColumns + `
FROM stage_report`

	beforeStageChannelSQL = `
INSERT INTO stage_channel_window (tenant_id, tap_id, window_start, boot_id, sequence, length_ms, capture, frequency_mhz, listened_ms, frames)
SELECT $1::uuid, $2::uuid, $4::timestamptz, '00000000-0000-0000-0000-000000000001', $3::bigint, 10000, '{1,1}', '{2412,5180}', '{4000,5000}', '{300,400}'`

	beforeChannelSQL = `
INSERT INTO channel_window (tenant_id, tap_id, window_start, boot_id, sequence, length_ms, capture, frequency_mhz, listened_ms, frames)
SELECT tenant_id, tap_id, window_start, boot_id, sequence, length_ms, capture, frequency_mhz, listened_ms, frames
FROM stage_channel_window`

	beforeTenMinutesSQL = `
INSERT INTO tap_10m AS t (tenant_id, tap_id, bucket, reports, window_ms, frames, bytes, kernel_drops,
  process_cpu_permille_sum, process_memory_bytes_max, temperature_mc_max, spool_reports_max, demonstration, dirty_since)
VALUES ($1, $2, $3, 1, 10000, 700, 1, 0, 1, 1, NULL, 0, false, now())
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET reports = t.reports + EXCLUDED.reports,
  window_ms = t.window_ms + EXCLUDED.window_ms,
  dirty_since = COALESCE(t.dirty_since, EXCLUDED.dirty_since)`

	beforeTapSQL = `
UPDATE tap
SET last_report_at = now(),
  last_boot_id = '00000000-0000-0000-0000-000000000001',
  last_sequence = $3::bigint,
  last_window_start = $4,
  last_window_end = $4::timestamptz + interval '10 seconds'
WHERE tenant_id = $1
  AND id = $2`

	beforeReadChannelsSQL = `
SELECT count(*)
FROM channel_10m AS r
FULL JOIN channel_window AS w USING (tenant_id, tap_id)
WHERE tenant_id = $1`

	beforeReadReportsSQL = `
SELECT sum(frames)::bigint
FROM report
WHERE tenant_id = $1`
)

// previous is a node of the release before, with its connection and staging.
type previous struct {
	conn     *pgx.Conn
	tap      store.TapIdentity
	sequence int64
}

// add stores a report as it did.
func (p *previous) add(ctx context.Context) error {
	p.sequence++
	window := start().Add(time.Duration(p.sequence) * 100 * time.Millisecond)
	return pgx.BeginFunc(ctx, p.conn, func(tx pgx.Tx) error {
		for _, sql := range []string{beforeTapSQL, beforeStageReportSQL, beforeReportSQL, beforeStageChannelSQL, beforeChannelSQL} {
			args := []any{p.tap.TenantID, p.tap.TapID, p.sequence, window}
			if sql == beforeReportSQL || sql == beforeChannelSQL {
				args = nil
			}
			if _, err := tx.Exec(ctx, sql, args...); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, beforeTenMinutesSQL, p.tap.TenantID, p.tap.TapID, window.Truncate(store.Bucket))
		return err
	})
}

func TestRadioTablesComeWhileThePreviousReleaseServes(t *testing.T) {
	db := testdb.New(t)
	url := freshDatabase(t, db, "filled", "GRANT picket_owner, picket_ingest, picket_api TO filled",
		"GRANT CREATE, TEMPORARY ON DATABASE filled TO picket_owner", "GRANT TEMPORARY ON DATABASE filled TO picket_ingest")
	cfg := store.FromURL(url, nil)
	if err := store.MigrateTo(t.Context(), cfg, 6); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.EnsureDefaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	connect := func(role string) *pgx.Conn {
		t.Helper()
		conf, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		conf.RuntimeParams["search_path"], conf.RuntimeParams["role"], conf.RuntimeParams["timezone"] = "picket", role, "UTC"
		conn, err := pgx.ConnectConfig(t.Context(), conf)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}
	owner := connect(store.RoleOwner)
	makeOldPartitions(t, owner)
	tap := store.TapIdentity{TapID: uuid.Must(uuid.NewV7())}
	if err := owner.QueryRow(t.Context(), beforeEnrolSQL, tap.TapID).Scan(&tap.TenantID); err != nil {
		t.Fatal(err)
	}
	node := &previous{conn: connect(store.RoleIngest), tap: tap}
	if _, err := node.conn.Exec(t.Context(), beforeStagingSQL); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if err := node.add(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	// It goes on storing and reading while the schema changes, and after.
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for pace := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; <-pace.C {
			if err := node.add(context.WithoutCancel(ctx)); err != nil {
				t.Errorf("the previous release stores: %v", err)
				return
			}
		}
	})
	reader := connect(store.RoleOwner)
	wg.Go(func() {
		for pace := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; <-pace.C {
			for _, sql := range []string{beforeReadChannelsSQL, beforeReadReportsSQL} {
				var n int64
				if err := reader.QueryRow(context.WithoutCancel(ctx), sql, tap.TenantID).Scan(&n); err != nil {
					t.Errorf("the previous release reads: %v", err)
					return
				}
			}
		}
	})
	// A backup holds the tables for longer than the migration waits at once.
	backup := connect(store.RoleOwner)
	hold, err := backup.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), "LOCK TABLE report IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	wg.Go(func() {
		time.Sleep(4 * time.Second) // longer than lock_timeout
		if err := hold.Rollback(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	err = store.Migrate(t.Context(), cfg)
	stop()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.add(t.Context()); err != nil {
		t.Errorf("the previous release stores after the migration: %v", err)
	}
	checkNewReleaseOnOldRows(t, s, tap, node.sequence)
}

// makeOldPartitions makes a partition for the test's time of every table that there is.
func makeOldPartitions(t *testing.T, owner *pgx.Conn) {
	t.Helper()
	for _, table := range list(t, owner, "SELECT partrelid::regclass::text FROM pg_partitioned_table ORDER BY 1") {
		day := start().Truncate(24 * time.Hour)
		name, from, to := table+day.Format("_20060102"), day, day.AddDate(0, 0, 1)
		if table[len(table)-4:] == "_10m" {
			from = time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
			name, to = table+from.Format("_200601"), from.AddDate(0, 1, 0)
		}
		sql := "CREATE TABLE " + name + " PARTITION OF " + table + " FOR VALUES FROM ('" + from.Format(time.RFC3339) + "') TO ('" + to.Format(time.RFC3339) + "')"
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// checkNewReleaseOnOldRows stores and reads as this release does, among rows of the
// release before.
func checkNewReleaseOnOldRows(t *testing.T, s *store.Store, tap store.TapIdentity, reports int64) {
	t.Helper()
	ctx := t.Context()
	if err := s.EnsurePartitionsAhead(ctx, 1); err != nil {
		t.Fatal(err)
	}
	r, now := s.Reader(), time.Now()
	span := store.Span{From: now.Add(-24 * time.Hour), To: now}
	coverage := func() store.TapCoverage {
		t.Helper()
		c, err := r.TapCoverage(ctx, tap.TenantID.String(), tap.TapID.String(), span)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 2 { // its observations are rolled up, and stay so
		if _, err := s.RollUpAt(ctx, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		c := coverage()
		if len(c.Channels) != 2 || c.Channels[0].Capture != "wlan0" || c.Channels[0].ListenedMS != reports*4000 || c.ReportedMS != reports*10_000 {
			t.Errorf("coverage of %d reports by the release before: %d ms, %+v", reports, c.ReportedMS, c.Channels)
		}
	}
	if taps, err := r.Taps(ctx, tap.TenantID.String(), span); err != nil || len(taps) != 1 || taps[0].Adapters != nil || taps[0].RadioToldAt != nil {
		t.Errorf("a tap that told of no radios: %+v, %v", taps, err)
	}
	in := incoming(t, tap, testdb.ReportSpec{Boot: [16]byte{2}, Sequence: 1, Start: start().Add(9 * time.Minute), BSSs: 2, Definitions: true})
	if out, err := s.AddReports(ctx, []store.Incoming{in}); err != nil || out[0].Status != store.Stored {
		t.Fatalf("%v, %v", out, err)
	}
	taps, err := r.Taps(ctx, tap.TenantID.String(), span)
	if err != nil || len(taps) != 1 || len(taps[0].Adapters) != 1 {
		t.Errorf("a tap that told of its radio: %+v, %v", taps, err)
	}
	if _, _, err := r.Events(ctx, tap.TenantID.String(), span, store.EventQuery{Tap: "00000000-0000-0000-0000-000000000000", Limit: 1}); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
