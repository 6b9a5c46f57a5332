package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// Host is an Ethernet address as the taps asked for hear it.
type Host struct {
	MAC             string
	FirstHeardAt    time.Time
	LastHeardAt     time.Time
	VLAN            *int // nil: untagged
	DHCPServer      *string
	DHCPLeaseS      *int64
	DHCPVendorClass []byte
	DHCPHeardAt     *time.Time // nil: no lease heard
	Demonstration   bool
	Taps            []string
	IPs             []string // last heard first, at most 16
	Names           [][]byte // last heard first, at most 16
	FramesSent      int64    // in the time range, of the tap that heard most
	BytesSent       int64
	FramesReceived  int64
	BytesReceived   int64
}

// As for BSSs: by the registry where all taps are asked for, else by sightings.
const hostHeardSQL = `
WITH heard AS (
  SELECT o.mac,
         o.last_heard_at
  FROM host AS o
  WHERE o.tenant_id = @tenant::uuid
    AND (@mac = '' OR o.mac = nullif(@mac, '')::macaddr)
    AND o.last_heard_at >= @from::timestamptz - @registry_lag::interval
    AND o.first_heard_at < @to
    AND (o.last_heard_at >= @from
      OR EXISTS (
        SELECT FROM host_sighting AS s
        WHERE s.tenant_id = o.tenant_id
          AND s.mac = o.mac
          AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval))
)`

const hostHeardAtSQL = `
WITH heard AS (
  SELECT mac,
         max(last_heard_at) AS last_heard_at
  FROM host_sighting
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND (@mac = '' OR mac = nullif(@mac, '')::macaddr)
    AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND first_heard_at < @to
  GROUP BY mac
)`

const hostListSQL = `
SELECT o.mac::text AS mac,
       o.first_heard_at,
       greatest(o.last_heard_at, h.last_heard_at) AS last_heard_at,
       o.vlan,
       host(o.dhcp_server) AS dhcp_server,
       o.dhcp_lease_s,
       o.dhcp_vendor_class,
       o.dhcp_heard_at,
       o.demonstration,
       g.taps,
       coalesce((
         SELECT array_agg(host(a.ip) ORDER BY a.last_heard_at DESC, a.ip)
         FROM (
           SELECT ip, last_heard_at
           FROM host_address
           WHERE tenant_id = o.tenant_id
             AND mac = o.mac
           ORDER BY last_heard_at DESC, ip
           LIMIT 16) a), '{}') AS ips,
       coalesce((
         SELECT array_agg(n.name ORDER BY n.last_heard_at DESC, n.name)
         FROM (
           SELECT name, last_heard_at
           FROM host_name
           WHERE tenant_id = o.tenant_id
             AND mac = o.mac
           ORDER BY last_heard_at DESC, name
           LIMIT 16) n), '{}') AS names,
       0::bigint AS frames_sent,
       0::bigint AS bytes_sent,
       0::bigint AS frames_received,
       0::bigint AS bytes_received
FROM (
  SELECT mac, last_heard_at
  FROM heard
  ORDER BY last_heard_at DESC, mac
  LIMIT @limit) AS h
JOIN host o ON o.tenant_id = @tenant::uuid AND o.mac = h.mac
JOIN LATERAL (
  SELECT coalesce(array_agg(s.tap_id::text ORDER BY s.last_heard_at DESC, s.tap_id), '{}') AS taps
  FROM host_sighting s
  WHERE s.tenant_id = @tenant::uuid
    AND s.mac = h.mac
    AND s.tap_id = ANY(@taps::text[]::uuid[])
    AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND s.first_heard_at < @to) AS g ON true
ORDER BY greatest(o.last_heard_at, h.last_heard_at) DESC, o.mac`

const hostCountSQL = `
SELECT count(*)
FROM heard`

// Hosts returns the hosts heard in the time range, last heard first and at most
// limit, and how many there are.
func (r *Reader) Hosts(ctx context.Context, tenant string, span Span, limit int) (list []Host, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "hosts", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, v.heardSQL(hostHeardSQL, hostHeardAtSQL)+hostCountSQL, v.hostArgs("")).Scan(&total); err != nil {
			return err
		}
		list, err = v.hosts(ctx, "", limit)
		return err
	})
	return list, total, names, err
}

func (v *view) hostArgs(mac string) pgx.NamedArgs {
	return pgx.NamedArgs{
		"tenant": v.tenant, "taps": v.ids, "mac": mac, "from": v.span.From, "to": v.span.To,
		"registry_lag": registryLag, "sighting_lag": sightingLag,
	}
}

func (v *view) hosts(ctx context.Context, mac string, limit int) ([]Host, error) {
	args := v.hostArgs(mac)
	args["limit"] = limit
	list, err := collect[Host](ctx, v, v.heardSQL(hostHeardSQL, hostHeardAtSQL)+hostListSQL, args)
	if err != nil {
		return nil, err
	}
	at, err := v.sums(ctx, rollup.Host, "mac", each(list, func(h Host) string { return h.MAC }), mac != "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		s := at[list[i].MAC]
		list[i].FramesSent, list[i].BytesSent = s.FramesSent, s.BytesSent
		list[i].FramesReceived, list[i].BytesReceived = s.FramesReceived, s.BytesReceived
	}
	return list, nil
}
