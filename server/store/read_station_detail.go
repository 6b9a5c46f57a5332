package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
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

const associationsSQL = `
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
       0::bigint AS frames
FROM association a
WHERE a.tenant_id = @tenant::uuid
  AND a.station = @station::macaddr
  AND a.last_heard_at >= @from::timestamptz - @registry_lag::interval
  AND a.first_heard_at < @to
ORDER BY a.last_heard_at DESC, a.bssid
LIMIT 200`

// associations returns the BSSs of a station, with the frames of the tap that heard
// most of each.
func (v *view) associations(ctx context.Context, station string) ([]StationBSS, error) {
	list, err := collect[StationBSS](ctx, v, associationsSQL, v.stationSpan(station))
	if err != nil {
		return nil, err
	}
	q := v.figures(rollup.Station, "station", []string{station}, true)
	q.by, q.values = []string{"bssid"}, []string{"frames_sent", "frames_received"}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	f := rollup.Families()[rollup.Station]
	most := make(map[string]int64)
	for at, row := range answer {
		bssid := macText(at.key.B)
		most[bssid] = max(most[bssid], row[f.Value("frames_sent")]+row[f.Value("frames_received")])
	}
	for i := range list {
		list[i].Frames = most[list[i].BSSID]
	}
	return list, nil
}

const probesSQL = `
SELECT p.ssid,
       0::bigint AS requests,
       p.last_heard_at
FROM probe p
WHERE p.tenant_id = @tenant::uuid
  AND p.station = @station::macaddr
  AND p.last_heard_at >= @from::timestamptz - @registry_lag::interval
  AND p.first_heard_at < @to
ORDER BY p.last_heard_at DESC, p.ssid
LIMIT 200`

// asked returns what a station asked for, with the requests of the tap that heard
// most of each.
func (v *view) asked(ctx context.Context, station string) ([]StationProbe, error) {
	list, err := collect[StationProbe](ctx, v, probesSQL, v.stationSpan(station))
	if err != nil {
		return nil, err
	}
	q := v.figures(rollup.Probe, "station", []string{station}, true)
	q.by, q.values = []string{"ssid"}, []string{"requests"}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	most := make(map[string]int64)
	for at, row := range answer {
		most[at.key.Text] = max(most[at.key.Text], row[0])
	}
	for i := range list {
		list[i].Requests = most[string(list[i].SSID)]
	}
	return list, nil
}

func (v *view) stationSpan(station string) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenant": v.tenant, "station": station, "from": v.span.From, "to": v.span.To, "registry_lag": registryLag,
	}
}

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
		if d.Associations, err = v.associations(ctx, station); err != nil {
			return err
		}
		if d.Asked, err = v.asked(ctx, station); err != nil {
			return err
		}
		d.Disconnects, err = v.disconnects(ctx, station)
		return err
	})
	return d, names, err
}
