-- +goose Up

-- Rollups of the hour and the day, built once per closed interval: the hour from
-- the ten minutes, the day from its hours. A row is a key's day (1h) or month (1d),
-- an array a value: the subscript is the hour (0 to 23, UTC) or the day of the
-- month (1 to 31), an element that is NULL or beyond the ends was not heard. So a
-- chart of one BSSID over a month reads thirty short rows a tap, not all that each
-- tap heard. A value is set again when late reports came: building twice is as once.
--
-- No address (a station with no BSSID) is 00:00:00:00:00:00 here.

-- +goose StatementBegin
DO $$
DECLARE
  level text;
  power text := 'signal_count bigint[] NOT NULL, signal_sum_dbm bigint[] NOT NULL, signal_min_dbm smallint[] NOT NULL,
    signal_max_dbm smallint[] NOT NULL';
  traffic text := 'frames_sent bigint[] NOT NULL, bytes_sent bigint[] NOT NULL, frames_received bigint[] NOT NULL,
    bytes_received bigint[] NOT NULL';
  base text := 'tenant_id uuid NOT NULL, tap_id uuid NOT NULL, span_start timestamptz NOT NULL, ';
BEGIN
  FOREACH level IN ARRAY ARRAY['1h', '1d'] LOOP
    EXECUTE format('CREATE TABLE tap_%s (%s reports bigint[] NOT NULL, window_ms bigint[] NOT NULL, frames bigint[] NOT NULL,
      bytes bigint[] NOT NULL, kernel_drops bigint[] NOT NULL, process_cpu_permille_sum bigint[] NOT NULL,
      process_memory_bytes_max bigint[] NOT NULL, temperature_mc_max bigint[] NOT NULL, spool_reports_max bigint[] NOT NULL,
      PRIMARY KEY (tenant_id, tap_id, span_start)) PARTITION BY RANGE (span_start)', level, base);
    EXECUTE format('CREATE TABLE bss_%s (%s bssid macaddr NOT NULL, ssid bytea NOT NULL, frequency_mhz integer NOT NULL,
      windows bigint[] NOT NULL, frames bigint[] NOT NULL, bytes bigint[] NOT NULL, %s, last_heard_at timestamptz[] NOT NULL,
      PRIMARY KEY (tenant_id, bssid, ssid, tap_id, frequency_mhz, span_start)) PARTITION BY RANGE (span_start)', level, base, power);
    EXECUTE format('CREATE TABLE station_%s (%s station macaddr NOT NULL, bssid macaddr NOT NULL,
      %s, probe_requests bigint[] NOT NULL, %s, last_heard_at timestamptz[] NOT NULL,
      PRIMARY KEY (tenant_id, station, tap_id, bssid, span_start)) PARTITION BY RANGE (span_start)', level, base, traffic, power);
    EXECUTE format('CREATE TABLE probe_%s (%s station macaddr NOT NULL, ssid bytea NOT NULL, requests bigint[] NOT NULL,
      PRIMARY KEY (tenant_id, station, ssid, tap_id, span_start)) PARTITION BY RANGE (span_start)', level, base);
    EXECUTE format('CREATE TABLE channel_%s (%s frequency_mhz integer NOT NULL,
      listened_ms bigint[] NOT NULL, frames bigint[] NOT NULL, bytes bigint[] NOT NULL, retries bigint[] NOT NULL,
      bad_fcs bigint[] NOT NULL, airtime_us bigint[] NOT NULL, signal_count bigint[] NOT NULL, signal_sum_dbm bigint[] NOT NULL,
      noise_count bigint[] NOT NULL, noise_sum_dbm bigint[] NOT NULL,
      PRIMARY KEY (tenant_id, tap_id, span_start, frequency_mhz)) PARTITION BY RANGE (span_start)', level, base);
    EXECUTE format('CREATE TABLE coverage_%s (%s capture text NOT NULL, frequency_mhz integer NOT NULL,
      listened_ms bigint[] NOT NULL, frames bigint[] NOT NULL, drops bigint[] NOT NULL, last_listened_at timestamptz[] NOT NULL,
      PRIMARY KEY (tenant_id, tap_id, span_start, capture, frequency_mhz)) PARTITION BY RANGE (span_start)', level, base);
    EXECUTE format('CREATE TABLE host_%s (%s mac macaddr NOT NULL, %s, last_heard_at timestamptz[] NOT NULL,
      PRIMARY KEY (tenant_id, mac, tap_id, span_start)) PARTITION BY RANGE (span_start)', level, base, traffic);
  END LOOP;
END $$;
-- +goose StatementEnd

-- By tap: what a day is put together from.
CREATE INDEX bss_1h_of_tap ON bss_1h (tenant_id, tap_id, span_start);
CREATE INDEX station_1h_of_tap ON station_1h (tenant_id, tap_id, span_start);
CREATE INDEX probe_1h_of_tap ON probe_1h (tenant_id, tap_id, span_start);
CREATE INDEX host_1h_of_tap ON host_1h (tenant_id, tap_id, span_start);

-- What is rare and asked for by address: a row an item of ten minutes, so that
-- nobody has to open what was heard to find it.
CREATE TABLE disconnect_10m (
  tenant_id      uuid NOT NULL,
  tap_id         uuid NOT NULL,
  bucket         timestamptz NOT NULL,
  transmitter    macaddr NOT NULL,
  receiver       macaddr NOT NULL,
  bssid          macaddr NOT NULL,
  reason         integer NOT NULL,    -- plus 1; 0: not readable
  disassociation boolean NOT NULL,    -- else deauthentication
  protected      boolean NOT NULL,
  frames         bigint NOT NULL,
  signal_count   bigint NOT NULL,
  signal_sum_dbm bigint NOT NULL,
  first_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket, transmitter, receiver, bssid, reason, disassociation, protected)
) PARTITION BY RANGE (bucket);
CREATE INDEX disconnect_10m_by_transmitter ON disconnect_10m (tenant_id, transmitter, bucket);
CREATE INDEX disconnect_10m_by_receiver ON disconnect_10m (tenant_id, receiver, bucket);
CREATE INDEX disconnect_10m_by_bssid ON disconnect_10m (tenant_id, bssid, bucket);

CREATE TABLE handshake_10m (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  bucket          timestamptz NOT NULL,
  bssid           macaddr NOT NULL,
  station         macaddr NOT NULL,
  auth_requests   bigint NOT NULL,
  auth_successes  bigint NOT NULL,
  auth_failures   bigint NOT NULL,
  assoc_requests  bigint NOT NULL,
  assoc_successes bigint NOT NULL,
  assoc_failures  bigint NOT NULL,
  m1              bigint NOT NULL,
  m2              bigint NOT NULL,
  m3              bigint NOT NULL,
  m4              bigint NOT NULL,
  pmkids          bigint NOT NULL,
  first_at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket, bssid, station)
) PARTITION BY RANGE (bucket);
CREATE INDEX handshake_10m_by_bssid ON handshake_10m (tenant_id, bssid, bucket);

-- Hours and days of taps that are to be built, once they are closed. A mark is made
-- by whoever builds what is below, in its transaction.
CREATE TABLE rollup_due (
  level      text NOT NULL,
  bucket     timestamptz NOT NULL,       -- start of the hour or day
  tenant_id  uuid NOT NULL,
  tap_id     uuid NOT NULL,
  again      boolean NOT NULL,           -- built before: late reports came
  marked_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, tap_id, level, bucket),
  CONSTRAINT rollup_due_level CHECK (level IN ('1h', '1d'))
) WITH (fillfactor = 70);
CREATE INDEX rollup_due_by_time ON rollup_due (level, bucket, tenant_id, tap_id);
CREATE INDEX rollup_due_of_tenant ON rollup_due (tenant_id, level, bucket) WHERE NOT again;

-- How long a tenant keeps what; where it has no row, the defaults of the release.
CREATE TABLE retention (
  tenant_id  uuid NOT NULL REFERENCES tenant (id),
  family     text NOT NULL,              -- store.RetentionFamily
  keep_hours integer NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, family),
  CONSTRAINT retention_family_length CHECK (length(family) BETWEEN 1 AND 32),
  CONSTRAINT retention_keep_range CHECK (keep_hours BETWEEN 48 AND 876000)
);

-- What the work in the background did last, a row a task. Of no tenant.
CREATE TABLE housekeeping (
  task        text PRIMARY KEY,
  finished_at timestamptz NOT NULL,
  succeeded_at timestamptz,              -- when it last ended without an error; NULL: never
  error       text NOT NULL,             -- of the last end; empty: none
  repaired    bigint NOT NULL,           -- what was missing and made again, since the first time
  repaired_at timestamptz                -- NULL: never
) WITH (fillfactor = 50);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tap_1h', 'bss_1h', 'station_1h', 'probe_1h', 'channel_1h', 'coverage_1h', 'host_1h',
    'tap_1d', 'bss_1d', 'station_1d', 'probe_1d', 'channel_1d', 'coverage_1d', 'host_1d',
    'disconnect_10m', 'handshake_10m', 'rollup_due', 'retention'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
    EXECUTE format('GRANT SELECT ON %I TO picket_api', t);
    IF t <> 'retention' THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO picket_ingest', t);
    END IF;
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT DELETE ON rollup_due TO picket_ingest;
GRANT SELECT ON retention TO picket_ingest;
GRANT SELECT, INSERT, UPDATE ON housekeeping TO picket_ingest;
GRANT SELECT ON housekeeping TO picket_api;
