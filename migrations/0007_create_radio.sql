-- +goose Up

-- What a tap hears the air with, what happened to it, and how long it listened
-- where. Columns that are added may be NULL, so that adding them rewrites nothing
-- and the previous release goes on storing rows without them. Should a long read
-- (a backup) hold a table that is altered, give up rather than let the reports
-- queue behind us; the store tries again.
SET LOCAL lock_timeout = '3s';

-- In the order in which reports are stored, so that nobody waits in a circle.
ALTER TABLE report
  ADD COLUMN capture_hops integer[],         -- a capture each; NULL: all zero, like all that is added here
  ADD COLUMN capture_failed_hops integer[];  -- changes of channel that the kernel refused
ALTER TABLE channel_window
  ADD COLUMN drops integer[];                -- frames that the kernel had and the tap never saw, as near as it tells

-- What a tap last told of its radios, and when: what is older changes nothing.
CREATE TABLE tap_radio (
  tenant_id uuid NOT NULL,
  tap_id    uuid NOT NULL,
  country   text,                   -- regulatory domain: ISO 3166-1, 00 for the world's; NULL: not told
  told_at   timestamptz NOT NULL,   -- start of the window that told it
  PRIMARY KEY (tenant_id, tap_id),
  CONSTRAINT tap_radio_country_length CHECK (length(country) = 2)
) WITH (fillfactor = 70);

-- A radio of a tap. One that the tap lists no longer is gone; it is forgotten a
-- week later, or when the same device is back under another name.
CREATE TABLE tap_adapter (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  name            text NOT NULL,        -- of the wiphy
  mac             macaddr,              -- permanent; NULL: the kernel tells none
  driver          text NOT NULL,
  device          text NOT NULL,        -- bus and identity
  state           smallint NOT NULL,    -- 1 listening, 2 unused, 3 failed, 4 gone; 0: one that this release does not know
  previous_state  smallint,             -- before since; NULL: none
  since           timestamptz NOT NULL, -- of state: start of the window that told it first
  text            text NOT NULL,        -- what was done, or why it is not used and what would cure that
  capture         text NOT NULL,        -- name of its capture, the last where it has none now; empty: never had one
  frequencies_mhz integer[] NOT NULL,   -- on which it may listen, ascending
  PRIMARY KEY (tenant_id, tap_id, name),
  CONSTRAINT tap_adapter_name_length CHECK (length(name) BETWEEN 1 AND 255),
  CONSTRAINT tap_adapter_state CHECK (state BETWEEN 0 AND 4)
) WITH (fillfactor = 80);

-- Something that happened to a tap, a row each: they are few.
CREATE TABLE tap_event (
  tenant_id    uuid NOT NULL,
  tap_id       uuid NOT NULL,
  window_start timestamptz NOT NULL,
  boot_id      uuid NOT NULL,
  sequence     bigint NOT NULL,
  ordinal      integer NOT NULL,      -- in the report, from 1
  at           timestamptz NOT NULL,  -- within the window
  kind         smallint NOT NULL,     -- Event.Kind of the report
  subject      text NOT NULL,         -- what it happened to: an adapter's name
  text         text NOT NULL,         -- one sentence
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence, ordinal)
) PARTITION BY RANGE (window_start);
CREATE INDEX tap_event_of_tap ON tap_event (tenant_id, tap_id, at);
CREATE INDEX tap_event_by_time ON tap_event (tenant_id, at);

-- Ten minutes of channel_window by capture: an entry a capture and frequency. It
-- is right while tap_10m has the same number of reports; where it has more, a node
-- of a release that does not know this table rolled the bucket up again.
CREATE TABLE coverage_10m (
  tenant_id        uuid NOT NULL,
  tap_id           uuid NOT NULL,
  bucket           timestamptz NOT NULL,
  reports          integer NOT NULL,
  capture          text[] NOT NULL,
  frequency_mhz    integer[] NOT NULL,     -- 0: not known
  listened_ms      bigint[] NOT NULL,
  frames           bigint[] NOT NULL,
  drops            bigint[] NOT NULL,
  last_listened_at timestamptz[] NOT NULL, -- end of the window
  PRIMARY KEY (tenant_id, tap_id, bucket)
) PARTITION BY RANGE (bucket);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tap_radio', 'tap_adapter', 'tap_event', 'coverage_10m'] LOOP
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
GRANT UPDATE ON tap_radio, tap_adapter, coverage_10m TO picket_ingest;
GRANT DELETE ON tap_adapter TO picket_ingest;
