package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
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

// As for BSSs: by the registry where all taps are asked for, else by sightings.
const stationHeardSQL = `
WITH heard AS (
  SELECT t.station,
         t.last_heard_at
  FROM station AS t
  WHERE t.tenant_id = @tenant::uuid
    AND (@station = '' OR t.station = nullif(@station, '')::macaddr)
    AND t.last_heard_at >= @from::timestamptz - @registry_lag::interval
    AND t.first_heard_at < @to
    AND (t.last_heard_at >= @from
      OR EXISTS (
        SELECT FROM station_sighting AS s
        WHERE s.tenant_id = t.tenant_id
          AND s.station = t.station
          AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval))
    AND (@bssid = '' OR EXISTS (
      SELECT FROM association a
      WHERE a.tenant_id = t.tenant_id
        AND a.bssid = nullif(@bssid, '')::macaddr
        AND a.station = t.station
        AND a.last_heard_at >= @from::timestamptz - @registry_lag::interval
        AND a.first_heard_at < @to))
)`

const stationHeardAtSQL = `
WITH heard AS (
  SELECT s.station,
         max(s.last_heard_at) AS last_heard_at
  FROM station_sighting s
  WHERE s.tenant_id = @tenant::uuid
    AND s.tap_id = ANY(@taps::text[]::uuid[])
    AND (@station = '' OR s.station = nullif(@station, '')::macaddr)
    AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND s.first_heard_at < @to
    AND (@bssid = '' OR EXISTS (
      SELECT FROM association a
      WHERE a.tenant_id = s.tenant_id
        AND a.bssid = nullif(@bssid, '')::macaddr
        AND a.station = s.station
        AND a.last_heard_at >= @from::timestamptz - @registry_lag::interval
        AND a.first_heard_at < @to))
  GROUP BY s.station
)`

// The counts are added in Go: most stations of a list have some.
const stationListSQL = `
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
       g.signal_mean_dbm AS signal_mean_d_bm,
       g.taps,
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
FROM (
  SELECT station, last_heard_at
  FROM heard
  ORDER BY last_heard_at DESC, station
  LIMIT @limit) AS h
JOIN station t ON t.tenant_id = @tenant::uuid AND t.station = h.station
JOIN LATERAL (
  SELECT coalesce(array_agg(s.tap_id::text ORDER BY s.signal_mean_dbm DESC NULLS LAST, s.tap_id), '{}') AS taps,
         (array_agg(s.signal_mean_dbm ORDER BY s.signal_mean_dbm DESC NULLS LAST))[1] AS signal_mean_dbm
  FROM station_sighting s
  WHERE s.tenant_id = @tenant::uuid
    AND s.station = h.station
    AND s.tap_id = ANY(@taps::text[]::uuid[])
    AND s.last_heard_at >= @from::timestamptz - @sighting_lag::interval
    AND s.first_heard_at < @to) AS g ON true
ORDER BY greatest(t.last_heard_at, h.last_heard_at) DESC, t.station`

const stationCountSQL = `
SELECT count(*)
FROM heard`

// sums are counts of an address in the time range.
type sums struct {
	FramesSent     int64
	BytesSent      int64
	FramesReceived int64
	BytesReceived  int64
}

// sums returns the counts of addresses, each of the tap that heard most.
func (v *view) sums(ctx context.Context, family rollup.ID, where string, addresses []string, alone bool) (map[string]sums, error) {
	q := v.figures(family, where, addresses, alone)
	q.by, q.values = []string{where}, []string{"frames_sent", "bytes_sent", "frames_received", "bytes_received"}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	most := make(map[string]sums, len(addresses))
	for at, row := range answer { // the values asked for are the family's first
		a := macText(at.key.A)
		s := most[a]
		s.FramesSent, s.BytesSent = max(s.FramesSent, row[0]), max(s.BytesSent, row[1])
		s.FramesReceived, s.BytesReceived = max(s.FramesReceived, row[2]), max(s.BytesReceived, row[3])
		most[a] = s
	}
	return most, nil
}

// Stations returns the stations heard in the time range, last heard first and
// at most limit, and how many there are; where bssid is not empty, only those
// with frames in that BSS.
func (r *Reader) Stations(ctx context.Context, tenant, bssid string, span Span, limit int) (list []Station, total int, names Names, err error) {
	err = r.read(ctx, tenant, span, "stations", func(v *view) error {
		names = v.taps
		if err := v.QueryRow(ctx, v.heardSQL(stationHeardSQL, stationHeardAtSQL)+stationCountSQL, v.stationArgs("", bssid)).Scan(&total); err != nil {
			return err
		}
		list, err = v.stations(ctx, "", bssid, limit)
		return err
	})
	return list, total, names, err
}

func (v *view) stationArgs(station, bssid string) pgx.NamedArgs {
	args := v.bssArgs(bssid)
	args["station"] = station
	return args
}

func (v *view) stations(ctx context.Context, station, bssid string, limit int) ([]Station, error) {
	args := v.stationArgs(station, bssid)
	args["limit"] = limit
	list, err := collect[Station](ctx, v, v.heardSQL(stationHeardSQL, stationHeardAtSQL)+stationListSQL, args)
	if err != nil {
		return nil, err
	}
	at, err := v.sums(ctx, rollup.Station, "station", each(list, func(s Station) string { return s.Station }), station != "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		s := at[list[i].Station]
		list[i].FramesSent, list[i].BytesSent = s.FramesSent, s.BytesSent
		list[i].FramesReceived, list[i].BytesReceived = s.FramesReceived, s.BytesReceived
	}
	return list, nil
}
