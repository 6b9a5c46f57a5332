-- +goose Up

-- Observations: a row a (tenant, tap, window), an array a column; element i of
-- each array is row i of the report's table. A column that is NULL is all zero
-- (numbers), all false, all empty (octets) or all NULL (addresses).

-- A row a BSSID, SSID and frequency.
CREATE TABLE bss_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  bssid              macaddr[] NOT NULL,
  ssid               bytea[] NOT NULL, -- empty: hidden or not announced
  frequency_mhz      integer[],   -- heard on; 0: not known
  announced_mhz      integer[],   -- primary channel announced; 0: none
  security           integer[],   -- index from 1 in the security_ columns; 0: not known
  security_akms      bigint[],    -- wlan.AKMs; a security each
  security_pairwise  bigint[],    -- wlan.Ciphers
  security_group     bigint[],    -- wlan.Ciphers
  security_pmf       smallint[],  -- wlan.PMF
  security_privacy   boolean[],
  features           bigint[],    -- wlan.Features
  width_mhz          integer[],   -- 0: not announced
  beacon_fingerprint integer[],   -- boot_fingerprint.fingerprint_index; 0: none
  response_fingerprint integer[],
  beacons            integer[],
  probe_responses    integer[],
  beacon_interval_tu integer[],
  tsf_us             bigint[],    -- of the last beacon or probe response; 64 bits, unsigned
  tsf_heard_ms       integer[],   -- when that was, from window_start
  tsf_jumps          integer[],
  frames             integer[],   -- in the BSS, beacons and stations included
  bytes              bigint[],
  retries            integer[],
  station_count      integer[],   -- BSS load element, plus 1; 0: none sent
  utilisation        integer[],   -- 0 to 255, plus 1; 0: none sent
  country            bytea[],     -- two letters, or empty
  switch_to_mhz      integer[],   -- 0: none
  signal_count       integer[],   -- frames with a power
  signal_min_dbm     smallint[],  -- means nothing where signal_count is 0
  signal_max_dbm     smallint[],
  signal_sum_dbm     integer[],   -- the mean is signal_sum_dbm / signal_count
  signal_bin_first   smallint[],  -- bin b: from -2b-1 to -2b dBm
  signal_bin_count   smallint[],
  signal_bins        integer[],   -- of all rows, one after another
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a station, BSSID and frequency.
CREATE TABLE station_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  station            macaddr[] NOT NULL,
  bssid              macaddr[] NOT NULL, -- NULL element: with none (probing)
  frequency_mhz      integer[],
  frames_sent        integer[],
  bytes_sent         bigint[],
  frames_received    integer[],
  bytes_received     bigint[],
  retries            integer[],
  probe_requests     integer[],
  probe_fingerprint  integer[],
  association_fingerprint integer[],
  protected_frames   integer[],
  signal_count       integer[],   -- frames with a power
  signal_min_dbm     smallint[],  -- means nothing where signal_count is 0
  signal_max_dbm     smallint[],
  signal_sum_dbm     integer[],   -- the mean is signal_sum_dbm / signal_count
  signal_bin_first   smallint[],  -- bin b: from -2b-1 to -2b dBm
  signal_bin_count   smallint[],
  signal_bins        integer[],   -- of all rows, one after another
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a station and SSID asked for by name.
CREATE TABLE probe_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  station            macaddr[] NOT NULL,
  ssid               bytea[] NOT NULL,
  requests           integer[],
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a transmitter, receiver, BSSID, reason, kind and protection.
CREATE TABLE disconnect_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  transmitter        macaddr[] NOT NULL,
  receiver           macaddr[] NOT NULL,
  bssid              macaddr[] NOT NULL,
  frequency_mhz      integer[],
  reason             integer[],   -- plus 1; 0: not readable
  disassociation     boolean[],   -- else deauthentication
  protected          boolean[],
  frames             integer[],
  signal_count       integer[],   -- frames with a power
  signal_min_dbm     smallint[],  -- means nothing where signal_count is 0
  signal_max_dbm     smallint[],
  signal_sum_dbm     integer[],   -- the mean is signal_sum_dbm / signal_count
  signal_bin_first   smallint[],  -- bin b: from -2b-1 to -2b dBm
  signal_bin_count   smallint[],
  signal_bins        integer[],   -- of all rows, one after another
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a BSSID and station that authenticated, associated or exchanged keys.
CREATE TABLE handshake_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  bssid              macaddr[] NOT NULL,
  station            macaddr[] NOT NULL,
  auth_algorithms    bigint[],    -- bit n: algorithm n; bit 31: another
  auth_requests      integer[],
  auth_successes     integer[],
  auth_failures      integer[],
  assoc_requests     integer[],
  assoc_successes    integer[],
  assoc_failures     integer[],
  last_failure       integer[],   -- status code; 0: none
  m1                 integer[],   -- EAPOL-Key messages
  m2                 integer[],
  m3                 integer[],
  m4                 integer[],
  pmkids             integer[],
  eapol_starts       integer[],
  eapol_logoffs      integer[],
  sae_group          integer[],   -- 0: none
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a capture and frequency.
CREATE TABLE channel_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  capture            integer[] NOT NULL, -- index from 1 in the capture_ columns of the report
  frequency_mhz      integer[],
  listened_ms        integer[],
  frames             integer[],
  bytes              bigint[],
  management         integer[],
  control            integer[],
  data               integer[],
  retries            integer[],
  bad_fcs            integer[],
  airtime_us         bigint[],
  signal_count       integer[],   -- frames with a power
  signal_min_dbm     smallint[],  -- means nothing where signal_count is 0
  signal_max_dbm     smallint[],
  signal_sum_dbm     integer[],   -- the mean is signal_sum_dbm / signal_count
  signal_bin_first   smallint[],  -- bin b: from -2b-1 to -2b dBm
  signal_bin_count   smallint[],
  signal_bins        integer[],   -- of all rows, one after another
  noise_sum_dbm      integer[],
  noise_count        integer[],   -- 0: the driver reports no noise
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row an aircraft identity (ASTM F3411).
CREATE TABLE remote_id_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  transmitter        macaddr[] NOT NULL,
  basic_id           bytea[],     -- ID type and UA type, then the id; empty: none sent
  latitude_e7        integer[],
  longitude_e7       integer[],
  frames             integer[],
  frequency_mhz      integer[],
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row an Ethernet address, VLAN and IP address.
CREATE TABLE host_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  mac                macaddr[] NOT NULL,
  vlan               integer[],   -- 0: untagged
  ip                 inet[],      -- NULL element: none seen
  frames_sent        integer[],
  bytes_sent         bigint[],
  frames_received    integer[],
  bytes_received     bigint[],
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a sender's pair of addresses.
CREATE TABLE arp_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  mac                macaddr[] NOT NULL, -- sender hardware address
  ip                 inet[],      -- NULL element: a probe
  requests           integer[],
  replies            integer[],
  gratuitous         integer[],
  spoofed            integer[],
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a client and server.
CREATE TABLE dhcp_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  client             macaddr[] NOT NULL,
  server             inet[],      -- NULL element: not said
  server_mac         macaddr[],   -- NULL element: none heard
  address            inet[],      -- leased or asked for
  name               bytea[],     -- option 12; empty: none
  vendor_class       bytea[],     -- option 60
  parameters         bytea[],     -- option 55 as sent
  lease_s            bigint[],
  discovers          integer[],
  offers             integer[],
  requests           integer[],
  acks               integer[],
  naks               integer[],
  others             integer[],
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a client, server, question and type.
CREATE TABLE dns_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  client             inet[] NOT NULL,
  server             inet[],
  name               bytea[],     -- dotted, lower case, without the last dot
  type               integer[],   -- RFC 1035, 3.2.2
  questions          integer[],
  no_error           integer[],   -- answers by RCODE
  nx_domain          integer[],
  serv_fail          integer[],
  refused            integer[],
  other              integer[],
  answer             inet[],      -- the last A or AAAA; NULL element: none
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- A row a protocol and pair of endpoints.
CREATE TABLE flow_window (
  tenant_id          uuid NOT NULL,
  tap_id             uuid NOT NULL,
  window_start       timestamptz NOT NULL,
  boot_id            uuid NOT NULL,
  sequence           bigint NOT NULL,
  length_ms          integer NOT NULL,
  protocol           smallint[],     -- 6 or 17
  client             inet[] NOT NULL,
  client_port        integer[],
  server             inet[],
  server_port        integer[],
  packets_sent       integer[],   -- by the client
  bytes_sent         bigint[],
  packets_received   integer[],
  bytes_received     bigint[],
  syns               integer[],
  syn_acks           integer[],
  fins               integer[],
  resets             integer[],
  first_ms           integer[],   -- of the first frame, from window_start
  span_ms            integer[],   -- from the first to the last frame
  PRIMARY KEY (tenant_id, tap_id, window_start, boot_id, sequence)
) PARTITION BY RANGE (window_start);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['bss_window', 'station_window', 'probe_window', 'disconnect_window', 'handshake_window', 'channel_window',
    'remote_id_window', 'host_window', 'arp_window', 'dhcp_window', 'dns_window', 'flow_window'] LOOP
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
