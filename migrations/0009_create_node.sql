-- +goose Up

-- The members of the cluster, by lease in the database's time: a node is a member
-- while lease_until lies ahead. The incarnation is the process that holds the lease,
-- so that one that was paused cannot renew what another took over. Nothing here is
-- of a tenant.
CREATE TABLE node (
  id                      uuid PRIMARY KEY,
  incarnation             uuid NOT NULL,
  name                    text NOT NULL,
  version                 text NOT NULL,
  urls                    text[] NOT NULL,       -- under which it is reached, best first
  started_at              timestamptz NOT NULL,
  renewed_at              timestamptz NOT NULL,
  lease_until             timestamptz NOT NULL,
  drain_asked_at          timestamptz,           -- somebody wants it to stop in good order
  drain_asked_by          text,
  draining_at             timestamptz,           -- it says that it takes no new work
  left_at                 timestamptz,           -- it stopped in good order
  clock_ms                double precision NOT NULL DEFAULT 0,  -- its clock minus the database's
  clock_error_ms          double precision NOT NULL DEFAULT 0,  -- half of the round trip that measured it
  cpus                    integer NOT NULL DEFAULT 1,
  load_1m                 real NOT NULL DEFAULT 0,              -- of the machine
  memory_bytes            bigint NOT NULL DEFAULT 0,            -- resident, of the process
  machine_memory_bytes    bigint NOT NULL DEFAULT 0,
  machine_available_bytes bigint NOT NULL DEFAULT 0,
  reports_stored          bigint NOT NULL DEFAULT 0,            -- since it started
  reports_per_second      real NOT NULL DEFAULT 0,              -- between the last two renewals
  streams                 integer NOT NULL DEFAULT 0,           -- event streams of browsers
  jobs_running            integer NOT NULL DEFAULT 0,
  jobs_done               bigint NOT NULL DEFAULT 0,            -- since it started
  jobs_failed             bigint NOT NULL DEFAULT 0,
  CONSTRAINT node_name_length CHECK (length(name) BETWEEN 1 AND 64),
  CONSTRAINT node_version_length CHECK (length(version) <= 64),
  CONSTRAINT node_urls_count CHECK (cardinality(urls) <= 32),
  CONSTRAINT node_drain_asked_by_length CHECK (length(drain_asked_by) BETWEEN 1 AND 64),
  CONSTRAINT node_drain_asked_by_one CHECK (num_nonnulls(drain_asked_at, drain_asked_by) <> 1)
);

-- What the queue's workers did last, a row a kind of background work.
CREATE TABLE background_job (
  kind          text PRIMARY KEY,
  every_seconds integer NOT NULL,      -- how often it is due
  started_at    timestamptz NOT NULL,  -- of the newest run
  ended_at      timestamptz,           -- NULL: it runs, or its node died
  node_id       uuid NOT NULL,         -- that ran it
  runs          bigint NOT NULL DEFAULT 0,  -- that ended well
  failures      bigint NOT NULL DEFAULT 0,
  error         text NOT NULL DEFAULT '',   -- of the newest run; empty: it went well
  CONSTRAINT background_job_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
  CONSTRAINT background_job_every_range CHECK (every_seconds BETWEEN 1 AND 31622400),
  CONSTRAINT background_job_error_length CHECK (length(error) <= 500)
);

GRANT SELECT ON node, background_job TO picket_api;
GRANT UPDATE (drain_asked_at, drain_asked_by) ON node TO picket_api;
GRANT DELETE ON node TO picket_api;
