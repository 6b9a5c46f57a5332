-- +goose Up

-- Should a long read hold a table that is altered, give up rather than let the
-- reports queue behind us; the store tries again.
SET LOCAL lock_timeout = '3s';

-- Hours of before there were rollups of the hour: they are built in the background,
-- and their days after them. What is of the last two days is found by repair.
INSERT INTO rollup_due (level, bucket, tenant_id, tap_id, again)
SELECT DISTINCT '1h', date_trunc('hour', t.bucket, 'UTC'), t.tenant_id, t.tap_id, true
FROM tap_10m AS t
LEFT JOIN tap_1h AS h
  ON h.tenant_id = t.tenant_id
 AND h.tap_id = t.tap_id
 AND h.span_start = date_trunc('day', t.bucket, 'UTC')
WHERE t.bucket < now() - interval '47 hours'
  AND h.reports[extract(hour FROM t.bucket AT TIME ZONE 'UTC')::int] IS NULL
ON CONFLICT DO NOTHING;

-- Of how many reports the rollup of a bucket is, by a release that reads packed
-- observations; NULL: not built by one. Where it is not reports and nothing is due, a
-- node of a release that reads arrays alone has built it, without what is packed.
-- The last statement, so that the lock is held for a moment.
ALTER TABLE tap_10m
  ADD COLUMN built_reports integer;
