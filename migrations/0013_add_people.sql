-- +goose Up

SET LOCAL lock_timeout = '3s';

-- Who may see what. A scope is a tenant, an organisation, or, all zeros, the
-- installation; tables of more than tenants keep it in scope_id. Transactions of
-- picket_api name one scope in picket.tenant_id and, for what is one's own, a user
-- in picket.user_id; unset or empty means no rows.

-- People beside administrators have role "member" and what memberships say. The
-- previous release gives members no tenant.
ALTER TABLE user_account DROP CONSTRAINT user_account_role;
ALTER TABLE user_account
  ADD CONSTRAINT user_account_role CHECK (role IN ('admin', 'member')),
  ADD COLUMN has_password        boolean NOT NULL DEFAULT true,  -- false: password_hash is of one that nobody has
  ADD COLUMN password_changed_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN second_factor_at    timestamptz;                    -- since when one is in force

ALTER TABLE session
  ADD COLUMN id            uuid NOT NULL DEFAULT gen_random_uuid(),  -- names it in lists; the hash signs nobody in, but is not shown
  ADD COLUMN method        text NOT NULL DEFAULT 'password',
  ADD COLUMN second_factor boolean NOT NULL DEFAULT false,           -- shown when it began, or later
  ADD COLUMN address       text NOT NULL DEFAULT '',
  ADD CONSTRAINT session_method CHECK (method IN ('password', 'oidc')),
  ADD CONSTRAINT session_address_length CHECK (length(address) <= 64);

ALTER TABLE organisation
  ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false;
ALTER TABLE tenant
  ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false;

CREATE TABLE floor (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  site_id    uuid NOT NULL,
  name       text NOT NULL,
  level      smallint NOT NULL,          -- 0: at the street
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT floor_site FOREIGN KEY (tenant_id, site_id) REFERENCES site (tenant_id, id),
  CONSTRAINT floor_name_unique UNIQUE (tenant_id, site_id, name),
  CONSTRAINT floor_name_length CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT floor_level_range CHECK (level BETWEEN -20 AND 200)
);

-- Which role a user has in an organisation or a tenant.
CREATE TABLE membership (
  scope_id   uuid NOT NULL,
  scope_kind text NOT NULL,
  user_id    uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  role       text NOT NULL,
  provider   uuid,                       -- that gives and takes it at each sign-in; NULL: people do
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope_id, user_id),
  CONSTRAINT membership_scope_kind CHECK (scope_kind IN ('organisation', 'tenant')),
  CONSTRAINT membership_role CHECK (role IN ('organisation-admin', 'tenant-admin', 'operator', 'analyst', 'viewer')),
  CONSTRAINT membership_of_organisation CHECK (role <> 'organisation-admin' OR scope_kind = 'organisation')
);
CREATE INDEX membership_of_user ON membership (user_id);

-- A one-time link: for somebody new who becomes a member of the scope, or with
-- user_id for somebody who is there to set a new password.
CREATE TABLE invitation (
  scope_id   uuid NOT NULL,
  id         uuid NOT NULL,
  scope_kind text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,      -- SHA-256; looked for before the scope is known
  role       text NOT NULL,
  user_id    uuid REFERENCES user_account (id) ON DELETE CASCADE,
  note       text NOT NULL DEFAULT '',   -- for whom
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  used_by    uuid,
  PRIMARY KEY (scope_id, id),
  CONSTRAINT invitation_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT invitation_scope_kind CHECK (scope_kind IN ('installation', 'organisation', 'tenant')),
  CONSTRAINT invitation_role CHECK (role IN ('admin', 'member', 'organisation-admin', 'tenant-admin', 'operator', 'analyst', 'viewer')),
  CONSTRAINT invitation_note_length CHECK (length(note) <= 200),
  CONSTRAINT invitation_created_by_length CHECK (length(created_by) BETWEEN 1 AND 64),
  CONSTRAINT invitation_expires_later CHECK (expires_at > created_at)
);

-- What of a person nobody else may see: rows are visible to picket.user_id alone.
CREATE TABLE second_factor (
  user_id      uuid PRIMARY KEY REFERENCES user_account (id) ON DELETE CASCADE,
  secret       bytea NOT NULL,           -- of TOTP (RFC 6238), as it is: codes are computed from it
  created_at   timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,              -- NULL: not in force yet
  last_step    bigint NOT NULL DEFAULT 0, -- of 30 s since 1970: a code of it or before is used up
  CONSTRAINT second_factor_secret_length CHECK (octet_length(secret) BETWEEN 20 AND 200)
);
CREATE TABLE recovery_code (
  user_id   uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,              -- SHA-256 of 80 random bits
  used_at   timestamptz,
  PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_code_hash_length CHECK (octet_length(code_hash) = 32)
);
CREATE TABLE api_token (
  user_id      uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  id           uuid NOT NULL,
  name         text NOT NULL,
  prefix       text NOT NULL,            -- first characters, to know it by
  token_hash   bytea NOT NULL UNIQUE,    -- SHA-256; looked for before the user is known
  permissions  text[] NOT NULL,
  only_tenant  uuid REFERENCES tenant (id) ON DELETE CASCADE,  -- NULL: wherever its owner may
  second_factor boolean NOT NULL,        -- whether the session that made it had shown one
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  PRIMARY KEY (user_id, id),
  CONSTRAINT api_token_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT api_token_name_length CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT api_token_permissions_count CHECK (cardinality(permissions) BETWEEN 1 AND 64),
  CONSTRAINT api_token_expires_later CHECK (expires_at > created_at)
);

-- Who signs people in beside us (OpenID Connect).
CREATE TABLE oidc_provider (
  scope_id          uuid NOT NULL,       -- an organisation, or all zeros
  id                uuid NOT NULL UNIQUE,
  slug              text NOT NULL UNIQUE,
  name              text NOT NULL,
  issuer            text NOT NULL,
  client_id         text NOT NULL,
  client_secret     bytea NOT NULL,      -- as it is: it is sent to the provider
  group_claim       text NOT NULL DEFAULT 'groups',
  shows_second_factor boolean NOT NULL DEFAULT false,  -- its sign-ins count as with a second factor
  enabled           boolean NOT NULL DEFAULT true,
  created_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope_id, id),
  CONSTRAINT oidc_provider_slug_form CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT oidc_provider_name_length CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT oidc_provider_issuer CHECK (issuer ~ '^https://' AND length(issuer) <= 500)
);
-- What membership of a group at the provider gives.
CREATE TABLE oidc_group (
  scope_id    uuid NOT NULL,             -- the provider's
  provider_id uuid NOT NULL,
  name        text NOT NULL,
  target_id   uuid NOT NULL,             -- an organisation or a tenant
  target_kind text NOT NULL,
  role        text NOT NULL,
  PRIMARY KEY (scope_id, provider_id, name, target_id),
  CONSTRAINT oidc_group_provider FOREIGN KEY (scope_id, provider_id) REFERENCES oidc_provider (scope_id, id) ON DELETE CASCADE,
  CONSTRAINT oidc_group_name_length CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT oidc_group_target_kind CHECK (target_kind IN ('organisation', 'tenant')),
  CONSTRAINT oidc_group_role CHECK (role IN ('organisation-admin', 'tenant-admin', 'operator', 'analyst', 'viewer'))
);
CREATE TABLE oidc_identity (
  provider_id uuid NOT NULL REFERENCES oidc_provider (id) ON DELETE CASCADE,
  subject     text NOT NULL,
  user_id     uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider_id, subject),
  CONSTRAINT oidc_identity_subject_length CHECK (length(subject) BETWEEN 1 AND 255)
);
-- A sign-in that is under way at a provider.
CREATE TABLE oidc_login (
  state_hash   bytea PRIMARY KEY,        -- SHA-256
  browser_hash bytea NOT NULL,           -- SHA-256 of a cookie: whoever began must end it
  provider_id  uuid NOT NULL REFERENCES oidc_provider (id) ON DELETE CASCADE,
  nonce        text NOT NULL,
  verifier     text NOT NULL,            -- of PKCE (RFC 7636)
  return_to    text NOT NULL,
  expires_at   timestamptz NOT NULL,
  CONSTRAINT oidc_login_return_to CHECK (length(return_to) <= 2000)
);
CREATE INDEX oidc_login_by_expiry ON oidc_login (expires_at);

-- Every change, by whom, and what it changed. Nobody may change or remove a row
-- but picket_owner, for retention.
CREATE TABLE audit_log (
  scope_id    uuid NOT NULL,             -- of what was changed
  id          uuid NOT NULL,             -- sorts by time
  at          timestamptz NOT NULL DEFAULT now(),
  actor_kind  text NOT NULL,
  actor_id    uuid,
  actor_name  text NOT NULL,
  address     text NOT NULL DEFAULT '',
  verb        text NOT NULL,             -- create, change, delete, sign-in, …
  object_kind text NOT NULL,
  object_id   text NOT NULL DEFAULT '',
  object_name text NOT NULL DEFAULT '',
  before      jsonb,
  after       jsonb,
  PRIMARY KEY (scope_id, at, id),
  CONSTRAINT audit_log_actor_kind CHECK (actor_kind IN ('user', 'token', 'tap', 'node', 'nodectl')),
  CONSTRAINT audit_log_actor_name_length CHECK (length(actor_name) BETWEEN 1 AND 100),
  CONSTRAINT audit_log_verb_length CHECK (length(verb) BETWEEN 1 AND 32),
  CONSTRAINT audit_log_object_kind_length CHECK (length(object_kind) BETWEEN 1 AND 32),
  CONSTRAINT audit_log_object_length CHECK (length(object_id) <= 200 AND length(object_name) <= 200),
  CONSTRAINT audit_log_address_length CHECK (length(address) <= 64)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
DECLARE scope CONSTANT text := 'NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid';
DECLARE self CONSTANT text := 'NULLIF(current_setting(''picket.user_id'', true), '''')::uuid';
DECLARE nobody CONSTANT text := '''00000000-0000-0000-0000-000000000000''';
BEGIN
  EXECUTE format('CREATE POLICY floor_of_tenant ON floor TO picket_api USING (tenant_id = %1$s) WITH CHECK (tenant_id = %1$s)', scope);
  FOREACH t IN ARRAY ARRAY['oidc_group', 'audit_log'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api USING (scope_id = %3$s) WITH CHECK (scope_id = %3$s)', t || '_of_scope', t, scope);
  END LOOP;
  -- One's own memberships are read before a scope is chosen.
  EXECUTE format('CREATE POLICY membership_of_scope ON membership TO picket_api
    USING (scope_id = %1$s OR user_id = %2$s) WITH CHECK (scope_id = %1$s)', scope, self);
  FOREACH t IN ARRAY ARRAY['second_factor', 'recovery_code'] LOOP
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api USING (user_id = %3$s) WITH CHECK (user_id = %3$s)', t || '_of_user', t, self);
  END LOOP;
  -- These three are found by what only their holder knows, or by name at sign-in.
  EXECUTE format('CREATE POLICY api_token_of_user ON api_token TO picket_api
    USING (user_id = %1$s OR token_hash = decode(NULLIF(current_setting(''picket.token_hash'', true), ''''), ''hex'')) WITH CHECK (user_id = %1$s)', self);
  EXECUTE format('CREATE POLICY invitation_of_scope ON invitation TO picket_api
    USING (scope_id = %1$s OR token_hash = decode(NULLIF(current_setting(''picket.token_hash'', true), ''''), ''hex''))', scope);
  EXECUTE format('CREATE POLICY oidc_provider_read ON oidc_provider FOR SELECT TO picket_api USING (true)');
  EXECUTE format('CREATE POLICY oidc_provider_of_scope ON oidc_provider TO picket_api USING (scope_id = %1$s) WITH CHECK (scope_id = %1$s)', scope);
  -- The directories: read by all, changed from the scope that holds them.
  EXECUTE 'CREATE POLICY organisation_directory ON organisation FOR SELECT USING (true)';
  EXECUTE format('CREATE POLICY organisation_of_scope ON organisation TO picket_api
    USING (id = %1$s OR %1$s = %2$s) WITH CHECK (id = %1$s OR %1$s = %2$s)', scope, nobody);
  EXECUTE 'CREATE POLICY tenant_directory ON tenant FOR SELECT USING (true)';
  EXECUTE format('CREATE POLICY tenant_of_scope ON tenant TO picket_api
    USING (id = %1$s OR organisation_id = %1$s OR %1$s = %2$s) WITH CHECK (id = %1$s OR organisation_id = %1$s OR %1$s = %2$s)', scope, nobody);
  EXECUTE 'CREATE POLICY audit_log_ingest ON audit_log FOR INSERT TO picket_ingest WITH CHECK (true)';
  FOREACH t IN ARRAY ARRAY['floor', 'membership', 'invitation', 'second_factor', 'recovery_code', 'api_token', 'oidc_provider',
      'oidc_group', 'audit_log', 'organisation', 'tenant'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
  END LOOP;
  -- Policies hold for the owner too, who has one of its own: a mistake with the
  -- owner of a table cannot bypass them, only say that it means to.
  FOR t IN SELECT relname FROM pg_class
           WHERE relnamespace = 'picket'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
             AND relrowsecurity AND NOT relforcerowsecurity
           ORDER BY relname <> 'tap', relname LOOP -- taps first, as reports are stored: nobody waits in a circle
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_owner USING (true) WITH CHECK (true)', t || '_owner', t);
  END LOOP;
END $$;
-- +goose StatementEnd

GRANT SELECT, INSERT, UPDATE, DELETE ON floor, membership, invitation, second_factor, recovery_code, api_token,
  oidc_provider, oidc_group, oidc_identity, oidc_login TO picket_api;
GRANT INSERT, UPDATE, DELETE ON organisation, tenant TO picket_api;
GRANT DELETE ON site TO picket_api;
GRANT SELECT, INSERT ON audit_log TO picket_api;
GRANT INSERT ON audit_log TO picket_ingest;
