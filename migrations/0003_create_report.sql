-- +goose Up

-- A report that was stored: its identity (tap, boot, sequence) makes storing it
-- again do nothing. The partition key is part of the primary key because
-- PostgreSQL asks for it; the merge holds the tap's row and looks for the id in
-- every recent partition, so an id is stored once whatever its window says.
CREATE TABLE report (
  tenant_id              uuid NOT NULL,
  tap_id                 uuid NOT NULL,
  boot_id                uuid NOT NULL,
  sequence               bigint NOT NULL,
  window_start           timestamptz NOT NULL,
  length_ms              integer NOT NULL,
  received_at            timestamptz NOT NULL DEFAULT now(),
  version                text NOT NULL,
  demonstration          boolean NOT NULL,
  reports_dropped        bigint NOT NULL,
  uptime_s               bigint NOT NULL,
  cpu_permille           integer[],          -- a core each
  process_cpu_permille   integer NOT NULL,   -- of one core
  process_memory_bytes   bigint NOT NULL,
  memory_total_bytes     bigint NOT NULL,
  memory_available_bytes bigint NOT NULL,
  temperature_mc         integer,            -- 1/1000 °C; NULL: no sensor
  spool_reports          bigint NOT NULL,
  spool_bytes            bigint NOT NULL,
  frames                 bigint NOT NULL,    -- sums over the captures
  bytes                  bigint NOT NULL,
  kernel_drops           bigint NOT NULL,
  capture_name           text[],             -- a capture each, like all capture_ columns
  capture_kind           smallint[],         -- 1 Ethernet, 2 radio, 3 file
  capture_link_type      integer[],
  capture_frames         bigint[],
  capture_bytes          bigint[],
  capture_kernel_drops   bigint[],
  capture_bad_fcs        bigint[],
  capture_malformed      bigint[],
  capture_unsupported    bigint[],
  capture_error          text[],
  refused_table          text[],
  refused_rows           bigint[],
  PRIMARY KEY (tenant_id, tap_id, boot_id, sequence, window_start),
  CONSTRAINT report_sequence_positive CHECK (sequence > 0),
  CONSTRAINT report_length_range CHECK (length_ms BETWEEN 1 AND 60000),
  CONSTRAINT report_version_length CHECK (length(version) <= 64)
) PARTITION BY RANGE (window_start);
CREATE INDEX report_by_window ON report (tenant_id, tap_id, window_start);

-- A start of a tap's program.
CREATE TABLE tap_boot (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  boot_id         uuid NOT NULL,
  first_window_at timestamptz NOT NULL,      -- start of its first window
  last_window_at  timestamptz NOT NULL,      -- end of its last
  reports         bigint NOT NULL,
  reports_dropped bigint NOT NULL,
  version         text NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, boot_id),
  CONSTRAINT tap_boot_order CHECK (last_window_at > first_window_at)
) WITH (fillfactor = 70);
CREATE INDEX tap_boot_by_time ON tap_boot (tenant_id, tap_id, first_window_at);

-- A span that no window of a tap covers, noted when the next window arrives.
CREATE TABLE tap_gap (
  tenant_id  uuid NOT NULL,
  tap_id     uuid NOT NULL,
  gap_start  timestamptz NOT NULL,
  gap_end    timestamptz NOT NULL,
  reason     text NOT NULL,
  noted_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, tap_id, gap_start),
  CONSTRAINT tap_gap_order CHECK (gap_end > gap_start),
  -- restarted: another boot; dropped: the tap counted reports it could not keep
  -- or that a node refused; silent: neither, its clock or program stood still
  CONSTRAINT tap_gap_reason CHECK (reason IN ('restarted', 'dropped', 'silent'))
);
CREATE INDEX tap_gap_by_time ON tap_gap (tenant_id, gap_end);

-- Ten minutes of a tap's own state, added to with each report. It is also the
-- list of what is left to roll up: the observations of a bucket are rolled up
-- when it is closed and reports came since they were last (dirty_since).
CREATE TABLE tap_10m (
  tenant_id                uuid NOT NULL,
  tap_id                   uuid NOT NULL,
  bucket                   timestamptz NOT NULL,
  reports                  integer NOT NULL,
  window_ms                bigint NOT NULL,   -- sum of the windows' lengths
  frames                   bigint NOT NULL,
  bytes                    bigint NOT NULL,
  kernel_drops             bigint NOT NULL,
  process_cpu_permille_sum bigint NOT NULL,   -- divide by reports for the mean
  process_memory_bytes_max bigint NOT NULL,
  temperature_mc_max       integer,
  spool_reports_max        bigint NOT NULL,
  demonstration            boolean NOT NULL,
  dirty_since              timestamptz,       -- NULL: rolled up
  PRIMARY KEY (tenant_id, tap_id, bucket),
  CONSTRAINT tap_10m_bucket CHECK (extract(epoch FROM bucket)::bigint % 600 = 0)
) PARTITION BY RANGE (bucket);
CREATE INDEX tap_10m_dirty ON tap_10m (bucket, tenant_id, tap_id) WHERE dirty_since IS NOT NULL;

-- Definitions by content: what two taps hear alike is one row. An element's
-- hash covers all of its fields; a fingerprint's covers its kind and its
-- elements' hashes in the order sent (store.FingerprintHash).
CREATE TABLE element (
  tenant_id    uuid NOT NULL,
  hash         bytea NOT NULL,      -- SHA-256, first 16 octets
  element_id   smallint NOT NULL,   -- 802.11-2020, table 9-92
  id_extension smallint NOT NULL,
  vendor_type  bigint NOT NULL,     -- OUI and type, where element_id is 221
  is_volatile  boolean NOT NULL,
  content      bytea NOT NULL,      -- of a stable element, first 64 octets
  length       integer NOT NULL,
  content_hash bigint NOT NULL,     -- FNV-1a of a longer one
  first_heard_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, hash),
  CONSTRAINT element_hash_length CHECK (octet_length(hash) = 16),
  CONSTRAINT element_id_range CHECK (element_id BETWEEN 0 AND 255),
  CONSTRAINT element_content_length CHECK (octet_length(content) <= 64)
);

CREATE TABLE fingerprint (
  tenant_id      uuid NOT NULL,
  hash           bytea NOT NULL,
  kind           smallint NOT NULL, -- 1 beacon, 2 probe response, 3 probe request, 4 association request
  element_hashes bytea[] NOT NULL,  -- in the order sent
  capabilities   integer NOT NULL,  -- capability information field, as first heard
  first_heard_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, hash),
  CONSTRAINT fingerprint_hash_length CHECK (octet_length(hash) = 16),
  CONSTRAINT fingerprint_kind CHECK (kind BETWEEN 0 AND 15)
);

-- What a boot's indexes mean. Raw rows hold the indexes.
CREATE TABLE boot_element (
  tenant_id     uuid NOT NULL,
  tap_id        uuid NOT NULL,
  boot_id       uuid NOT NULL,
  element_index bigint NOT NULL,
  hash          bytea NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, boot_id, element_index)
);

CREATE TABLE boot_fingerprint (
  tenant_id         uuid NOT NULL,
  tap_id            uuid NOT NULL,
  boot_id           uuid NOT NULL,
  fingerprint_index bigint NOT NULL,
  kind              smallint NOT NULL,
  element_indexes   bigint[] NOT NULL,
  capabilities      integer NOT NULL,
  hash              bytea,           -- NULL until each of its elements is known
  PRIMARY KEY (tenant_id, tap_id, boot_id, fingerprint_index)
);
CREATE INDEX boot_fingerprint_open ON boot_fingerprint (tenant_id, tap_id, boot_id) WHERE hash IS NULL;

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['report', 'tap_boot', 'tap_gap', 'tap_10m', 'element', 'fingerprint',
    'boot_element', 'boot_fingerprint'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
    EXECUTE format('GRANT SELECT ON %I TO picket_api', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO picket_ingest', t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT UPDATE ON tap_boot, tap_gap, tap_10m TO picket_ingest;
GRANT UPDATE (hash) ON boot_fingerprint TO picket_ingest;
