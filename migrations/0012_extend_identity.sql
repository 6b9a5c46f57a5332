-- +goose Up

-- Who a tap is, completed: keys that are renewed, boxes that wait to be adopted,
-- and requests that are taken once. Should a long read hold a table that is
-- altered, give up rather than let the reports queue behind us; the store tries
-- again. The defaults are constants, so that no row is written.
SET LOCAL lock_timeout = '3s';

-- A tap's keys are numbered from 1. The first request that is acknowledged under a
-- newer key ends the older ones: key_number is the oldest that is taken.
ALTER TABLE tap
  ADD COLUMN key_number integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT tap_key_number_positive CHECK (key_number > 0);
ALTER TABLE tap_key
  ADD COLUMN number integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT tap_key_number_positive CHECK (number > 0);
CREATE UNIQUE INDEX tap_key_by_number ON tap_key (tenant_id, tap_id, number);

-- Requests that change something, but reports, which their id makes harmless when
-- they come twice. A row may go when its signature has expired. Of no tenant: a
-- key is looked for before the tenant is known, and may be nobody's.
CREATE TABLE request_nonce (
  key_id     text NOT NULL,
  nonce      text NOT NULL,             -- base64 of 16 octets
  expires_at timestamptz NOT NULL,      -- as the signature says
  PRIMARY KEY (key_id, nonce),
  CONSTRAINT request_nonce_key_id_length CHECK (length(key_id) = 43),
  CONSTRAINT request_nonce_length CHECK (length(nonce) = 24)
);
CREATE INDEX request_nonce_by_expiry ON request_nonce (expires_at);

-- A box that wants to be a tap and that nobody has let in yet. It has come with a
-- token for several boxes, and the token's tenant sees it; or with none, and then
-- no tenant sees it but through the whole claim code that the box shows, which a
-- transaction names as it names its tenant. Found by its key before the tenant is
-- known.
CREATE TABLE pending_box (
  key_id         text PRIMARY KEY,
  public_key     bytea NOT NULL,        -- Ed25519
  claim_code     text NOT NULL,         -- enrol.ClaimCode, without its dashes
  tenant_id      uuid,                  -- of the token; NULL: it came without one
  site_id        uuid,
  token_hash     bytea,
  name           text NOT NULL,         -- as the box calls itself
  mac            macaddr,
  version        text NOT NULL,
  arch           text NOT NULL,
  address        text NOT NULL,         -- from which it asked last; empty: not known
  first_heard_at timestamptz NOT NULL DEFAULT now(),
  last_heard_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pending_box_site FOREIGN KEY (tenant_id, site_id) REFERENCES site (tenant_id, id),
  CONSTRAINT pending_box_key_id_length CHECK (length(key_id) = 43),
  CONSTRAINT pending_box_key_length CHECK (octet_length(public_key) = 32),
  CONSTRAINT pending_box_code_form CHECK (claim_code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'),
  CONSTRAINT pending_box_token CHECK (num_nonnulls(tenant_id, site_id, token_hash) IN (0, 3)),
  CONSTRAINT pending_box_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT pending_box_version_length CHECK (length(version) <= 64),
  CONSTRAINT pending_box_arch_length CHECK (length(arch) <= 16),
  CONSTRAINT pending_box_address_length CHECK (length(address) <= 64)
);
CREATE INDEX pending_box_by_code ON pending_box (claim_code);
CREATE INDEX pending_box_by_time ON pending_box (last_heard_at) WHERE tenant_id IS NULL;
CREATE INDEX pending_box_of_tenant_by_time ON pending_box (tenant_id, first_heard_at) WHERE tenant_id IS NOT NULL;

-- How many boxes without a token gave way because too many waited. One row.
CREATE TABLE pending_box_drop (
  only_row     boolean PRIMARY KEY DEFAULT true,
  boxes        bigint NOT NULL DEFAULT 0,
  last_drop_at timestamptz,
  CONSTRAINT pending_box_drop_has_one_row CHECK (only_row)
);
INSERT INTO pending_box_drop DEFAULT VALUES;

-- Claim codes that were tried and are no box's, by person and by address, so that
-- a limit holds on every node.
CREATE TABLE claim_attempt (
  key          text NOT NULL,           -- "user:…" or "address:…"
  window_start timestamptz NOT NULL,
  attempts     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (key, window_start),
  CONSTRAINT claim_attempt_key_length CHECK (length(key) BETWEEN 1 AND 300),
  CONSTRAINT claim_attempt_range CHECK (attempts >= 0)
);

ALTER TABLE pending_box ENABLE ROW LEVEL SECURITY;
CREATE POLICY pending_box_of_tenant ON pending_box TO picket_api
  USING (tenant_id = NULLIF(current_setting('picket.tenant_id', true), '')::uuid
    OR tenant_id IS NULL
      AND NULLIF(current_setting('picket.tenant_id', true), '') IS NOT NULL
      AND claim_code = NULLIF(current_setting('picket.claim_code', true), ''))
  WITH CHECK (tenant_id = NULLIF(current_setting('picket.tenant_id', true), '')::uuid);
CREATE POLICY pending_box_ingest ON pending_box TO picket_ingest USING (true) WITH CHECK (true);

GRANT SELECT, DELETE ON pending_box TO picket_api;
GRANT UPDATE (last_heard_at) ON pending_box TO picket_api; -- to lock a row
GRANT SELECT ON pending_box_drop TO picket_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON claim_attempt TO picket_api;
GRANT SELECT, INSERT, DELETE ON tap_key TO picket_api;     -- adoption by a person
GRANT INSERT ON tap TO picket_api;
GRANT UPDATE (key_number, mac, version, arch, token_hash) ON tap TO picket_api;

GRANT SELECT, INSERT, DELETE ON request_nonce TO picket_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_box TO picket_ingest;
GRANT SELECT, UPDATE ON pending_box_drop TO picket_ingest;
GRANT UPDATE (key_number) ON tap TO picket_ingest;
GRANT DELETE ON tap_key TO picket_ingest;
