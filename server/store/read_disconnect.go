package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
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

const disconnectsSQL = `
SELECT w.window_start + make_interval(secs => coalesce(e.first_ms, 0) / 1000.0) AS at,
       w.tap_id::text AS tap,
       e.bssid::text AS bssid,
       e.transmitter::text AS transmitter,
       e.receiver::text AS receiver,
       coalesce(e.reason, 0) AS reason,
       coalesce(e.disassociation, false) AS disassociation,
       coalesce(e.protected, false) AS protected,
       coalesce(e.frames, 0)::bigint AS frames,
       (e.signal_sum_dbm::float8 / nullif(e.signal_count, 0)) AS signal_d_bm
FROM disconnect_window w
CROSS JOIN LATERAL unnest(w.transmitter, w.receiver, w.bssid, w.reason, w.disassociation, w.protected, w.frames,
  w.signal_count, w.signal_sum_dbm, w.first_ms)
  AS e (transmitter, receiver, bssid, reason, disassociation, protected, frames, signal_count, signal_sum_dbm, first_ms)
WHERE w.tenant_id = @tenant::uuid
  AND w.tap_id = ANY(@taps::text[]::uuid[])
  AND w.window_start >= @from
  AND w.window_start < @to
  AND @address::macaddr IN (e.transmitter, e.receiver, e.bssid)
ORDER BY 1 DESC, 2, 4, 5, 6
LIMIT @limit`

// disconnects returns those in which an address takes part, newest first.
func (v *view) disconnects(ctx context.Context, address string) ([]Disconnect, error) {
	return collect[Disconnect](ctx, v, disconnectsSQL, v.eventArgs(address))
}

// eventArgs are those of a query over observations that have no rollup.
func (v *view) eventArgs(address string) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": v.ids, "address": address,
		"from": v.span.rawFrom(), "to": v.span.To, "limit": maxEvents,
	}
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
SELECT w.window_start + make_interval(secs => coalesce(e.first_ms, 0) / 1000.0) AS at,
       w.tap_id::text AS tap,
       e.bssid::text AS bssid,
       e.station::text AS station,
       coalesce(e.auth_requests, 0) AS auth_requests,
       coalesce(e.auth_successes, 0) AS auth_successes,
       coalesce(e.auth_failures, 0) AS auth_failures,
       coalesce(e.assoc_requests, 0) AS assoc_requests,
       coalesce(e.assoc_successes, 0) AS assoc_successes,
       coalesce(e.assoc_failures, 0) AS assoc_failures,
       coalesce(e.m1, 0) AS m1,
       coalesce(e.m2, 0) AS m2,
       coalesce(e.m3, 0) AS m3,
       coalesce(e.m4, 0) AS m4,
       coalesce(e.pmkids, 0) AS pmkids
FROM handshake_window w
CROSS JOIN LATERAL unnest(w.bssid, w.station, w.auth_requests, w.auth_successes, w.auth_failures,
  w.assoc_requests, w.assoc_successes, w.assoc_failures, w.m1, w.m2, w.m3, w.m4, w.pmkids, w.first_ms)
  AS e (bssid, station, auth_requests, auth_successes, auth_failures,
    assoc_requests, assoc_successes, assoc_failures, m1, m2, m3, m4, pmkids, first_ms)
WHERE w.tenant_id = @tenant::uuid
  AND w.tap_id = ANY(@taps::text[]::uuid[])
  AND w.window_start >= @from
  AND w.window_start < @to
  AND e.bssid = @address::macaddr
ORDER BY 1 DESC, 2, 4
LIMIT @limit`

func (v *view) handshakes(ctx context.Context, bssid string) ([]Handshake, error) {
	return collect[Handshake](ctx, v, handshakesSQL, v.eventArgs(bssid))
}
