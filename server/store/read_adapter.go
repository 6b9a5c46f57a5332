package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Adapter is a radio of a tap, as the tap told last.
type Adapter struct {
	Tap            string
	Name           string  // of the wiphy
	MAC            *string `db:"mac"`
	Driver         string
	Device         string
	State          AdapterState
	PreviousState  *AdapterState // before Since; nil: none known
	Since          time.Time
	Text           string
	Capture        string // name of its capture, the last where it has none now
	FrequenciesMHz []int32
}

// One that is gone and whose address is there under another name was plugged in
// again.
const adaptersSQL = `
SELECT a.tap_id::text AS tap,
       a.name,
       a.mac::text AS mac,
       a.driver,
       a.device,
       a.state,
       a.previous_state,
       a.since,
       a.text,
       a.capture,
       a.frequencies_mhz AS frequencies_m_hz
FROM tap_adapter a
WHERE a.tenant_id = @tenant::uuid
  AND a.tap_id = ANY(@taps::text[]::uuid[])
  AND (a.state <> @gone
    OR a.since > now() - @forget::interval
      AND NOT EXISTS (
        SELECT
        FROM tap_adapter o
        WHERE o.tenant_id = a.tenant_id
          AND o.tap_id = a.tap_id
          AND o.mac = a.mac
          AND o.state <> @gone))
ORDER BY a.tap_id, a.name`

// adapters returns the radios of taps by tap, in the order of their names: phy2
// before phy10.
func (v *view) adapters(ctx context.Context, taps []string) (map[string][]Adapter, error) {
	rows, err := collect[Adapter](ctx, v, adaptersSQL, pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": taps, "gone": int16(AdapterGone), "forget": forgetAdapters,
	})
	if err != nil {
		return nil, err
	}
	of := make(map[string][]Adapter, len(taps))
	for _, a := range rows {
		of[a.Tap] = append(of[a.Tap], a)
	}
	for _, list := range of {
		slices.SortStableFunc(list, func(a, b Adapter) int { return len(a.Name) - len(b.Name) })
	}
	return of, nil
}
