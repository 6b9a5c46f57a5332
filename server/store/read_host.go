package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
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

const hostHeardSQL = `
WITH heard AS (
  SELECT mac,
         max(last_heard_at) AS last_heard_at,
         array_agg(tap_id::text ORDER BY last_heard_at DESC, tap_id) AS taps
  FROM host_sighting
  WHERE tenant_id = @tenant::uuid
    AND tap_id = ANY(@taps::text[]::uuid[])
    AND (@mac = '' OR mac = nullif(@mac, '')::macaddr)
    AND last_heard_at >= @from::timestamptz - interval '1 minute'
    AND first_heard_at < @to
  GROUP BY mac
)`

const hostListSQL = hostHeardSQL + `
SELECT o.mac::text AS mac,
       o.first_heard_at,
       greatest(o.last_heard_at, h.last_heard_at) AS last_heard_at,
       o.vlan,
       host(o.dhcp_server) AS dhcp_server,
       o.dhcp_lease_s,
       o.dhcp_vendor_class,
       o.dhcp_heard_at,
       o.demonstration,
       h.taps,
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
FROM heard h
JOIN host o ON o.tenant_id = @tenant::uuid AND o.mac = h.mac
ORDER BY greatest(o.last_heard_at, h.last_heard_at) DESC, o.mac
LIMIT @limit`

const hostCountSQL = hostHeardSQL + `
SELECT count(*)
FROM heard`

const hostSumsSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, e.mac, e.frames_sent, e.bytes_sent, e.frames_received, e.bytes_received
  FROM buckets b
  JOIN host_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.mac, r.frames_sent, r.bytes_sent, r.frames_received, r.bytes_received)
    AS e (mac, frames_sent, bytes_sent, frames_received, bytes_received)
  WHERE b.rolled
  UNION ALL
  SELECT w.tap_id, e.mac, e.frames_sent::bigint, e.bytes_sent, e.frames_received::bigint, e.bytes_received
  FROM buckets b
  JOIN host_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.mac, w.frames_sent, w.bytes_sent, w.frames_received, w.bytes_received)
    AS e (mac, frames_sent, bytes_sent, frames_received, bytes_received)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
), by_tap AS (
  SELECT mac,
         coalesce(sum(frames_sent), 0)::bigint AS frames_sent,
         coalesce(sum(bytes_sent), 0)::bigint AS bytes_sent,
         coalesce(sum(frames_received), 0)::bigint AS frames_received,
         coalesce(sum(bytes_received), 0)::bigint AS bytes_received
  FROM heard
  WHERE @mac = '' OR mac = nullif(@mac, '')::macaddr
  GROUP BY tap_id, mac
)
SELECT mac::text AS address,
       max(frames_sent) AS frames_sent,
       max(bytes_sent) AS bytes_sent,
       max(frames_received) AS frames_received,
       max(bytes_received) AS bytes_received
FROM by_tap
GROUP BY mac
ORDER BY mac`

// Hosts returns the hosts heard in the time range, last heard first and at most
// limit, and how many there are.
func (r *Reader) Hosts(ctx context.Context, tenant string, span Span, limit int) (list []Host, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "hosts", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, hostCountSQL, v.hostArgs("")).Scan(&total); err != nil {
			return err
		}
		list, err = v.hosts(ctx, "", limit)
		return err
	})
	return list, total, names, err
}

func (v *view) hostArgs(mac string) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": v.ids, "mac": mac, "from": v.span.From, "to": v.span.To,
	}
}

func (v *view) hosts(ctx context.Context, mac string, limit int) ([]Host, error) {
	args := v.hostArgs(mac)
	args["limit"] = limit
	list, err := collect[Host](ctx, v, hostListSQL, args)
	if err != nil {
		return nil, err
	}
	sumArgs := v.args(v.ids)
	sumArgs["mac"] = mac
	rows, err := collect[sums](ctx, v, hostSumsSQL, sumArgs)
	if err != nil {
		return nil, err
	}
	at := make(map[string]sums, len(rows))
	for _, s := range rows {
		at[s.Address] = s
	}
	for i := range list {
		s := at[list[i].MAC]
		list[i].FramesSent, list[i].BytesSent = s.FramesSent, s.BytesSent
		list[i].FramesReceived, list[i].BytesReceived = s.FramesReceived, s.BytesReceived
	}
	return list, nil
}
