package store

import (
	"context"
	"time"
)

// StationDetail is a station and what it did in the time range.
type StationDetail struct {
	Station
	Associations []StationBSS
	Asked        []StationProbe
	Disconnects  []Disconnect
}

// StationBSS is a BSS in which a station was heard.
type StationBSS struct {
	BSSID        string
	SSID         []byte // nil: not known
	FirstHeardAt time.Time
	LastHeardAt  time.Time
	Frames       int64 // sent and received in the time range, of the tap that heard most
}

// StationProbe is an SSID that a station asked for by name.
type StationProbe struct {
	SSID        []byte
	Requests    int64 // in the time range, of the tap that heard most
	LastHeardAt time.Time
}

const associationsSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, e.bssid, e.frames_sent + e.frames_received AS frames
  FROM buckets b
  JOIN station_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.station, r.bssid, r.frames_sent, r.frames_received)
    AS e (station, bssid, frames_sent, frames_received)
  WHERE b.rolled
    AND e.station = @station::macaddr
  UNION ALL
  SELECT w.tap_id, e.bssid, coalesce(e.frames_sent, 0)::bigint + coalesce(e.frames_received, 0)
  FROM buckets b
  JOIN station_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.station, w.bssid, w.frames_sent, w.frames_received)
    AS e (station, bssid, frames_sent, frames_received)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
    AND e.station = @station::macaddr
), by_bssid AS (
  SELECT bssid, max(frames) AS frames
  FROM (
    SELECT bssid, sum(frames)::bigint AS frames
    FROM heard
    WHERE bssid IS NOT NULL
    GROUP BY tap_id, bssid) t
  GROUP BY bssid
)
SELECT a.bssid::text AS bssid,
       (SELECT b.ssid
        FROM bss b
        WHERE b.tenant_id = a.tenant_id
          AND b.bssid = a.bssid
          AND b.ssid <> ''
        ORDER BY b.last_heard_at DESC, b.ssid
        LIMIT 1) AS ssid,
       a.first_heard_at,
       a.last_heard_at,
       coalesce(f.frames, 0)::bigint AS frames
FROM association a
LEFT JOIN by_bssid f ON f.bssid = a.bssid
WHERE a.tenant_id = @tenant::uuid
  AND a.station = @station::macaddr
  AND a.last_heard_at >= @from::timestamptz - interval '5 minutes'
  AND a.first_heard_at < @to
ORDER BY a.last_heard_at DESC, a.bssid
LIMIT 200`

const probesSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, e.ssid, e.requests
  FROM buckets b
  JOIN probe_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.station, r.ssid, r.requests) AS e (station, ssid, requests)
  WHERE b.rolled
    AND e.station = @station::macaddr
  UNION ALL
  SELECT w.tap_id, e.ssid, e.requests::bigint
  FROM buckets b
  JOIN probe_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.station, w.ssid, w.requests) AS e (station, ssid, requests)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
    AND e.station = @station::macaddr
), by_ssid AS (
  SELECT ssid, max(requests) AS requests
  FROM (
    SELECT ssid, coalesce(sum(requests), 0)::bigint AS requests
    FROM heard
    GROUP BY tap_id, ssid) t
  GROUP BY ssid
)
SELECT p.ssid,
       coalesce(f.requests, 0)::bigint AS requests,
       p.last_heard_at
FROM probe p
LEFT JOIN by_ssid f ON f.ssid = p.ssid
WHERE p.tenant_id = @tenant::uuid
  AND p.station = @station::macaddr
  AND p.last_heard_at >= @from::timestamptz - interval '5 minutes'
  AND p.first_heard_at < @to
ORDER BY p.last_heard_at DESC, p.ssid
LIMIT 200`

// Station returns a station, or ErrNotFound where it was not heard in the time range.
func (r *Reader) Station(ctx context.Context, tenant, station string, span Span) (d StationDetail, names Names, err error) {
	err = r.read(ctx, tenant, span, "station", func(v *view) error {
		names = v.taps
		list, err := v.stations(ctx, station, "", 1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		d.Station = list[0]
		args := v.args(v.ids)
		args["station"] = station
		if d.Associations, err = collect[StationBSS](ctx, v, associationsSQL, args); err != nil {
			return err
		}
		if d.Asked, err = collect[StationProbe](ctx, v, probesSQL, args); err != nil {
			return err
		}
		d.Disconnects, err = v.disconnects(ctx, station)
		return err
	})
	return d, names, err
}
