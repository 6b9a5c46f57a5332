-- +goose Up

-- People. They belong to the installation, not to a tenant; picket_api alone
-- reads and writes them.
CREATE TABLE user_account (
  id            uuid PRIMARY KEY,
  name          text NOT NULL UNIQUE,
  password_hash text NOT NULL,      -- argon2id, in its PHC string form
  role          text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  disabled_at   timestamptz,
  last_login_at timestamptz,
  CONSTRAINT user_account_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT user_account_role CHECK (role IN ('admin'))
);

-- A one-time link with which the first administrator sets name and password.
CREATE TABLE first_login (
  token_hash bytea PRIMARY KEY,     -- SHA-256
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  user_id    uuid REFERENCES user_account (id),
  CONSTRAINT first_login_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT first_login_expires_later CHECK (expires_at > created_at)
);

CREATE TABLE session (
  token_hash   bytea PRIMARY KEY,   -- SHA-256 of the cookie's token
  user_id      uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  user_agent   text NOT NULL DEFAULT '',
  CONSTRAINT session_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT session_expires_later CHECK (expires_at > created_at),
  CONSTRAINT session_user_agent_length CHECK (length(user_agent) <= 512)
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- Failed logins by name and by address, so that a limit holds on every node.
CREATE TABLE login_attempt (
  key          text NOT NULL,       -- "name:…" or "address:…"
  window_start timestamptz NOT NULL,
  failures     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (key, window_start),
  CONSTRAINT login_attempt_key_length CHECK (length(key) BETWEEN 1 AND 300),
  CONSTRAINT login_attempt_failures_range CHECK (failures >= 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON user_account, first_login, session, login_attempt TO picket_api;
