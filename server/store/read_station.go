package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Station is a Wi-Fi client as the taps asked for hear it.
type Station struct {
	Station        string
	FirstHeardAt   time.Time
	LastHeardAt    time.Time
	BSSID          *string // nil: only probing
	SSID           []byte  // of that BSS; nil: not known
	FrequencyMHz   *int
	Demonstration  bool
	SignalMeanDBm  *int16 // of the tap that heard it best lately
	Taps           []string
	Probes         [][]byte // last asked first, at most 20
	FramesSent     int64    // in the time range, of the tap that heard most
	BytesSent      int64
	FramesReceived int64
	BytesReceived  int64
}

// The counts are added in Go: most stations of a list have some.
const stationHeardSQL = `
WITH heard AS (
  SELECT s.station,
         max(s.last_heard_at) AS last_heard_at,
         array_agg(s.tap_id::text ORDER BY s.signal_mean_dbm DESC NULLS LAST, s.tap_id) AS taps,
         (array_agg(s.signal_mean_dbm ORDER BY s.signal_mean_dbm DESC NULLS LAST))[1] AS signal_mean_dbm
  FROM station_sighting s
  WHERE s.tenant_id = @tenant::uuid
    AND s.tap_id = ANY(@taps::text[]::uuid[])
    AND (@station = '' OR s.station = nullif(@station, '')::macaddr)
    AND s.last_heard_at >= @from::timestamptz - interval '1 minute'
    AND s.first_heard_at < @to
    AND (@bssid = '' OR EXISTS (
      SELECT FROM association a
      WHERE a.tenant_id = s.tenant_id
        AND a.bssid = nullif(@bssid, '')::macaddr
        AND a.station = s.station
        AND a.last_heard_at >= @from::timestamptz - interval '5 minutes'
        AND a.first_heard_at < @to))
  GROUP BY s.station
)`

const stationListSQL = stationHeardSQL + `
SELECT t.station::text AS station,
       t.first_heard_at,
       greatest(t.last_heard_at, h.last_heard_at) AS last_heard_at,
       t.bssid::text AS bssid,
       (SELECT b.ssid
        FROM bss b
        WHERE b.tenant_id = t.tenant_id
          AND b.bssid = t.bssid
          AND b.ssid <> ''
        ORDER BY b.last_heard_at DESC, b.ssid
        LIMIT 1) AS ssid,
       t.frequency_mhz AS frequency_m_hz,
       t.demonstration,
       h.signal_mean_dbm AS signal_mean_d_bm,
       h.taps,
       coalesce((
         SELECT array_agg(p.ssid)
         FROM (
           SELECT ssid
           FROM probe
           WHERE tenant_id = t.tenant_id
             AND station = t.station
           ORDER BY last_heard_at DESC, ssid
           LIMIT 20) p), '{}') AS probes,
       0::bigint AS frames_sent,
       0::bigint AS bytes_sent,
       0::bigint AS frames_received,
       0::bigint AS bytes_received
FROM heard h
JOIN station t ON t.tenant_id = @tenant::uuid AND t.station = h.station
ORDER BY greatest(t.last_heard_at, h.last_heard_at) DESC, t.station
LIMIT @limit`

const stationCountSQL = stationHeardSQL + `
SELECT count(*)
FROM heard`

const stationSumsSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, e.station, e.frames_sent, e.bytes_sent, e.frames_received, e.bytes_received
  FROM buckets b
  JOIN station_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.station, r.frames_sent, r.bytes_sent, r.frames_received, r.bytes_received)
    AS e (station, frames_sent, bytes_sent, frames_received, bytes_received)
  WHERE b.rolled
  UNION ALL
  SELECT w.tap_id, e.station, e.frames_sent::bigint, e.bytes_sent, e.frames_received::bigint, e.bytes_received
  FROM buckets b
  JOIN station_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.station, w.frames_sent, w.bytes_sent, w.frames_received, w.bytes_received)
    AS e (station, frames_sent, bytes_sent, frames_received, bytes_received)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
), by_tap AS (
  SELECT station,
         coalesce(sum(frames_sent), 0)::bigint AS frames_sent,
         coalesce(sum(bytes_sent), 0)::bigint AS bytes_sent,
         coalesce(sum(frames_received), 0)::bigint AS frames_received,
         coalesce(sum(bytes_received), 0)::bigint AS bytes_received
  FROM heard
  WHERE @station = '' OR station = nullif(@station, '')::macaddr
  GROUP BY tap_id, station
)
SELECT station::text AS address,
       max(frames_sent) AS frames_sent,
       max(bytes_sent) AS bytes_sent,
       max(frames_received) AS frames_received,
       max(bytes_received) AS bytes_received
FROM by_tap
GROUP BY station
ORDER BY station`

// sums are counts of an address in the time range.
type sums struct {
	Address        string
	FramesSent     int64
	BytesSent      int64
	FramesReceived int64
	BytesReceived  int64
}

// Stations returns the stations heard in the time range, last heard first and
// at most limit, and how many there are; where bssid is not empty, only those
// with frames in that BSS.
func (r *Reader) Stations(ctx context.Context, tenant, bssid string, span Span, limit int) (list []Station, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "stations", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, stationCountSQL, v.stationArgs("", bssid)).Scan(&total); err != nil {
			return err
		}
		list, err = v.stations(ctx, "", bssid, limit)
		return err
	})
	return list, total, names, err
}

func (v *view) stationArgs(station, bssid string) pgx.StrictNamedArgs {
	args := v.bssArgs(bssid)
	args["station"] = station
	return args
}

func (v *view) stations(ctx context.Context, station, bssid string, limit int) ([]Station, error) {
	args := v.stationArgs(station, bssid)
	args["limit"] = limit
	list, err := collect[Station](ctx, v, stationListSQL, args)
	if err != nil {
		return nil, err
	}
	sumArgs := v.args(v.ids)
	sumArgs["station"] = station
	rows, err := collect[sums](ctx, v, stationSumsSQL, sumArgs)
	if err != nil {
		return nil, err
	}
	at := make(map[string]sums, len(rows))
	for _, s := range rows {
		at[s.Address] = s
	}
	for i := range list {
		s := at[list[i].Station]
		list[i].FramesSent, list[i].BytesSent = s.FramesSent, s.BytesSent
		list[i].FramesReceived, list[i].BytesReceived = s.FramesReceived, s.BytesReceived
	}
	return list, nil
}
