package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// HostDetail is a host, what it asked for and whom it spoke with, in the last 24
// hours of the time range.
type HostDetail struct {
	Host
	Questions []Question
	Flows     []Flow
}

// Question is a name that a host asked for; counts are of the tap that heard most.
type Question struct {
	Name      []byte
	Type      int
	Questions int64
	NoError   int64
	NXDomain  int64 `db:"nx_domain"`
	ServFail  int64
	Refused   int64
	Other     int64
}

// Flow is a host's conversation with a peer; counts are of the tap that heard most.
type Flow struct {
	Protocol   int
	Peer       string
	ServerPort int
	Opened     bool // by the host
	Sent       int64
	Received   int64
	Packets    int64
}

const hostAddressesSQL = `
SELECT host(ip)
FROM host_address
WHERE tenant_id = @tenant::uuid
  AND mac = @mac::macaddr
  AND last_heard_at >= @from::timestamptz - interval '5 minutes'
  AND first_heard_at < @to
ORDER BY last_heard_at DESC, ip
LIMIT 64`

const questionsSQL = `
SELECT name,
       type,
       max(questions) AS questions,
       max(no_error) AS no_error,
       max(nx_domain) AS nx_domain,
       max(serv_fail) AS serv_fail,
       max(refused) AS refused,
       max(other) AS other
FROM (
  SELECT coalesce(e.name, '') AS name,
         coalesce(e.type, 0) AS type,
         coalesce(sum(e.questions), 0)::bigint AS questions,
         coalesce(sum(e.no_error), 0)::bigint AS no_error,
         coalesce(sum(e.nx_domain), 0)::bigint AS nx_domain,
         coalesce(sum(e.serv_fail), 0)::bigint AS serv_fail,
         coalesce(sum(e.refused), 0)::bigint AS refused,
         coalesce(sum(e.other), 0)::bigint AS other
  FROM dns_window w
  CROSS JOIN LATERAL unnest(w.client, w.name, w.type, w.questions, w.no_error, w.nx_domain, w.serv_fail, w.refused, w.other)
    AS e (client, name, type, questions, no_error, nx_domain, serv_fail, refused, other)
  WHERE w.tenant_id = @tenant::uuid
    AND w.tap_id = ANY(@taps::text[]::uuid[])
    AND w.window_start >= @from
    AND w.window_start < @to
    AND e.client = ANY(@addresses::text[]::inet[])
  GROUP BY w.tap_id, 1, 2) by_tap
GROUP BY name, type
ORDER BY max(questions) DESC, name, type
LIMIT @limit`

const flowsSQL = `
SELECT protocol,
       host(peer) AS peer,
       server_port,
       opened,
       max(sent) AS sent,
       max(received) AS received,
       max(packets) AS packets
FROM (
  SELECT e.protocol::int AS protocol,
         CASE WHEN o.opened THEN e.server ELSE e.client END AS peer,
         coalesce(e.server_port, 0) AS server_port,
         o.opened,
         coalesce(sum(CASE WHEN o.opened THEN e.bytes_sent ELSE e.bytes_received END), 0)::bigint AS sent,
         coalesce(sum(CASE WHEN o.opened THEN e.bytes_received ELSE e.bytes_sent END), 0)::bigint AS received,
         sum(coalesce(e.packets_sent, 0)::bigint + coalesce(e.packets_received, 0))::bigint AS packets
  FROM flow_window w
  CROSS JOIN LATERAL unnest(w.protocol, w.client, w.server, w.server_port,
    w.bytes_sent, w.bytes_received, w.packets_sent, w.packets_received)
    AS e (protocol, client, server, server_port, bytes_sent, bytes_received, packets_sent, packets_received)
  CROSS JOIN LATERAL (SELECT e.client = ANY(@addresses::text[]::inet[]) AS opened) o
  WHERE w.tenant_id = @tenant::uuid
    AND w.tap_id = ANY(@taps::text[]::uuid[])
    AND w.window_start >= @from
    AND w.window_start < @to
    AND (o.opened OR e.server = ANY(@addresses::text[]::inet[]))
  GROUP BY w.tap_id, 1, 2, 3, 4) by_tap
WHERE peer IS NOT NULL
GROUP BY protocol, peer, server_port, opened
ORDER BY max(sent) + max(received) DESC, peer, protocol, server_port, opened
LIMIT @limit`

// Host returns a host, or ErrNotFound where it was not heard in the time range.
func (r *Reader) Host(ctx context.Context, tenant, mac string, span Span) (d HostDetail, names Names, err error) {
	err = r.read(ctx, tenant, span, "host", func(v *view) error {
		names = v.taps
		list, err := v.hosts(ctx, mac, 1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		d.Host = list[0]
		rows, err := v.Query(ctx, hostAddressesSQL, pgx.StrictNamedArgs{
			"tenant": tenant, "mac": mac, "from": span.From, "to": span.To,
		})
		if err != nil {
			return err
		}
		addresses, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(addresses) == 0 {
			return err
		}
		args := pgx.StrictNamedArgs{
			"tenant": tenant, "taps": v.ids, "addresses": addresses,
			"from": span.rawFrom(), "to": span.To, "limit": maxEvents,
		}
		if d.Questions, err = collect[Question](ctx, v, questionsSQL, args); err != nil {
			return err
		}
		d.Flows, err = collect[Flow](ctx, v, flowsSQL, args)
		return err
	})
	return d, names, err
}
