-- +goose Up

-- Raw observations, packed: a row a report and family, whose body holds the tables
-- of the report (server/store/pack). The tables of arrays (bss_window and so on) get
-- no more rows; they go with the release after the one that no longer reads them.
-- Should a long read hold a table that is altered, give up rather than let the
-- reports queue behind us; the store tries again.
SET LOCAL lock_timeout = '3s';

-- How many entities a tap added to registries in the hour that began at new_hour, and
-- entities of a report that were not added, since its tap or tenant had reached a
-- limit (NULL: none). In the order in which reports are stored, so that nobody waits
-- in a circle.
ALTER TABLE tap
  ADD COLUMN new_hour timestamptz,
  ADD COLUMN new_bsss integer NOT NULL DEFAULT 0,
  ADD COLUMN new_stations integer NOT NULL DEFAULT 0,
  ADD COLUMN new_hosts integer NOT NULL DEFAULT 0;
ALTER TABLE report
  ADD COLUMN not_registered integer;

-- The columns stand so that none is padded. There is no primary key: report has
-- the identity and says whether a report is new, and an index over five columns
-- would be half as large again as that over three.
CREATE TABLE air_raw (
  tenant_id    uuid NOT NULL,
  tap_id       uuid NOT NULL,
  boot_id      uuid NOT NULL,
  window_start timestamptz NOT NULL,
  sequence     bigint NOT NULL,
  length_ms    integer NOT NULL,
  format       smallint NOT NULL,   -- of body: pack.Format
  body         bytea NOT NULL       -- BSSs, stations, probes, disconnects, handshakes, channels, remote ids
) PARTITION BY RANGE (window_start);

CREATE TABLE wire_raw (
  tenant_id    uuid NOT NULL,
  tap_id       uuid NOT NULL,
  boot_id      uuid NOT NULL,
  window_start timestamptz NOT NULL,
  sequence     bigint NOT NULL,
  length_ms    integer NOT NULL,
  format       smallint NOT NULL,
  body         bytea NOT NULL       -- hosts, ARP, DHCP, DNS, flows
) PARTITION BY RANGE (window_start);

CREATE INDEX air_raw_by_window ON air_raw (tenant_id, tap_id, window_start);
CREATE INDEX wire_raw_by_window ON wire_raw (tenant_id, tap_id, window_start);

-- What is packed does not become shorter by compressing it again.
ALTER TABLE air_raw ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE wire_raw ALTER COLUMN body SET STORAGE EXTERNAL;

-- How many rows a tenant's registry had when they were counted last.
CREATE TABLE registry_size (
  tenant_id  uuid NOT NULL,
  registry   text NOT NULL,
  row_count  bigint NOT NULL,
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, registry),
  CONSTRAINT registry_size_range CHECK (row_count >= 0)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['air_raw', 'wire_raw', 'registry_size'] LOOP
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
GRANT UPDATE (row_count, counted_at) ON registry_size TO picket_ingest;
GRANT UPDATE (new_hour, new_bsss, new_stations, new_hosts) ON tap TO picket_ingest;
GRANT UPDATE (not_registered) ON report TO picket_ingest;
