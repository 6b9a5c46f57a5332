package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

// fleetSQL makes a fleet of one tenant and its past as the background work leaves
// it: registries, hours and days, and ten minutes as far back as asked. Each tap
// hears 60 BSSs (each sixth with its neighbour), 90 stations by day and 10 hosts.
// Statements, in order; $1 taps, $2 days, $3 hours of packed ten minutes.
var fleetSQL = []struct{ what, sql string }{
	{"parameters", `
CREATE TABLE fleet AS
SELECT (SELECT id FROM tenant LIMIT 1) AS tenant, $1::int AS taps, $2::int AS days, $3::int AS hours,
       date_trunc('hour', now(), 'UTC') AS hour, date_trunc('day', now(), 'UTC') AS today`},
	{"sites", `
INSERT INTO site (tenant_id, id, slug, name)
SELECT f.tenant, gen_random_uuid(), 'site-' || n, 'Site ' || n
FROM fleet f, generate_series(1, f.taps / 10) AS n`},
	{"taps", `
INSERT INTO tap (tenant_id, id, site_id, name, version, arch, first_report_at, last_report_at, last_boot_id, last_sequence,
  last_window_start, last_window_end)
SELECT f.tenant, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       (SELECT id FROM site WHERE tenant_id = f.tenant AND slug = 'site-' || (n / 10 % (f.taps / 10) + 1)), 'tap-' || n, '1.0.0', 'arm64',
       now() - interval '30 days', now(), '00000000-0000-4000-8000-000000000000', 259200,
       f.today + interval '1 second', f.today + interval '11 seconds'
FROM fleet f, generate_series(0, f.taps - 1) AS n`},
	{"fleet taps", `
CREATE TABLE fleet_tap AS
SELECT n, f.tenant, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS tap
FROM fleet f, generate_series(0, f.taps - 1) AS n`},
	{"reports", `
INSERT INTO report (tenant_id, tap_id, boot_id, sequence, window_start, length_ms, version, demonstration, reports_dropped, uptime_s,
  process_cpu_permille, process_memory_bytes, memory_total_bytes, memory_available_bytes, spool_reports, spool_bytes, frames, bytes, kernel_drops)
SELECT t.tenant, t.tap, '00000000-0000-4000-8000-000000000000', 259200, f.today + interval '1 second', 10000, '1.0.0', false, 0, 1000,
  30, 40000000, 1000000000, 500000000, 0, 0, 1000, 100000, 0
FROM fleet f, fleet_tap t`},
	{"boots", `
INSERT INTO tap_boot (tenant_id, tap_id, boot_id, first_window_at, last_window_at, reports, reports_dropped, version)
SELECT t.tenant, t.tap, '00000000-0000-4000-8000-000000000000', f.today - f.days * interval '1 day', now(), 259200, 0, '1.0.0'
FROM fleet f, fleet_tap t`},
	{"gaps", `
INSERT INTO tap_gap (tenant_id, tap_id, gap_start, gap_end, reason)
SELECT t.tenant, t.tap, f.today - g * interval '3 days', f.today - g * interval '3 days' + interval '5 minutes', 'restarted'
FROM fleet f, fleet_tap t, generate_series(1, f.days / 3) AS g`},
	// A pool of variants from which rows take their arrays.
	{"arrays", `
CREATE TABLE fleet_array AS
SELECT v,
       v % 90 < 60 AS steady,
       ARRAY(SELECT (60 + random() * 3540)::bigint FROM generate_series(0, 23) s WHERE v >= 0) AS small,
       ARRAY(SELECT (1e5 + random() * 1e8)::bigint FROM generate_series(0, 23) s WHERE v >= 0) AS large,
       ARRAY(SELECT (-4e5 + random() * 1e5)::bigint FROM generate_series(0, 23) s WHERE v >= 0) AS sums,
       ARRAY(SELECT (-90 + random() * 20)::smallint FROM generate_series(0, 23) s WHERE v >= 0) AS low,
       ARRAY(SELECT (-60 + random() * 20)::smallint FROM generate_series(0, 23) s WHERE v >= 0) AS high
FROM generate_series(0, 511) AS v`},
	{"slices", `
CREATE TABLE fleet_slice AS
SELECT v, lo, hi,
  (format('[%s:%s]=', lo, hi) || small[lo + 1:hi + 1]::text)::bigint[] AS small, (format('[%s:%s]=', lo, hi) || large[lo + 1:hi + 1]::text)::bigint[] AS large,
  (format('[%s:%s]=', lo, hi) || sums[lo + 1:hi + 1]::text)::bigint[] AS sums, (format('[%s:%s]=', lo, hi) || low[lo + 1:hi + 1]::text)::smallint[] AS low,
  (format('[%s:%s]=', lo, hi) || high[lo + 1:hi + 1]::text)::smallint[] AS high
FROM fleet_array
CROSS JOIN (VALUES (0, 23), (8, 17)) AS h (lo, hi)`},
	{"BSSs", `
CREATE TABLE fleet_bss AS
SELECT t.n, t.tenant, t.tap, b, ('02005e' || lpad(to_hex(CASE WHEN b % 6 = 0 THEN (t.n / 2 * 2) * 64 + b ELSE t.n * 64 + b END), 6, '0'))::macaddr AS bssid,
       convert_to('Network ' || (t.n * 20 + b % 20), 'UTF8') AS ssid, (ARRAY[2412, 2437, 2462, 5180, 5500, 5745])[b % 6 + 1] AS mhz
FROM fleet_tap t, generate_series(1, 60) AS b`},
	{"BSS registry", `
INSERT INTO bss (tenant_id, bssid, ssid, first_heard_at, last_heard_at, frequency_mhz, width_mhz, security_akms, security_pairwise, security_group,
  security_pmf, security_privacy, features, demonstration)
SELECT b.tenant, b.bssid, b.ssid, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes', b.mhz, 20, 4, 16, 16, 1, true, 79, false
FROM fleet f, fleet_bss b
ON CONFLICT DO NOTHING`},
	{"BSS sightings", `
INSERT INTO bss_sighting (tenant_id, bssid, ssid, tap_id, first_heard_at, last_heard_at, frequency_mhz, signal_mean_dbm, frames, bytes, window_ms)
SELECT b.tenant, b.bssid, b.ssid, b.tap, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes', b.mhz, -60, 100, 10000, 10000
FROM fleet f, fleet_bss b`},
	{"stations", `
CREATE TABLE fleet_station AS
SELECT t.n, t.tenant, t.tap, s, ('06005e' || lpad(to_hex(t.n * 128 + s), 6, '0'))::macaddr AS station,
       ('02005e' || lpad(to_hex(t.n * 64 + s % 50 + 1), 6, '0'))::macaddr AS bssid
FROM fleet_tap t, generate_series(1, 90) AS s`},
	{"station registry", `
INSERT INTO station (tenant_id, station, first_heard_at, last_heard_at, bssid, bssid_heard_at, frequency_mhz, demonstration)
SELECT s.tenant, s.station, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes', s.bssid, now(), 2437, false
FROM fleet f, fleet_station s`},
	{"station sightings", `
INSERT INTO station_sighting (tenant_id, station, tap_id, first_heard_at, last_heard_at, frequency_mhz, signal_mean_dbm, frames, window_ms)
SELECT s.tenant, s.station, s.tap, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes', 2437, -60, 100, 10000
FROM fleet f, fleet_station s`},
	{"associations", `
INSERT INTO association (tenant_id, bssid, station, first_heard_at, last_heard_at)
SELECT s.tenant, s.bssid, s.station, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes'
FROM fleet f, fleet_station s`},
	{"hosts", `
INSERT INTO host (tenant_id, mac, first_heard_at, last_heard_at, demonstration)
SELECT t.tenant, ('0a005e' || lpad(to_hex(t.n * 16 + h), 6, '0'))::macaddr, f.today - f.days * interval '1 day', now() - random() * interval '5 minutes', false
FROM fleet f, fleet_tap t, generate_series(1, 10) AS h`},
	{"host sightings", `
INSERT INTO host_sighting (tenant_id, mac, tap_id, first_heard_at, last_heard_at, frames, bytes, window_ms)
SELECT h.tenant_id, h.mac, t.tap, h.first_heard_at, h.last_heard_at, 10, 1000, 10000
FROM host h, fleet_tap t
WHERE h.mac >= ('0a005e' || lpad(to_hex(t.n * 16), 6, '0'))::macaddr
  AND h.mac < ('0a005e' || lpad(to_hex(t.n * 16 + 16), 6, '0'))::macaddr`},
	{"channels", `
INSERT INTO channel_sighting (tenant_id, tap_id, frequency_mhz, first_heard_at, last_heard_at)
SELECT t.tenant, t.tap, 2407 + 5 * c, f.today - f.days * interval '1 day', now()
FROM fleet f, fleet_tap t, generate_series(1, 20) AS c`},
	{"ten minutes of taps", `
INSERT INTO tap_10m (tenant_id, tap_id, bucket, reports, window_ms, frames, bytes, kernel_drops, process_cpu_permille_sum,
  process_memory_bytes_max, spool_reports_max, demonstration, dirty_since)
SELECT t.tenant, t.tap, g, 60, 600000, 60000, 6000000, 1, 1800, 40000000, 0, false,
       CASE WHEN g > now() - interval '10 minutes 30 seconds' THEN now() END
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', now(), interval '10 minutes') AS g
CROSS JOIN fleet_tap t`},
	{"due hours and days", `
INSERT INTO rollup_due (level, bucket, tenant_id, tap_id, again)
SELECT l.level, l.bucket, t.tenant, t.tap, false
FROM fleet f, fleet_tap t, LATERAL (VALUES ('1h', f.hour), ('1d', f.today)) AS l (level, bucket)`},
	{"hours of taps", `
INSERT INTO tap_1h (tenant_id, tap_id, span_start, reports, window_ms, frames, bytes, kernel_drops, process_cpu_permille_sum,
  process_memory_bytes_max, temperature_mc_max, spool_reports_max)
SELECT t.tenant, t.tap, d, a.small, a.large, a.large, a.large, a.small, a.small, a.large, a.small, a.small
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', f.today - interval '1 day', interval '1 day') AS d
CROSS JOIN fleet_tap t
JOIN fleet_slice a ON a.v = (t.n + extract(day FROM d)::int) % 512 AND a.lo = 0`},
	{"hours of BSSs", `
INSERT INTO bss_1h (tenant_id, tap_id, span_start, bssid, ssid, frequency_mhz, windows, frames, bytes, signal_count, signal_sum_dbm,
  signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT b.tenant, b.tap, d, b.bssid, b.ssid, b.mhz, a.small, a.large, a.large, a.small, a.sums, a.low, a.high, array_fill(d, '{24}', '{0}')
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', f.today - interval '1 day', interval '1 day') AS d
CROSS JOIN fleet_bss b
JOIN fleet_slice a ON a.v = (b.n * 60 + b.b + extract(day FROM d)::int) % 512 AND a.lo = 0`},
	{"hours of stations", `
INSERT INTO station_1h (tenant_id, tap_id, span_start, station, bssid, frames_sent, bytes_sent, frames_received, bytes_received,
  probe_requests, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT s.tenant, s.tap, d, s.station, s.bssid, a.small, a.large, a.small, a.large, a.small, a.small, a.sums, a.low, a.high, array_fill(d, '{10}', '{8}')
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', f.today - interval '1 day', interval '1 day') AS d
CROSS JOIN fleet_station s
JOIN fleet_slice a ON a.v = (s.n * 90 + s.s + extract(day FROM d)::int) % 512 AND a.lo = 8`},
	{"hours of hosts", `
INSERT INTO host_1h (tenant_id, tap_id, span_start, mac, frames_sent, bytes_sent, frames_received, bytes_received, last_heard_at)
SELECT h.tenant_id, h.tap_id, d, h.mac, a.small, a.large, a.small, a.large, array_fill(d, '{24}', '{0}')
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', f.today - interval '1 day', interval '1 day') AS d
CROSS JOIN host_sighting h
JOIN fleet_slice a ON a.v = extract(day FROM d)::int AND a.lo = 0`},
	{"hours of channels", `
INSERT INTO channel_1h (tenant_id, tap_id, span_start, frequency_mhz, listened_ms, frames, bytes, retries, bad_fcs, airtime_us,
  signal_count, signal_sum_dbm, noise_count, noise_sum_dbm)
SELECT t.tenant, t.tap, d, 2407 + 5 * c, a.small, a.small, a.large, a.small, a.small, a.large, a.small, a.sums, a.small, a.sums
FROM fleet f
CROSS JOIN generate_series(f.today - f.days * interval '1 day', f.today - interval '1 day', interval '1 day') AS d
CROSS JOIN fleet_tap t
CROSS JOIN generate_series(1, 20) AS c
JOIN fleet_slice a ON a.v = (t.n + c) % 512 AND a.lo = 0`},
	{"hours of coverage", `
INSERT INTO coverage_1h (tenant_id, tap_id, span_start, capture, frequency_mhz, listened_ms, frames, drops, last_listened_at)
SELECT c.tenant_id, c.tap_id, c.span_start, 'wlan0', c.frequency_mhz, c.listened_ms, c.frames, c.retries, array_fill(c.span_start, '{24}', '{0}')
FROM channel_1h c`},
	{"today", `
CREATE TABLE fleet_today AS
SELECT v, (format('[0:%s]=', n - 1) || small[1:n]::text)::bigint[] AS small, (format('[0:%s]=', n - 1) || large[1:n]::text)::bigint[] AS large,
  (format('[0:%s]=', n - 1) || sums[1:n]::text)::bigint[] AS sums, (format('[0:%s]=', n - 1) || low[1:n]::text)::smallint[] AS low,
  (format('[0:%s]=', n - 1) || high[1:n]::text)::smallint[] AS high, n
FROM fleet_array, (SELECT greatest(1, extract(hour FROM hour AT TIME ZONE 'UTC')::int) AS n FROM fleet) AS h`},
	{"today's hours", `
INSERT INTO bss_1h (tenant_id, tap_id, span_start, bssid, ssid, frequency_mhz, windows, frames, bytes, signal_count, signal_sum_dbm,
  signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT b.tenant, b.tap, f.today, b.bssid, b.ssid, b.mhz, a.small, a.large, a.large, a.small, a.sums, a.low, a.high, array_fill(f.today, ARRAY[a.n], '{0}')
FROM fleet f, fleet_bss b
JOIN fleet_today a ON a.v = (b.n * 60 + b.b) % 512`},
	{"today's hours of stations", `
INSERT INTO station_1h (tenant_id, tap_id, span_start, station, bssid, frames_sent, bytes_sent, frames_received, bytes_received,
  probe_requests, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT s.tenant, s.tap, f.today, s.station, s.bssid, a.small, a.large, a.small, a.large, a.small, a.small, a.sums, a.low, a.high,
  array_fill(f.today, ARRAY[a.n], '{0}')
FROM fleet f, fleet_station s
JOIN fleet_today a ON a.v = (s.n * 90 + s.s) % 512`},
	{"today's hours of taps", `
INSERT INTO tap_1h (tenant_id, tap_id, span_start, reports, window_ms, frames, bytes, kernel_drops, process_cpu_permille_sum,
  process_memory_bytes_max, temperature_mc_max, spool_reports_max)
SELECT t.tenant, t.tap, f.today, a.small, a.large, a.large, a.large, a.small, a.small, a.large, a.small, a.small
FROM fleet f, fleet_tap t
JOIN fleet_today a ON a.v = t.n % 512`},
	{"days of BSSs", fleetDays("bss", "bssid, ssid, frequency_mhz", []string{"windows", "frames", "bytes", "signal_count", "signal_sum_dbm", "signal_min_dbm", "signal_max_dbm", "last_heard_at"})},
	{"days of stations", fleetDays("station", "station, bssid", []string{"frames_sent", "bytes_sent", "frames_received", "bytes_received", "probe_requests", "signal_count", "signal_sum_dbm", "signal_min_dbm", "signal_max_dbm", "last_heard_at"})},
	{"days of hosts", fleetDays("host", "mac", []string{"frames_sent", "bytes_sent", "frames_received", "bytes_received", "last_heard_at"})},
	{"days of channels", fleetDays("channel", "frequency_mhz", []string{"listened_ms", "frames", "bytes", "retries", "bad_fcs", "airtime_us", "signal_count", "signal_sum_dbm", "noise_count", "noise_sum_dbm"})},
	{"days of coverage", fleetDays("coverage", "capture, frequency_mhz", []string{"listened_ms", "frames", "drops", "last_listened_at"})},
	{"days of taps", fleetDays("tap", "tenant_id", []string{"reports", "window_ms", "frames", "bytes", "kernel_drops", "process_cpu_permille_sum", "process_memory_bytes_max", "temperature_mc_max", "spool_reports_max"})},
	{"ten minutes of BSSs", `
INSERT INTO bss_10m (tenant_id, tap_id, bucket, bssid, ssid, frequency_mhz, windows, frames, bytes, signal_count, signal_sum_dbm,
  signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT b.tenant, b.tap, g, array_agg(b.bssid), array_agg(b.ssid), array_agg(b.mhz), array_agg(60), array_agg(1000 + b.b), array_agg(100000 + b.b),
  array_agg(600 + b.b), array_agg(-40000 - b.b), array_agg((-80 + b.b % 10)::smallint), array_agg((-50 + b.b % 10)::smallint), array_agg(g)
FROM fleet f
CROSS JOIN generate_series(f.hour - f.hours * interval '1 hour', now() - interval '10 minutes 30 seconds', interval '10 minutes') AS g
CROSS JOIN fleet_bss b
GROUP BY b.tenant, b.tap, g`},
	{"ten minutes of stations", `
INSERT INTO station_10m (tenant_id, tap_id, bucket, station, bssid, frames_sent, bytes_sent, frames_received, bytes_received,
  probe_requests, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT s.tenant, s.tap, g, array_agg(s.station), array_agg(s.bssid), array_agg(100 + s.s), array_agg(10000 + s.s), array_agg(200 + s.s),
  array_agg(20000 + s.s), array_agg(s.s), array_agg(100 + s.s), array_agg(-6000 - s.s), array_agg(-80::smallint), array_agg(-50::smallint), array_agg(g)
FROM fleet f
CROSS JOIN generate_series(f.hour - f.hours * interval '1 hour', now() - interval '10 minutes 30 seconds', interval '10 minutes') AS g
CROSS JOIN fleet_station s
GROUP BY s.tenant, s.tap, g`},
}

// fleetDays is the statement that builds a family's months of days in one go: what
// the days say is a made-up element of each hour's row.
func fleetDays(family, keys string, values []string) string {
	list, aggregates := "", ""
	for _, v := range values {
		list += ", " + v
		aggregates += ", array_agg(" + v + "[array_lower(" + v + ", 1)] ORDER BY span_start)"
	}
	if keys == "tenant_id" {
		keys = ""
	} else {
		keys = ", " + keys
	}
	// The days of a month are neighbours: the subscript of the first shifts them all.
	shifted := ""
	for i, v := range values {
		kind := "bigint"
		switch v {
		case "signal_min_dbm", "signal_max_dbm":
			kind = "smallint"
		case "last_heard_at", "last_listened_at":
			kind = "timestamptz"
		}
		shifted += fmt.Sprintf(", (format('[%%s:%%s]=', first, first + cardinality(a%d) - 1) || a%d::text)::%s[]", i, i, kind)
		aggregates = replaceOnce(aggregates, " ORDER BY span_start)", fmt.Sprintf(" ORDER BY span_start ) AS a%d", i))
	}
	return fmt.Sprintf(`
INSERT INTO %[1]s_1d (tenant_id, tap_id, span_start%[2]s%[3]s)
SELECT tenant_id, tap_id, month%[2]s%[5]s
FROM (
  SELECT tenant_id, tap_id, date_trunc('month', span_start, 'UTC') AS month%[2]s, min(extract(day FROM span_start AT TIME ZONE 'UTC'))::int AS first%[4]s
  FROM %[1]s_1h
  WHERE span_start < (SELECT today FROM fleet)
  GROUP BY tenant_id, tap_id, date_trunc('month', span_start, 'UTC')%[2]s) AS d`, family, keys, list, aggregates, shifted)
}

func replaceOnce(s, old, with string) string {
	for i := 0; i+len(old) <= len(s); i++ {
		if s[i:i+len(old)] == old {
			return s[:i] + with + s[i+len(old):]
		}
	}
	return s
}

// page is one thing that the console asks for, and how long it may take.
type page struct {
	name  string
	limit time.Duration
	read  func(context.Context, store.Span) error
}

// TestSoakFleetPages reads the console's pages on a fleet of 1,000 taps of one tenant
// and a month of their past (40 taps and a week where PICKET_SOAK is not full), and
// wants lists and overview within 100 ms and charts of a month within 300 ms, without
// a look at the partitions of what was heard as it came.
func TestSoakFleetPages(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a database with a fleet: not in the fast part")
	}
	taps, days, hours, rounds := 40, 7, 3, 5
	if os.Getenv("PICKET_SOAK") == "full" {
		taps, days, hours, rounds = 1000, 30, 3, 20
	}
	db := testdb.New(t)
	makeFleet(t, db, taps, days, hours)
	conn := db.Conn(t, embedded.Superuser)
	alone(t, conn)
	rawSQL := `SELECT coalesce(sum(seq_scan + idx_scan), 0)::bigint FROM pg_stat_user_tables WHERE relname ~ '^(air|wire)_raw_|_window_[0-9]+$'`
	before := scan[int64](t, conn, rawSQL)
	tenant := scan[string](t, conn, "SELECT tenant::text FROM picket.fleet")
	bssid, station := "02:00:5e:00:01:c1", "06:00:5e:00:03:82"
	tap := "00000000-0000-4000-8000-000000000007"
	const list, chart = 100 * time.Millisecond, 300 * time.Millisecond
	pages := func(r *store.Reader) []page {
		return []page{
			{"networks", list, func(ctx context.Context, span store.Span) error {
				_, _, _, err := r.BSSs(ctx, tenant, span, 200)
				return err
			}},
			{"clients", list, func(ctx context.Context, span store.Span) error {
				_, _, _, err := r.Stations(ctx, tenant, "", span, 200)
				return err
			}},
			{"hosts", list, func(ctx context.Context, span store.Span) error {
				_, _, _, err := r.Hosts(ctx, tenant, span, 200)
				return err
			}},
			{"taps", list, func(ctx context.Context, span store.Span) error { _, err := r.Taps(ctx, tenant, span); return err }},
			{"overview", list, func(ctx context.Context, span store.Span) error {
				_, _, err := r.Home(ctx, tenant, span, 20)
				return err
			}},
			{"signal", chart, func(ctx context.Context, span store.Span) error {
				_, err := r.BSSSignal(ctx, tenant, bssid, span)
				return err
			}},
			{"network", chart, func(ctx context.Context, span store.Span) error {
				_, _, err := r.BSS(ctx, tenant, bssid, span)
				return err
			}},
			{"client", chart, func(ctx context.Context, span store.Span) error {
				_, _, err := r.Station(ctx, tenant, station, span)
				return err
			}},
			{"channels", chart, func(ctx context.Context, span store.Span) error {
				_, err := r.TapChannels(ctx, tenant, tap, span)
				return err
			}},
			{"coverage", chart, func(ctx context.Context, span store.Span) error {
				_, err := r.TapCoverage(ctx, tenant, tap, span)
				return err
			}},
			{"health", chart, func(ctx context.Context, span store.Span) error {
				_, err := r.TapHealth(ctx, tenant, tap, span)
				return err
			}},
		}
	}
	for _, length := range []time.Duration{time.Duration(days) * 24 * time.Hour, 24 * time.Hour} {
		s, err := store.Open(t.Context(), db.Config())
		if err != nil {
			t.Fatal(err)
		}
		for _, site := range []string{"", "site-2"} {
			for _, p := range pages(s.Reader()) {
				if p.limit == chart && (site != "" || length == 24*time.Hour) {
					continue // of one thing, wherever; a day of it may end with windows
				}
				measurePage(t, p, length, site, rounds)
			}
		}
		s.Close()
		alone(t, conn)
		if after := scan[int64](t, conn, rawSQL); after != before && length > 24*time.Hour { // a day ends with windows where they are few
			t.Errorf("%v: %d scans of partitions of observations, want none", length, after-before)
		}
	}
}

func measurePage(t *testing.T, p page, length time.Duration, site string, rounds int) {
	t.Helper()
	to := time.Now().UTC()
	span := store.Span{From: to.Add(-length), To: to, Site: site}
	var took []time.Duration
	for range rounds {
		start := time.Now()
		if err := p.read(t.Context(), span); err != nil {
			t.Errorf("%s: %v", p.name, err)
			return
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	p95 := took[(len(took)*95+99)/100-1]
	t.Logf("%-9s %3.0f d %-7s p50 %6.1f ms  p95 %6.1f ms", p.name, length.Hours()/24, site,
		float64(took[len(took)/2].Microseconds())/1000, float64(p95.Microseconds())/1000)
	if os.Getenv("PICKET_SOAK") == "full" && p95 > p.limit {
		t.Errorf("%s over %v: p95 %v, want %v", p.name, length, p95, p.limit)
	}
}

// alone waits until all other connections to conn's database have ended: what one
// has counted is surely there only then.
func alone(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	const othersSQL = `
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database()
  AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()`
	for try := 0; scan[int64](t, conn, othersSQL) > 0; try++ {
		if try == 600 {
			t.Fatal("other connections do not end")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func makeFleet(t *testing.T, db *testdb.DB, taps, days, hours int) {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, db.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, super := db.Conn(t, store.RoleOwner), db.Conn(t, embedded.Superuser)
	defer conn.Close(ctx)
	defer super.Close(ctx)
	now := time.Now()
	for d := -days; d <= 1; d++ {
		if err := s.EnsurePartitionsOf(ctx, now.AddDate(0, 0, d)); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range fleetSQL {
		args := []any{}
		if f.what == "parameters" {
			args = []any{taps, days, hours}
		}
		start := time.Now()
		if _, err := conn.Exec(ctx, f.sql, append([]any{pgx.QueryExecModeExec}, args...)...); err != nil {
			t.Fatalf("%s: %v", f.what, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Logf("made %s in %v", f.what, took.Round(time.Second))
		}
	}
	if _, err := super.Exec(ctx, "VACUUM (ANALYZE)"); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d taps, %d days: %s", taps, days, scan[string](t, super, "SELECT pg_size_pretty(pg_database_size(current_database()))"))
}
