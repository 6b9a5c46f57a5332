package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/pack"
	"picket/server/store/rollup"
)

// maxEvents bounds lists of disconnections and handshakes.
const maxEvents = 200

// Disconnect is a burst of equal deauthentication or disassociation frames.
type Disconnect struct {
	At             time.Time
	Tap            string
	BSSID          string
	Transmitter    string
	Receiver       string
	Reason         int // plus 1; 0: not readable
	Disassociation bool
	Protected      bool
	Frames         int64
	SignalDBm      *float64
}

// In ten minutes that are rolled up, equal frames are one burst.
const disconnectsSQL = `
SELECT d.first_at AS at,
       d.tap_id::text AS tap,
       d.bssid::text AS bssid,
       d.transmitter::text AS transmitter,
       d.receiver::text AS receiver,
       d.reason,
       d.disassociation,
       d.protected,
       d.frames,
       (d.signal_sum_dbm::float8 / nullif(d.signal_count, 0)) AS signal_d_bm
FROM disconnect_10m AS d
JOIN tap_10m AS b
  ON b.tenant_id = d.tenant_id
 AND b.tap_id = d.tap_id
 AND b.bucket = d.bucket
 AND b.dirty_since IS NULL
WHERE d.tenant_id = @tenant::uuid
  AND d.tap_id = ANY(@taps::text[]::uuid[])
  AND (d.bssid = @address::macaddr OR d.transmitter = @address::macaddr OR d.receiver = @address::macaddr)
  AND d.bucket > @from::timestamptz - interval '10 minutes'
  AND d.bucket < @to
  AND d.first_at >= @from
  AND d.first_at < @to
ORDER BY d.first_at DESC, d.tap_id, d.transmitter, d.receiver, d.reason
LIMIT @limit`

// disconnects returns those in which an address takes part, newest first.
func (v *view) disconnects(ctx context.Context, address string) ([]Disconnect, error) {
	return events(ctx, v, address, disconnectsSQL, rollup.Disconnect, func(w heardWindow, key rollup.Key, row *rollup.Row) (Disconnect, bool) {
		d := Disconnect{
			At: time.UnixMicro(row[3]).UTC(), Tap: w.tap.String(), BSSID: macText(key.C), Transmitter: macText(key.A), Receiver: macText(key.B),
			Reason: int(key.Reason), Disassociation: key.Disassociation, Protected: key.Protected, Frames: row[0],
		}
		if row[1] > 0 {
			mean := float64(row[2]) / float64(row[1])
			d.SignalDBm = &mean
		}
		return d, address == d.BSSID || address == d.Transmitter || address == d.Receiver
	}, func(d Disconnect) time.Time { return d.At })
}

// events returns what happened to an address, newest first: from the rollups by
// sql, and from the windows that are not rolled up, as far as a page may open them.
func events[T any](ctx context.Context, v *view, address, sql string, family rollup.ID,
	from func(heardWindow, rollup.Key, *rollup.Row) (T, bool), at func(T) time.Time,
) ([]T, error) {
	pieces := []piece{{"10m", v.span.From, v.span.To}, {"", v.span.From, v.span.To}}
	raw, err := v.opens(ctx, detailReading, v.span.From, v.span.To, v.ids)
	if err != nil {
		return nil, err
	}
	if raw {
		pieces = []piece{{"raw", v.span.From, v.span.To}}
	}
	var list []T
	families := rollup.Families()
	for _, p := range pieces {
		if p.level == "10m" {
			rows, err := collect[T](ctx, v, sql, pgx.StrictNamedArgs{
				"tenant": v.tenant, "taps": v.ids, "address": address, "from": p.from, "to": p.to, "limit": maxEvents,
			})
			if err != nil {
				return nil, err
			}
			list = append(list, rows...)
			continue
		}
		if p.level == "" && v.span.To.Sub(v.span.From) > longRange {
			continue
		}
		err := v.eachWindow(ctx, pack.Air, v.ids, p, detailReading, func(w heardWindow) {
			var b rollup.Builder
			b.AddAir(families, rollup.Window{Start: w.start, Length: w.length}, nil, w.report)
			keys, rows := b.Rows(family)
			for i := range keys {
				if e, ok := from(w, keys[i], rows[i]); ok {
					list = append(list, e)
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b T) int { return at(b).Compare(at(a)) })
	return list[:min(len(list), maxEvents)], nil
}

// Handshake is what a station and a BSS exchanged to connect, in one window.
type Handshake struct {
	At             time.Time
	Tap            string
	BSSID          string
	Station        string
	AuthRequests   int
	AuthSuccesses  int
	AuthFailures   int
	AssocRequests  int
	AssocSuccesses int
	AssocFailures  int
	M1, M2, M3, M4 int
	PMKIDs         int `db:"pmkids"`
}

const handshakesSQL = `
SELECT h.first_at AS at,
       h.tap_id::text AS tap,
       h.bssid::text AS bssid,
       h.station::text AS station,
       h.auth_requests,
       h.auth_successes,
       h.auth_failures,
       h.assoc_requests,
       h.assoc_successes,
       h.assoc_failures,
       h.m1,
       h.m2,
       h.m3,
       h.m4,
       h.pmkids
FROM handshake_10m AS h
JOIN tap_10m AS b
  ON b.tenant_id = h.tenant_id
 AND b.tap_id = h.tap_id
 AND b.bucket = h.bucket
 AND b.dirty_since IS NULL
WHERE h.tenant_id = @tenant::uuid
  AND h.tap_id = ANY(@taps::text[]::uuid[])
  AND h.bssid = @address::macaddr
  AND h.bucket > @from::timestamptz - interval '10 minutes'
  AND h.bucket < @to
  AND h.first_at >= @from
  AND h.first_at < @to
ORDER BY h.first_at DESC, h.tap_id, h.station
LIMIT @limit`

func (v *view) handshakes(ctx context.Context, bssid string) ([]Handshake, error) {
	return events(ctx, v, bssid, handshakesSQL, rollup.Handshake,
		func(w heardWindow, key rollup.Key, row *rollup.Row) (Handshake, bool) {
			n := func(i int) int { return int(row[i]) }
			h := Handshake{
				At: time.UnixMicro(row[11]).UTC(), Tap: w.tap.String(), BSSID: macText(key.A), Station: macText(key.B),
				AuthRequests: n(0), AuthSuccesses: n(1), AuthFailures: n(2), AssocRequests: n(3), AssocSuccesses: n(4), AssocFailures: n(5),
				M1: n(6), M2: n(7), M3: n(8), M4: n(9), PMKIDs: n(10),
			}
			return h, h.BSSID == bssid
		}, func(h Handshake) time.Time { return h.At })
}
