-- +goose Up

-- What the centre wants of taps. Should a long read hold the table that is
-- altered, give up rather than let the reports queue behind us; the store tries
-- again. The defaults are constants to this statement, so that no row is written.
SET LOCAL lock_timeout = '3s';

ALTER TABLE tap
  ADD COLUMN desired_revision  bigint NOT NULL DEFAULT 1,           -- grows with every change and never goes back
  ADD COLUMN desired_at        timestamptz NOT NULL DEFAULT now(),  -- when that revision was made
  ADD COLUMN followed_revision bigint,                              -- that the tap says it follows; NULL: none
  ADD CONSTRAINT tap_desired_revision_range CHECK (desired_revision BETWEEN 1 AND 9007199254740991);

-- One layer of settings: of a site, which its taps inherit, or of a tap. NULL says
-- nothing, so that the layer below holds; an empty array says "none".
CREATE TABLE desired_setting (
  tenant_id         uuid NOT NULL,
  site_id           uuid,
  tap_id            uuid,
  window_ms         integer,
  radio_use         boolean,
  radio_country     text,               -- ISO 3166-1, 00 for the world's; empty: the tap's own
  radio_own_mhz     integer[],
  radio_only_mhz    integer[],
  radio_exclude_mhz integer[],
  radio_share_index integer,
  radio_share_of    integer,
  radio_revisit_ms  integer,
  changed_by        text NOT NULL,      -- name of the person, or "nodectl"
  changed_at        timestamptz NOT NULL,
  CONSTRAINT desired_setting_unique UNIQUE NULLS NOT DISTINCT (tenant_id, site_id, tap_id),
  CONSTRAINT desired_setting_site FOREIGN KEY (tenant_id, site_id) REFERENCES site (tenant_id, id),
  CONSTRAINT desired_setting_tap FOREIGN KEY (tenant_id, tap_id) REFERENCES tap (tenant_id, id),
  CONSTRAINT desired_setting_of_one CHECK (num_nonnulls(site_id, tap_id) = 1),
  CONSTRAINT desired_setting_window_range CHECK (window_ms BETWEEN 5000 AND 60000),
  CONSTRAINT desired_setting_country CHECK (radio_country ~ '^([A-Z]{2}|00|)$'),
  CONSTRAINT desired_setting_own_count CHECK (cardinality(radio_own_mhz) <= 128),
  CONSTRAINT desired_setting_only_count CHECK (cardinality(radio_only_mhz) <= 128),
  CONSTRAINT desired_setting_exclude_count CHECK (cardinality(radio_exclude_mhz) <= 128),
  CONSTRAINT desired_setting_share CHECK (num_nonnulls(radio_share_index, radio_share_of) <> 1
    AND radio_share_of BETWEEN 1 AND 64 AND radio_share_index BETWEEN 0 AND radio_share_of - 1),
  CONSTRAINT desired_setting_share_of_tap CHECK (radio_share_of IS NULL OR tap_id IS NOT NULL),
  CONSTRAINT desired_setting_revisit_range CHECK (radio_revisit_ms BETWEEN 1000 AND 600000),
  CONSTRAINT desired_setting_changed_by_length CHECK (length(changed_by) BETWEEN 1 AND 64)
);

-- A channel on which a tap keeps an adapter for a time.
CREATE TABLE channel_lock (
  tenant_id     uuid NOT NULL,
  tap_id        uuid NOT NULL,
  id            uuid NOT NULL,
  frequency_mhz integer NOT NULL,
  bssid         macaddr,              -- for whose sake; NULL: none
  adapter       text NOT NULL,        -- empty: whichever the tap chooses
  until         timestamptz NOT NULL,
  created_by    text NOT NULL,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, id),
  CONSTRAINT channel_lock_tap FOREIGN KEY (tenant_id, tap_id) REFERENCES tap (tenant_id, id),
  CONSTRAINT channel_lock_frequency_range CHECK (frequency_mhz BETWEEN 2412 AND 7115),
  CONSTRAINT channel_lock_adapter_length CHECK (length(adapter) <= 64),
  CONSTRAINT channel_lock_length CHECK (until > created_at AND until <= created_at + interval '24 hours'),
  CONSTRAINT channel_lock_created_by_length CHECK (length(created_by) BETWEEN 1 AND 64)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['desired_setting', 'channel_lock'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO picket_api', t);
    EXECUTE format('GRANT SELECT ON %I TO picket_ingest', t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT UPDATE (desired_revision, desired_at) ON tap TO picket_api;
GRANT UPDATE (followed_revision) ON tap TO picket_ingest;
