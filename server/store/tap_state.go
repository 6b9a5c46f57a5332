package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// tapState is what the database knows of a tap's reports so far.
type tapState struct {
	boot           uuid.UUID
	sequence       int64
	windowEnd      time.Time // zero: no report yet
	reportsDropped int64

	desiredRevision int64 // of what the centre wants of it
	keyNumber       int   // oldest of its keys that is taken

	new newCount // what it added to registries in this hour
}

// Locks are taken in the order of the key, so that two nodes never wait for each
// other. NO KEY lets foreign keys refer to a tap meanwhile.
const lockTapsSQL = `
SELECT tenant_id, id, COALESCE(last_boot_id, '00000000-0000-0000-0000-000000000000'), COALESCE(last_sequence, 0),
  last_window_end, reports_dropped, desired_revision, key_number, COALESCE(new_hour = date_trunc('hour', now()), false),
  new_bsss, new_stations, new_hosts
FROM tap
WHERE (tenant_id, id) IN (SELECT * FROM unnest(@tenants::uuid[], @taps::uuid[]))
  AND revoked_at IS NULL
ORDER BY tenant_id, id
FOR NO KEY UPDATE`

// lockTaps locks the taps of in and returns those that are not revoked.
func lockTaps(ctx context.Context, tx pgx.Tx, in []Incoming) (map[tapKey]tapState, error) {
	keys := make(map[tapKey]bool)
	for i := range in {
		keys[in[i].tapKey()] = true
	}
	var tenants, taps uuids
	for _, k := range slices.SortedFunc(maps.Keys(keys), tapKey.compare) {
		tenants, taps = append(tenants, k.tenant), append(taps, k.tap)
	}
	rows, err := tx.Query(ctx, lockTapsSQL, pgx.StrictNamedArgs{"tenants": tenants, "taps": taps})
	if err != nil {
		return nil, fmt.Errorf("lock taps: %w", err)
	}
	states := make(map[tapKey]tapState, len(keys))
	var k tapKey
	var st tapState
	var end *time.Time
	var sameHour bool
	_, err = pgx.ForEachRow(rows, []any{&k.tenant, &k.tap, &st.boot, &st.sequence, &end, &st.reportsDropped, &st.desiredRevision, &st.keyNumber,
		&sameHour, &st.new[ofBSS], &st.new[ofStation], &st.new[ofHost]}, func() error {
		if !sameHour {
			st.new = newCount{}
		}
		st.windowEnd = time.Time{}
		if end != nil {
			st.windowEnd = *end
		}
		states[k] = st
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lock taps: %w", err)
	}
	return states, nil
}

// A tap's row is updated once a transaction: at a second time PostgreSQL would look
// for its site, and wait for whoever changes that while they wait for us
// (RI_FKey_fk_upd_check_required in ri_triggers.c).
const updateTapsSQL = `
UPDATE tap
SET version = u.version,
  demonstration = u.demonstration,
  first_report_at = COALESCE(first_report_at, now()),
  last_report_at = now(),
  last_boot_id = u.boot_id,
  last_sequence = u.sequence,
  last_window_start = u.window_start,
  last_window_end = u.window_end,
  reports_dropped = u.reports_dropped,
  followed_revision = NULLIF(u.followed, 0),
  new_hour = date_trunc('hour', now()),
  new_bsss = u.bsss,
  new_stations = u.stations,
  new_hosts = u.hosts
FROM unnest(@tenants::uuid[], @taps::uuid[], @versions::text[], @demonstrations::boolean[], @boots::uuid[],
  @sequences::bigint[], @starts::timestamptz[], @ends::timestamptz[], @dropped::bigint[], @followed::bigint[],
  @bsss::integer[], @stations::integer[], @hosts::integer[])
  AS u (tenant_id, tap_id, version, demonstration, boot_id, sequence, window_start, window_end, reports_dropped, followed,
    bsss, stations, hosts)
WHERE tap.tenant_id = u.tenant_id
  AND tap.id = u.tap_id`

// A tap that sends what it kept while a newer report is stored already: only the
// time of arrival moves.
const touchTapsSQL = `
UPDATE tap
SET first_report_at = COALESCE(first_report_at, now()),
  last_report_at = now(),
  new_hour = date_trunc('hour', now()),
  new_bsss = u.bsss,
  new_stations = u.stations,
  new_hosts = u.hosts
FROM unnest(@tenants::uuid[], @taps::uuid[], @bsss::integer[], @stations::integer[], @hosts::integer[])
  AS u (tenant_id, tap_id, bsss, stations, hosts)
WHERE tap.tenant_id = u.tenant_id
  AND tap.id = u.tap_id`

const addGapsSQL = `
INSERT INTO tap_gap (tenant_id, tap_id, gap_start, gap_end, reason)
SELECT *
FROM unnest(@tenants::uuid[], @taps::uuid[], @starts::timestamptz[], @ends::timestamptz[], @reasons::text[])
ON CONFLICT DO NOTHING`

// minGap is the distance of two windows that counts as a gap: a tap's clock is
// set now and then.
const minGap = 2 * time.Second

// queueTaps notes the taps' newest reports, their boots, gaps and ten minutes.
// fresh is in the order of taps and windows.
func queueTaps(batch *pgx.Batch, fresh []*Incoming, states map[tapKey]tapState, added map[tapKey]newCount) {
	var newest tapColumns
	var touched, gaps tapColumns
	for rest := fresh; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].tapKey() == rest[0].tapKey() {
			n++
		}
		of, state := rest[:n], states[rest[0].tapKey()]
		rest = rest[n:]
		var lead *Incoming // the newest, if none stored before is newer
		for _, in := range of {
			if reason := state.gapBefore(in); reason != "" {
				gaps.addGap(in, state.windowEnd, reason)
			}
			if in.windowEnd().After(state.windowEnd) {
				state, lead = stateAfter(in), in
			}
		}
		count := added[of[0].tapKey()]
		if lead != nil {
			newest.add(lead)
			newest.addNew(count)
		} else {
			touched.add(of[0])
			touched.addNew(count)
		}
	}
	if len(newest.taps) > 0 {
		batch.Queue(updateTapsSQL, pgx.StrictNamedArgs{
			"tenants": newest.tenants, "taps": newest.taps, "versions": flat(newest.versions),
			"demonstrations": flat(newest.demonstrations), "boots": newest.boots, "sequences": flat(newest.sequences),
			"starts": flat(newest.starts), "ends": flat(newest.ends), "dropped": flat(newest.dropped), "followed": flat(newest.followed),
			"bsss": flat(newest.added[ofBSS]), "stations": flat(newest.added[ofStation]), "hosts": flat(newest.added[ofHost]),
		})
	}
	if len(touched.taps) > 0 {
		batch.Queue(touchTapsSQL, pgx.StrictNamedArgs{
			"tenants": touched.tenants, "taps": touched.taps,
			"bsss": flat(touched.added[ofBSS]), "stations": flat(touched.added[ofStation]), "hosts": flat(touched.added[ofHost]),
		})
	}
	if len(gaps.taps) > 0 {
		batch.Queue(addGapsSQL, pgx.StrictNamedArgs{
			"tenants": gaps.tenants, "taps": gaps.taps, "starts": gaps.starts, "ends": gaps.ends, "reasons": gaps.reasons,
		})
	}
	queueBoots(batch, fresh)
	queueTenMinutes(batch, fresh)
}

func stateAfter(in *Incoming) tapState {
	h := in.Report.GetHeader()
	return tapState{
		boot: in.bootID(), sequence: int64(h.GetSequence()), windowEnd: in.windowEnd(), reportsDropped: clamp(h.GetReportsDropped()),
	}
}

// gapBefore says why nothing covers the time between the tap's last window and
// in's, or "" where there is no such time.
func (st tapState) gapBefore(in *Incoming) string {
	h := in.Report.GetHeader()
	switch {
	case st.windowEnd.IsZero() || in.windowStart().Sub(st.windowEnd) < minGap:
		return ""
	case st.boot != in.bootID():
		return "restarted"
	case clamp(h.GetReportsDropped()) > st.reportsDropped || int64(h.GetSequence()) > st.sequence+1:
		return "dropped"
	default:
		return "silent"
	}
}

// tapColumns are the arguments of the statements above, a tap an element.
type tapColumns struct {
	tenants, taps, boots uuids
	versions, reasons    []string
	demonstrations       []bool
	sequences, dropped   []int64
	followed             []int64 // revisions of desired state
	starts, ends         []time.Time
	added                [entities][]int32 // to registries, in this hour
}

func (c *tapColumns) addNew(count newCount) {
	for e, n := range count {
		c.added[e] = append(c.added[e], int32(n))
	}
}

func (c *tapColumns) add(in *Incoming) {
	h := in.Report.GetHeader()
	c.tenants, c.taps = append(c.tenants, in.TenantID), append(c.taps, in.TapID)
	c.versions = append(c.versions, plain(h.GetSoftwareVersion()))
	c.demonstrations = append(c.demonstrations, h.GetDemonstration())
	c.boots = append(c.boots, in.bootID())
	c.sequences = append(c.sequences, int64(h.GetSequence()))
	c.starts, c.ends = append(c.starts, in.windowStart()), append(c.ends, in.windowEnd())
	c.dropped = append(c.dropped, clamp(h.GetReportsDropped()))
	c.followed = append(c.followed, clamp(h.GetDesiredRevision()))
}

func (c *tapColumns) addGap(in *Incoming, from time.Time, reason string) {
	c.tenants, c.taps = append(c.tenants, in.TenantID), append(c.taps, in.TapID)
	c.starts, c.ends = append(c.starts, from), append(c.ends, in.windowStart())
	c.reasons = append(c.reasons, reason)
}
