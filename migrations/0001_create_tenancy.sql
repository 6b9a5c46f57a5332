-- +goose Up

-- What the nodes of a cluster share and nobody else may read: the cluster CA.
-- One row. Only picket_owner has privileges.
CREATE TABLE cluster (
  only_row       boolean PRIMARY KEY DEFAULT true,
  ca_certificate bytea NOT NULL,   -- DER
  ca_key         bytea NOT NULL,   -- PKCS #8, DER
  created_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cluster_has_one_row CHECK (only_row)
);

CREATE TABLE organisation (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT organisation_name_length CHECK (length(name) BETWEEN 1 AND 200)
);

-- The directory of tenants: read before a tenant is chosen, so without policies.
CREATE TABLE tenant (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  slug            text NOT NULL UNIQUE,
  name            text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tenant_slug_form CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT tenant_name_length CHECK (length(name) BETWEEN 1 AND 200)
);

CREATE TABLE site (
  tenant_id  uuid NOT NULL REFERENCES tenant (id),
  id         uuid NOT NULL,
  slug       text NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT site_slug_unique UNIQUE (tenant_id, slug),
  CONSTRAINT site_slug_form CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT site_name_length CHECK (length(name) BETWEEN 1 AND 200)
);

-- A tap, and where its newest report is: (last_boot_id, last_sequence,
-- last_window_start) is that report's key, so that a list reads each tap's state
-- by one look-up.
CREATE TABLE tap (
  tenant_id         uuid NOT NULL,
  id                uuid NOT NULL,
  site_id           uuid NOT NULL,
  name              text NOT NULL,
  mac               macaddr,
  version           text NOT NULL DEFAULT '',
  arch              text NOT NULL DEFAULT '',
  demonstration     boolean NOT NULL DEFAULT false,
  token_hash        bytea,              -- of the token that enrolled it
  enrolled_at       timestamptz NOT NULL DEFAULT now(),
  revoked_at        timestamptz,
  first_report_at   timestamptz,        -- received
  last_report_at    timestamptz,        -- received
  last_boot_id      uuid,
  last_sequence     bigint,
  last_window_start timestamptz,
  last_window_end   timestamptz,
  reports_dropped   bigint NOT NULL DEFAULT 0,  -- as the boot last_boot_id said last
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tap_site FOREIGN KEY (tenant_id, site_id) REFERENCES site (tenant_id, id),
  CONSTRAINT tap_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT tap_version_length CHECK (length(version) <= 64),
  CONSTRAINT tap_arch_length CHECK (length(arch) <= 16),
  CONSTRAINT tap_windows_in_order CHECK (last_window_end > last_window_start)
) WITH (fillfactor = 70);
CREATE INDEX tap_enrolled ON tap (tenant_id, enrolled_at);

-- The key with which a tap signs. Found by key_id before the tenant is known.
CREATE TABLE tap_key (
  key_id     text PRIMARY KEY,     -- base64url of the key's SHA-256
  tenant_id  uuid NOT NULL,
  tap_id     uuid NOT NULL,
  public_key bytea NOT NULL,       -- Ed25519
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tap_key_tap FOREIGN KEY (tenant_id, tap_id) REFERENCES tap (tenant_id, id),
  CONSTRAINT tap_key_id_length CHECK (length(key_id) = 43),
  CONSTRAINT tap_key_length CHECK (octet_length(public_key) = 32)
);
CREATE INDEX tap_key_of_tap ON tap_key (tenant_id, tap_id);

-- The secret itself is shown once and never stored. Found by its hash before the
-- tenant is known.
CREATE TABLE enrolment_token (
  secret_hash  bytea PRIMARY KEY,  -- SHA-256
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  site_id      uuid NOT NULL,
  uses_allowed integer NOT NULL,
  uses         integer NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  CONSTRAINT enrolment_token_id_unique UNIQUE (tenant_id, id),
  CONSTRAINT enrolment_token_site FOREIGN KEY (tenant_id, site_id) REFERENCES site (tenant_id, id),
  CONSTRAINT enrolment_token_hash_length CHECK (octet_length(secret_hash) = 32),
  CONSTRAINT enrolment_token_uses_allowed_range CHECK (uses_allowed BETWEEN 1 AND 100000),
  CONSTRAINT enrolment_token_uses_range CHECK (uses BETWEEN 0 AND uses_allowed),
  CONSTRAINT enrolment_token_expires_later CHECK (expires_at > created_at)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['site', 'tap', 'tap_key', 'enrolment_token'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
  END LOOP;
END $$;
-- +goose StatementEnd

GRANT USAGE ON SCHEMA picket TO picket_api, picket_ingest;
GRANT SELECT ON organisation, tenant, site, tap, enrolment_token TO picket_api;
GRANT INSERT, UPDATE ON site TO picket_api;
GRANT INSERT ON enrolment_token TO picket_api;
GRANT UPDATE (revoked_at, expires_at) ON enrolment_token TO picket_api;
GRANT UPDATE (site_id, name, revoked_at) ON tap TO picket_api;

GRANT SELECT ON tap, tap_key, enrolment_token TO picket_ingest;
GRANT INSERT ON tap, tap_key TO picket_ingest;
GRANT UPDATE (uses) ON enrolment_token TO picket_ingest;
GRANT UPDATE (version, arch, demonstration, first_report_at, last_report_at, last_boot_id, last_sequence,
  last_window_start, last_window_end, reports_dropped) ON tap TO picket_ingest;
