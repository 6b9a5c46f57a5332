package store

// The statements of a rollup: each builds one row of one bucket (@tenant, @tap,
// @bucket) from the observations. They are executed a bucket at a time, so that
// the planner sees one tap and a range of time, and prunes to one or two
// partitions.

const rollupBSSSQL = `
INSERT INTO bss_10m AS r (tenant_id, tap_id, bucket, bssid, ssid, frequency_mhz, windows, frames, bytes, signal_count,
  signal_sum_dbm, signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, array_agg(e.bssid), array_agg(e.ssid), array_agg(e.frequency_mhz), array_agg(e.windows),
  array_agg(e.frames), array_agg(e.bytes), array_agg(e.signal_count), array_agg(e.signal_sum_dbm),
  array_agg(e.signal_min_dbm), array_agg(e.signal_max_dbm), array_agg(e.last_heard_at)
FROM (
  SELECT u.bssid, u.ssid, COALESCE(u.frequency_mhz, 0) AS frequency_mhz, count(*)::integer AS windows,
    COALESCE(sum(u.frames), 0)::bigint AS frames,
    COALESCE(sum(u.bytes), 0)::bigint AS bytes,
    COALESCE(sum(u.signal_count), 0)::bigint AS signal_count,
    COALESCE(sum(u.signal_sum_dbm) FILTER (WHERE u.signal_count > 0), 0)::bigint AS signal_sum_dbm,
    COALESCE(min(u.signal_min_dbm) FILTER (WHERE u.signal_count > 0), 0)::smallint AS signal_min_dbm,
    COALESCE(max(u.signal_max_dbm) FILTER (WHERE u.signal_count > 0), 0)::smallint AS signal_max_dbm,
    max(w.window_start + (COALESCE(u.first_ms, 0) + COALESCE(u.span_ms, 0)) * interval '1 millisecond') AS last_heard_at
  FROM bss_window AS w
  CROSS JOIN LATERAL unnest(w.bssid, w.ssid, w.frequency_mhz, w.frames, w.bytes, w.signal_count, w.signal_sum_dbm,
    w.signal_min_dbm, w.signal_max_dbm, w.first_ms, w.span_ms)
    AS u (bssid, ssid, frequency_mhz, frames, bytes, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm,
      first_ms, span_ms)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
  GROUP BY u.bssid, u.ssid, COALESCE(u.frequency_mhz, 0)
  ORDER BY u.bssid, u.ssid, COALESCE(u.frequency_mhz, 0)
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET bssid = EXCLUDED.bssid,
  ssid = EXCLUDED.ssid,
  frequency_mhz = EXCLUDED.frequency_mhz,
  windows = EXCLUDED.windows,
  frames = EXCLUDED.frames,
  bytes = EXCLUDED.bytes,
  signal_count = EXCLUDED.signal_count,
  signal_sum_dbm = EXCLUDED.signal_sum_dbm,
  signal_min_dbm = EXCLUDED.signal_min_dbm,
  signal_max_dbm = EXCLUDED.signal_max_dbm,
  last_heard_at = EXCLUDED.last_heard_at`

const rollupStationSQL = `
INSERT INTO station_10m AS r (tenant_id, tap_id, bucket, station, bssid, frames_sent, bytes_sent, frames_received,
  bytes_received, probe_requests, signal_count, signal_sum_dbm, signal_min_dbm, signal_max_dbm, last_heard_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, array_agg(e.station), array_agg(e.bssid), array_agg(e.frames_sent),
  array_agg(e.bytes_sent), array_agg(e.frames_received), array_agg(e.bytes_received), array_agg(e.probe_requests),
  array_agg(e.signal_count), array_agg(e.signal_sum_dbm), array_agg(e.signal_min_dbm), array_agg(e.signal_max_dbm),
  array_agg(e.last_heard_at)
FROM (
  SELECT u.station, u.bssid,
    COALESCE(sum(u.frames_sent), 0)::bigint AS frames_sent,
    COALESCE(sum(u.bytes_sent), 0)::bigint AS bytes_sent,
    COALESCE(sum(u.frames_received), 0)::bigint AS frames_received,
    COALESCE(sum(u.bytes_received), 0)::bigint AS bytes_received,
    COALESCE(sum(u.probe_requests), 0)::bigint AS probe_requests,
    COALESCE(sum(u.signal_count), 0)::bigint AS signal_count,
    COALESCE(sum(u.signal_sum_dbm) FILTER (WHERE u.signal_count > 0), 0)::bigint AS signal_sum_dbm,
    COALESCE(min(u.signal_min_dbm) FILTER (WHERE u.signal_count > 0), 0)::smallint AS signal_min_dbm,
    COALESCE(max(u.signal_max_dbm) FILTER (WHERE u.signal_count > 0), 0)::smallint AS signal_max_dbm,
    max(w.window_start + (COALESCE(u.first_ms, 0) + COALESCE(u.span_ms, 0)) * interval '1 millisecond') AS last_heard_at
  FROM station_window AS w
  CROSS JOIN LATERAL unnest(w.station, w.bssid, w.frames_sent, w.bytes_sent, w.frames_received, w.bytes_received,
    w.probe_requests, w.signal_count, w.signal_sum_dbm, w.signal_min_dbm, w.signal_max_dbm, w.first_ms, w.span_ms)
    AS u (station, bssid, frames_sent, bytes_sent, frames_received, bytes_received, probe_requests, signal_count,
      signal_sum_dbm, signal_min_dbm, signal_max_dbm, first_ms, span_ms)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
  GROUP BY u.station, u.bssid
  ORDER BY u.station, u.bssid
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET station = EXCLUDED.station,
  bssid = EXCLUDED.bssid,
  frames_sent = EXCLUDED.frames_sent,
  bytes_sent = EXCLUDED.bytes_sent,
  frames_received = EXCLUDED.frames_received,
  bytes_received = EXCLUDED.bytes_received,
  probe_requests = EXCLUDED.probe_requests,
  signal_count = EXCLUDED.signal_count,
  signal_sum_dbm = EXCLUDED.signal_sum_dbm,
  signal_min_dbm = EXCLUDED.signal_min_dbm,
  signal_max_dbm = EXCLUDED.signal_max_dbm,
  last_heard_at = EXCLUDED.last_heard_at`

const rollupProbeSQL = `
INSERT INTO probe_10m AS r (tenant_id, tap_id, bucket, station, ssid, requests)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, array_agg(e.station), array_agg(e.ssid), array_agg(e.requests)
FROM (
  SELECT u.station, u.ssid, COALESCE(sum(u.requests), 0)::bigint AS requests
  FROM probe_window AS w
  CROSS JOIN LATERAL unnest(w.station, w.ssid, w.requests) AS u (station, ssid, requests)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
  GROUP BY u.station, u.ssid
  ORDER BY u.station, u.ssid
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET station = EXCLUDED.station,
  ssid = EXCLUDED.ssid,
  requests = EXCLUDED.requests`

const rollupChannelSQL = `
INSERT INTO channel_10m AS r (tenant_id, tap_id, bucket, frequency_mhz, listened_ms, frames, bytes, retries, bad_fcs,
  airtime_us, signal_count, signal_sum_dbm, noise_count, noise_sum_dbm)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, array_agg(e.frequency_mhz), array_agg(e.listened_ms), array_agg(e.frames),
  array_agg(e.bytes), array_agg(e.retries), array_agg(e.bad_fcs), array_agg(e.airtime_us), array_agg(e.signal_count),
  array_agg(e.signal_sum_dbm), array_agg(e.noise_count), array_agg(e.noise_sum_dbm)
FROM (
  SELECT COALESCE(u.frequency_mhz, 0) AS frequency_mhz,
    COALESCE(sum(u.listened_ms), 0)::bigint AS listened_ms,
    COALESCE(sum(u.frames), 0)::bigint AS frames,
    COALESCE(sum(u.bytes), 0)::bigint AS bytes,
    COALESCE(sum(u.retries), 0)::bigint AS retries,
    COALESCE(sum(u.bad_fcs), 0)::bigint AS bad_fcs,
    COALESCE(sum(u.airtime_us), 0)::bigint AS airtime_us,
    COALESCE(sum(u.signal_count), 0)::bigint AS signal_count,
    COALESCE(sum(u.signal_sum_dbm) FILTER (WHERE u.signal_count > 0), 0)::bigint AS signal_sum_dbm,
    COALESCE(sum(u.noise_count), 0)::bigint AS noise_count,
    COALESCE(sum(u.noise_sum_dbm) FILTER (WHERE u.noise_count > 0), 0)::bigint AS noise_sum_dbm
  FROM channel_window AS w
  CROSS JOIN LATERAL unnest(w.capture, w.frequency_mhz, w.listened_ms, w.frames, w.bytes, w.retries, w.bad_fcs,
    w.airtime_us, w.signal_count, w.signal_sum_dbm, w.noise_count, w.noise_sum_dbm)
    AS u (capture, frequency_mhz, listened_ms, frames, bytes, retries, bad_fcs, airtime_us, signal_count,
      signal_sum_dbm, noise_count, noise_sum_dbm)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
  GROUP BY COALESCE(u.frequency_mhz, 0)
  ORDER BY COALESCE(u.frequency_mhz, 0)
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET frequency_mhz = EXCLUDED.frequency_mhz,
  listened_ms = EXCLUDED.listened_ms,
  frames = EXCLUDED.frames,
  bytes = EXCLUDED.bytes,
  retries = EXCLUDED.retries,
  bad_fcs = EXCLUDED.bad_fcs,
  airtime_us = EXCLUDED.airtime_us,
  signal_count = EXCLUDED.signal_count,
  signal_sum_dbm = EXCLUDED.signal_sum_dbm,
  noise_count = EXCLUDED.noise_count,
  noise_sum_dbm = EXCLUDED.noise_sum_dbm`

const rollupHostSQL = `
INSERT INTO host_10m AS r (tenant_id, tap_id, bucket, mac, frames_sent, bytes_sent, frames_received, bytes_received,
  last_heard_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, array_agg(e.mac), array_agg(e.frames_sent), array_agg(e.bytes_sent),
  array_agg(e.frames_received), array_agg(e.bytes_received), array_agg(e.last_heard_at)
FROM (
  SELECT u.mac,
    COALESCE(sum(u.frames_sent), 0)::bigint AS frames_sent,
    COALESCE(sum(u.bytes_sent), 0)::bigint AS bytes_sent,
    COALESCE(sum(u.frames_received), 0)::bigint AS frames_received,
    COALESCE(sum(u.bytes_received), 0)::bigint AS bytes_received,
    max(w.window_start + (COALESCE(u.first_ms, 0) + COALESCE(u.span_ms, 0)) * interval '1 millisecond') AS last_heard_at
  FROM host_window AS w
  CROSS JOIN LATERAL unnest(w.mac, w.frames_sent, w.bytes_sent, w.frames_received, w.bytes_received, w.first_ms, w.span_ms)
    AS u (mac, frames_sent, bytes_sent, frames_received, bytes_received, first_ms, span_ms)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
  GROUP BY u.mac
  ORDER BY u.mac
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET mac = EXCLUDED.mac,
  frames_sent = EXCLUDED.frames_sent,
  bytes_sent = EXCLUDED.bytes_sent,
  frames_received = EXCLUDED.frames_received,
  bytes_received = EXCLUDED.bytes_received,
  last_heard_at = EXCLUDED.last_heard_at`

// reports is as of tap_10m, whose row is locked: a bucket that gets more of them
// is not this one any more.
const rollupCoverageSQL = `
INSERT INTO coverage_10m AS r (tenant_id, tap_id, bucket, reports, capture, frequency_mhz, listened_ms, frames, drops,
  last_listened_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz,
  (SELECT t.reports FROM tap_10m AS t WHERE t.tenant_id = @tenant AND t.tap_id = @tap AND t.bucket = @bucket),
  array_agg(e.capture), array_agg(e.frequency_mhz), array_agg(e.listened_ms), array_agg(e.frames), array_agg(e.drops),
  array_agg(e.last_listened_at)
FROM (
  SELECT COALESCE(p.capture_name[u.capture], '') AS capture,
    COALESCE(u.frequency_mhz, 0) AS frequency_mhz,
    COALESCE(sum(u.listened_ms), 0)::bigint AS listened_ms,
    COALESCE(sum(u.frames), 0)::bigint AS frames,
    COALESCE(sum(u.drops), 0)::bigint AS drops,
    max(w.window_start + w.length_ms * interval '1 millisecond') AS last_listened_at
  FROM channel_window AS w
  JOIN report AS p
    ON p.tenant_id = w.tenant_id
   AND p.tap_id = w.tap_id
   AND p.boot_id = w.boot_id
   AND p.sequence = w.sequence
   AND p.window_start = w.window_start
  CROSS JOIN LATERAL unnest(w.capture, w.frequency_mhz, w.listened_ms, w.frames, w.drops)
    AS u (capture, frequency_mhz, listened_ms, frames, drops)
  WHERE w.tenant_id = @tenant
    AND w.tap_id = @tap
    AND w.window_start >= @bucket
    AND w.window_start < @bucket::timestamptz + interval '10 minutes'
    AND (u.listened_ms > 0 OR u.frames > 0 OR u.drops > 0)
  GROUP BY COALESCE(p.capture_name[u.capture], ''), COALESCE(u.frequency_mhz, 0)
  ORDER BY COALESCE(p.capture_name[u.capture], ''), COALESCE(u.frequency_mhz, 0)
) AS e
HAVING count(*) > 0
ON CONFLICT (tenant_id, tap_id, bucket) DO UPDATE
SET reports = EXCLUDED.reports,
  capture = EXCLUDED.capture,
  frequency_mhz = EXCLUDED.frequency_mhz,
  listened_ms = EXCLUDED.listened_ms,
  frames = EXCLUDED.frames,
  drops = EXCLUDED.drops,
  last_listened_at = EXCLUDED.last_listened_at`

const rollupDisconnectSQL = `
INSERT INTO disconnect_10m AS r (tenant_id, tap_id, bucket, transmitter, receiver, bssid, reason, disassociation, protected,
  frames, signal_count, signal_sum_dbm, first_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, u.transmitter, u.receiver, u.bssid,
  COALESCE(u.reason, 0), COALESCE(u.disassociation, false), COALESCE(u.protected, false),
  COALESCE(sum(u.frames), 0)::bigint, COALESCE(sum(u.signal_count), 0)::bigint,
  COALESCE(sum(u.signal_sum_dbm) FILTER (WHERE u.signal_count > 0), 0)::bigint,
  min(w.window_start + COALESCE(u.first_ms, 0) * interval '1 millisecond')
FROM disconnect_window AS w
CROSS JOIN LATERAL unnest(w.transmitter, w.receiver, w.bssid, w.reason, w.disassociation, w.protected, w.frames,
  w.signal_count, w.signal_sum_dbm, w.first_ms)
  AS u (transmitter, receiver, bssid, reason, disassociation, protected, frames, signal_count, signal_sum_dbm, first_ms)
WHERE w.tenant_id = @tenant
  AND w.tap_id = @tap
  AND w.window_start >= @bucket
  AND w.window_start < @bucket::timestamptz + interval '10 minutes'
GROUP BY u.transmitter, u.receiver, u.bssid, COALESCE(u.reason, 0), COALESCE(u.disassociation, false), COALESCE(u.protected, false)
ORDER BY sum(u.frames) DESC, u.transmitter, u.receiver, u.bssid
LIMIT 512
ON CONFLICT DO NOTHING`

const rollupHandshakeSQL = `
INSERT INTO handshake_10m AS r (tenant_id, tap_id, bucket, bssid, station, auth_requests, auth_successes, auth_failures,
  assoc_requests, assoc_successes, assoc_failures, m1, m2, m3, m4, pmkids, first_at)
SELECT @tenant::uuid, @tap::uuid, @bucket::timestamptz, u.bssid, u.station,
  COALESCE(sum(u.auth_requests), 0)::bigint, COALESCE(sum(u.auth_successes), 0)::bigint, COALESCE(sum(u.auth_failures), 0)::bigint,
  COALESCE(sum(u.assoc_requests), 0)::bigint, COALESCE(sum(u.assoc_successes), 0)::bigint, COALESCE(sum(u.assoc_failures), 0)::bigint,
  COALESCE(sum(u.m1), 0)::bigint, COALESCE(sum(u.m2), 0)::bigint, COALESCE(sum(u.m3), 0)::bigint, COALESCE(sum(u.m4), 0)::bigint,
  COALESCE(sum(u.pmkids), 0)::bigint, min(w.window_start + COALESCE(u.first_ms, 0) * interval '1 millisecond')
FROM handshake_window AS w
CROSS JOIN LATERAL unnest(w.bssid, w.station, w.auth_requests, w.auth_successes, w.auth_failures,
  w.assoc_requests, w.assoc_successes, w.assoc_failures, w.m1, w.m2, w.m3, w.m4, w.pmkids, w.first_ms)
  AS u (bssid, station, auth_requests, auth_successes, auth_failures,
    assoc_requests, assoc_successes, assoc_failures, m1, m2, m3, m4, pmkids, first_ms)
WHERE w.tenant_id = @tenant
  AND w.tap_id = @tap
  AND w.window_start >= @bucket
  AND w.window_start < @bucket::timestamptz + interval '10 minutes'
GROUP BY u.bssid, u.station
ORDER BY u.bssid, u.station
LIMIT 2048
ON CONFLICT DO NOTHING`
