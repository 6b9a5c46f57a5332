-- +goose Up

-- Rollups: ten minutes of a tap's observations put together, built once the
-- bucket is closed (and again when late reports come), packed like the
-- observations: a row a (tenant, tap, bucket), an array a column, no NULL
-- columns. Signal arrays have count 0 where no power was heard.

-- An entry a BSSID, SSID and frequency.
CREATE TABLE bss_10m (
  tenant_id      uuid NOT NULL,
  tap_id         uuid NOT NULL,
  bucket         timestamptz NOT NULL,
  bssid          macaddr[] NOT NULL,
  ssid           bytea[] NOT NULL,
  frequency_mhz  integer[] NOT NULL,     -- heard on; 0: not known
  windows        integer[] NOT NULL,     -- in which it was heard
  frames         bigint[] NOT NULL,
  bytes          bigint[] NOT NULL,
  signal_count   bigint[] NOT NULL,
  signal_sum_dbm bigint[] NOT NULL,
  signal_min_dbm smallint[] NOT NULL,
  signal_max_dbm smallint[] NOT NULL,
  last_heard_at  timestamptz[] NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- An entry a station and BSSID (NULL: with none).
CREATE TABLE station_10m (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  bucket          timestamptz NOT NULL,
  station         macaddr[] NOT NULL,
  bssid           macaddr[] NOT NULL,
  frames_sent     bigint[] NOT NULL,
  bytes_sent      bigint[] NOT NULL,
  frames_received bigint[] NOT NULL,
  bytes_received  bigint[] NOT NULL,
  probe_requests  bigint[] NOT NULL,
  signal_count    bigint[] NOT NULL,
  signal_sum_dbm  bigint[] NOT NULL,
  signal_min_dbm  smallint[] NOT NULL,
  signal_max_dbm  smallint[] NOT NULL,
  last_heard_at   timestamptz[] NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- An entry a station and SSID asked for.
CREATE TABLE probe_10m (
  tenant_id uuid NOT NULL,
  tap_id    uuid NOT NULL,
  bucket    timestamptz NOT NULL,
  station   macaddr[] NOT NULL,
  ssid      bytea[] NOT NULL,
  requests  bigint[] NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- An entry a frequency, over all captures of the tap.
CREATE TABLE channel_10m (
  tenant_id      uuid NOT NULL,
  tap_id         uuid NOT NULL,
  bucket         timestamptz NOT NULL,
  frequency_mhz  integer[] NOT NULL,
  listened_ms    bigint[] NOT NULL,
  frames         bigint[] NOT NULL,
  bytes          bigint[] NOT NULL,
  retries        bigint[] NOT NULL,
  bad_fcs        bigint[] NOT NULL,
  airtime_us     bigint[] NOT NULL,
  signal_count   bigint[] NOT NULL,
  signal_sum_dbm bigint[] NOT NULL,
  noise_count    bigint[] NOT NULL,
  noise_sum_dbm  bigint[] NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- An entry an Ethernet address.
CREATE TABLE host_10m (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  bucket          timestamptz NOT NULL,
  mac             macaddr[] NOT NULL,
  frames_sent     bigint[] NOT NULL,
  bytes_sent      bigint[] NOT NULL,
  frames_received bigint[] NOT NULL,
  bytes_received  bigint[] NOT NULL,
  last_heard_at   timestamptz[] NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['bss_10m', 'station_10m', 'probe_10m', 'channel_10m', 'host_10m'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
    EXECUTE format('GRANT SELECT ON %I TO picket_api', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO picket_ingest', t);
  END LOOP;
END $$;
-- +goose StatementEnd
