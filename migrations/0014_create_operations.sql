-- +goose Up

-- Certificates that people uploaded for the console, served beside the cluster's
-- own. Of no tenant. sealed_key is the private key, sealed with a key that the
-- database does not have (server/seal); only picket_owner may read it.
CREATE TABLE certificate (
  id          uuid PRIMARY KEY,
  chain       bytea NOT NULL,        -- PEM: the leaf first
  sealed_key  bytea NOT NULL,
  names       text[] NOT NULL,       -- of the leaf: what it is good for
  issuer      text NOT NULL,
  fingerprint bytea NOT NULL UNIQUE, -- SHA-256 of the leaf
  not_before  timestamptz NOT NULL,
  not_after   timestamptz NOT NULL,
  added_at    timestamptz NOT NULL DEFAULT now(),
  added_by    text NOT NULL,
  CONSTRAINT certificate_chain_length CHECK (octet_length(chain) BETWEEN 1 AND 65536),
  CONSTRAINT certificate_key_length CHECK (octet_length(sealed_key) BETWEEN 1 AND 32768),
  CONSTRAINT certificate_names_count CHECK (cardinality(names) BETWEEN 1 AND 200),
  CONSTRAINT certificate_issuer_length CHECK (length(issuer) <= 500),
  CONSTRAINT certificate_fingerprint_length CHECK (octet_length(fingerprint) = 32),
  CONSTRAINT certificate_valid_later CHECK (not_after > not_before),
  CONSTRAINT certificate_added_by_length CHECK (length(added_by) BETWEEN 1 AND 200)
);

-- Counts changes of certificate: what nodes look at every second, and read the
-- table when it moved. One row.
CREATE TABLE certificate_change (
  only_row boolean PRIMARY KEY DEFAULT true,
  changes  bigint NOT NULL DEFAULT 0,
  CONSTRAINT certificate_change_has_one_row CHECK (only_row)
);
INSERT INTO certificate_change DEFAULT VALUES;

-- What each node measured of itself lately, so that any node's console shows all
-- of them. Written and read whole by nodes of different releases, which ignore
-- what they do not know: hence JSON.
CREATE TABLE node_health (
  node_id     uuid PRIMARY KEY,
  name        text NOT NULL,
  measured_at timestamptz NOT NULL DEFAULT now(),
  facts       jsonb NOT NULL,
  CONSTRAINT node_health_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT node_health_facts_length CHECK (octet_length(facts::text) <= 65536)
) WITH (fillfactor = 50);

GRANT SELECT (id, chain, names, issuer, fingerprint, not_before, not_after, added_at, added_by) ON certificate TO picket_api;
GRANT INSERT, DELETE ON certificate TO picket_api;
GRANT SELECT ON certificate_change, node_health TO picket_api;
GRANT UPDATE ON certificate_change TO picket_api;
