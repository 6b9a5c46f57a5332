-- +goose Up

-- Registries: what was ever heard, with its present state. Rows are written when
-- something changed or last_heard_at is 5 minutes old (a sighting: 1 minute), so
-- last_heard_at may lag by that much. A state that is NULL is not known.
-- Times are those of windows, not of arrival.

-- A network on one BSSID. ssid is empty where it is hidden or was never announced.
CREATE TABLE bss (
  tenant_id            uuid NOT NULL,
  bssid                macaddr NOT NULL,
  ssid                 bytea NOT NULL,
  first_heard_at       timestamptz NOT NULL,
  last_heard_at        timestamptz NOT NULL,
  frequency_mhz        integer,    -- primary channel as announced, else where it was heard
  width_mhz            integer,
  security_akms        bigint,     -- all security_ columns: NULL until a beacon or probe response was heard
  security_pairwise    bigint,
  security_group       bigint,
  security_pmf         smallint,
  security_privacy     boolean,
  features             bigint,
  beacon_interval_tu   integer,
  beacon_fingerprint   bytea,      -- fingerprint.hash
  response_fingerprint bytea,
  country              text,
  demonstration        boolean NOT NULL,   -- all that was heard of it came from recordings
  PRIMARY KEY (tenant_id, bssid, ssid),
  CONSTRAINT bss_heard_order CHECK (last_heard_at >= first_heard_at),
  CONSTRAINT bss_ssid_length CHECK (octet_length(ssid) <= 32)
) WITH (fillfactor = 80);
CREATE INDEX bss_last_heard ON bss (tenant_id, last_heard_at);
CREATE INDEX bss_first_heard ON bss (tenant_id, first_heard_at);
CREATE INDEX bss_by_ssid ON bss (tenant_id, ssid);

-- How a tap hears a BSS: the values are of its newest window when the row was
-- written.
CREATE TABLE bss_sighting (
  tenant_id       uuid NOT NULL,
  bssid           macaddr NOT NULL,
  ssid            bytea NOT NULL,
  tap_id          uuid NOT NULL,
  first_heard_at  timestamptz NOT NULL,
  last_heard_at   timestamptz NOT NULL,
  frequency_mhz   integer NOT NULL,     -- 0: not known
  signal_mean_dbm smallint,             -- NULL: heard without a power
  signal_min_dbm  smallint,
  signal_max_dbm  smallint,
  frames          bigint NOT NULL,      -- in window_ms
  bytes           bigint NOT NULL,
  window_ms       integer NOT NULL,
  station_count   integer,              -- BSS load element
  utilisation     smallint,             -- BSS load element, 0 to 255
  tsf_us          bigint,
  tsf_heard_at    timestamptz,
  PRIMARY KEY (tenant_id, bssid, ssid, tap_id),
  CONSTRAINT bss_sighting_order CHECK (last_heard_at >= first_heard_at),
  CONSTRAINT bss_sighting_window_range CHECK (window_ms BETWEEN 1 AND 60000)
) WITH (fillfactor = 70);
CREATE INDEX bss_sighting_of_tap ON bss_sighting (tenant_id, tap_id, last_heard_at);

CREATE TABLE station (
  tenant_id               uuid NOT NULL,
  station                 macaddr NOT NULL,
  first_heard_at          timestamptz NOT NULL,
  last_heard_at           timestamptz NOT NULL,
  bssid                   macaddr,         -- of the newest window that had one
  bssid_heard_at          timestamptz,
  frequency_mhz           integer,
  probe_fingerprint       bytea,
  association_fingerprint bytea,
  demonstration           boolean NOT NULL,
  PRIMARY KEY (tenant_id, station),
  CONSTRAINT station_heard_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 80);
CREATE INDEX station_last_heard ON station (tenant_id, last_heard_at);
CREATE INDEX station_first_heard ON station (tenant_id, first_heard_at);

CREATE TABLE station_sighting (
  tenant_id       uuid NOT NULL,
  station         macaddr NOT NULL,
  tap_id          uuid NOT NULL,
  first_heard_at  timestamptz NOT NULL,
  last_heard_at   timestamptz NOT NULL,
  frequency_mhz   integer NOT NULL,
  signal_mean_dbm smallint,
  frames          bigint NOT NULL,      -- sent and received, in window_ms
  window_ms       integer NOT NULL,
  PRIMARY KEY (tenant_id, station, tap_id),
  CONSTRAINT station_sighting_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 70);
CREATE INDEX station_sighting_of_tap ON station_sighting (tenant_id, tap_id, last_heard_at);

-- A station with frames in a BSS. Count the clients of a BSS here.
CREATE TABLE association (
  tenant_id      uuid NOT NULL,
  bssid          macaddr NOT NULL,
  station        macaddr NOT NULL,
  first_heard_at timestamptz NOT NULL,
  last_heard_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, bssid, station),
  CONSTRAINT association_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 80);
CREATE INDEX association_of_station ON association (tenant_id, station, last_heard_at);
CREATE INDEX association_last_heard ON association (tenant_id, last_heard_at);

-- An SSID that a station asked for by name; probe_10m counts the requests.
CREATE TABLE probe (
  tenant_id      uuid NOT NULL,
  station        macaddr NOT NULL,
  ssid           bytea NOT NULL,
  first_heard_at timestamptz NOT NULL,
  last_heard_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, station, ssid),
  CONSTRAINT probe_order CHECK (last_heard_at >= first_heard_at),
  CONSTRAINT probe_ssid_length CHECK (octet_length(ssid) BETWEEN 1 AND 32)
) WITH (fillfactor = 80);
CREATE INDEX probe_by_ssid ON probe (tenant_id, ssid);

-- A unicast Ethernet address on the wire.
CREATE TABLE host (
  tenant_id         uuid NOT NULL,
  mac               macaddr NOT NULL,
  first_heard_at    timestamptz NOT NULL,
  last_heard_at     timestamptz NOT NULL,
  vlan              integer,        -- outermost of its newest window; NULL: untagged
  dhcp_server       inet,
  dhcp_lease_s      bigint,
  dhcp_vendor_class bytea,
  dhcp_heard_at     timestamptz,
  demonstration     boolean NOT NULL,
  PRIMARY KEY (tenant_id, mac),
  CONSTRAINT host_heard_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 80);
CREATE INDEX host_last_heard ON host (tenant_id, last_heard_at);
CREATE INDEX host_first_heard ON host (tenant_id, first_heard_at);

CREATE TABLE host_sighting (
  tenant_id      uuid NOT NULL,
  mac            macaddr NOT NULL,
  tap_id         uuid NOT NULL,
  first_heard_at timestamptz NOT NULL,
  last_heard_at  timestamptz NOT NULL,
  frames         bigint NOT NULL,      -- sent and received, in window_ms
  bytes          bigint NOT NULL,
  window_ms      integer NOT NULL,
  PRIMARY KEY (tenant_id, mac, tap_id),
  CONSTRAINT host_sighting_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 70);
CREATE INDEX host_sighting_of_tap ON host_sighting (tenant_id, tap_id, last_heard_at);

-- An IP address of a host: from ARP and DHCP, and from its packets where the
-- host is not a router that forwards for many.
CREATE TABLE host_address (
  tenant_id      uuid NOT NULL,
  mac            macaddr NOT NULL,
  ip             inet NOT NULL,
  first_heard_at timestamptz NOT NULL,
  last_heard_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, mac, ip),
  CONSTRAINT host_address_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 80);
CREATE INDEX host_address_by_ip ON host_address (tenant_id, ip);

-- A name that a host gave itself: DHCP option 12. As sent.
CREATE TABLE host_name (
  tenant_id      uuid NOT NULL,
  mac            macaddr NOT NULL,
  name           bytea NOT NULL,
  first_heard_at timestamptz NOT NULL,
  last_heard_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, mac, name),
  CONSTRAINT host_name_order CHECK (last_heard_at >= first_heard_at),
  CONSTRAINT host_name_length CHECK (octet_length(name) BETWEEN 1 AND 255)
) WITH (fillfactor = 80);

-- A channel that a tap listened to.
CREATE TABLE channel_sighting (
  tenant_id       uuid NOT NULL,
  tap_id          uuid NOT NULL,
  frequency_mhz   integer NOT NULL,
  first_heard_at  timestamptz NOT NULL,
  last_heard_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, tap_id, frequency_mhz),
  CONSTRAINT channel_sighting_order CHECK (last_heard_at >= first_heard_at)
) WITH (fillfactor = 80);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['bss', 'bss_sighting', 'station', 'station_sighting', 'association', 'probe', 'host',
    'host_sighting', 'host_address', 'host_name', 'channel_sighting'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_api
      USING (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = NULLIF(current_setting(''picket.tenant_id'', true), '''')::uuid)', t || '_of_tenant', t);
    EXECUTE format('CREATE POLICY %I ON %I TO picket_ingest USING (true) WITH CHECK (true)', t || '_ingest', t);
    EXECUTE format('GRANT SELECT ON %I TO picket_api', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO picket_ingest', t);
  END LOOP;
END $$;
-- +goose StatementEnd
