package store

import (
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/shared/wire/wirepb"
)

// AdapterState is the state of a radio, as reports and the database number it.
type AdapterState int16

const (
	AdapterUnknown   AdapterState = iota // one that this release does not know
	AdapterListening                     // it listens
	AdapterUnused                        // it cannot or must not be used
	AdapterFailed                        // it should listen and does not
	AdapterGone                          // it is not there any more
)

// How long and how many radios that are gone are remembered of a tap. What a tap
// names is bounded that way, whatever it says.
const (
	forgetAdapters  = 7 * 24 * time.Hour
	maxGoneAdapters = 32
)

// A tap lists all its radios each time. What it lists no longer is gone, and is
// forgotten after a while, or at once where its address is back under another
// name. A list that is older than what is known changes nothing: told has no row
// for it. The three changes touch different rows, so that it does not matter that
// none sees what another did.
const addRadiosSQL = `
WITH told AS (
  INSERT INTO tap_radio AS r (tenant_id, tap_id, country, told_at)
  SELECT *
  FROM unnest(@tenants::uuid[], @taps::uuid[], @countries::text[], @times::timestamptz[])
  ON CONFLICT (tenant_id, tap_id) DO UPDATE
  SET country = EXCLUDED.country,
    told_at = EXCLUDED.told_at
  WHERE EXCLUDED.told_at > r.told_at
  RETURNING tenant_id, tap_id, told_at
), listed AS (
  SELECT u.*, t.told_at
  FROM unnest(@of_tenants::uuid[], @of_taps::uuid[], @names::text[], @macs::macaddr[], @drivers::text[], @devices::text[],
    @states::smallint[], @texts::text[], @captures::text[], @froms::integer[], @counts::integer[])
    AS u (tenant_id, tap_id, name, mac, driver, device, state, text, capture, frequency_from, frequency_count)
  JOIN told AS t USING (tenant_id, tap_id)
), gone AS (
  UPDATE tap_adapter AS a
  SET state = @gone,
    previous_state = a.state,
    since = t.told_at,
    text = 'The tap lists it no longer.'
  FROM told AS t
  WHERE a.tenant_id = t.tenant_id
    AND a.tap_id = t.tap_id
    AND a.state <> @gone
    AND NOT EXISTS (
      SELECT
      FROM listed AS l
      WHERE l.tenant_id = a.tenant_id
        AND l.tap_id = a.tap_id
        AND l.name = a.name)
), forgotten AS (
  DELETE FROM tap_adapter AS a
  USING told AS t
  WHERE a.tenant_id = t.tenant_id
    AND a.tap_id = t.tap_id
    AND a.state = @gone
    AND NOT EXISTS (
      SELECT
      FROM listed AS l
      WHERE l.tenant_id = a.tenant_id
        AND l.tap_id = a.tap_id
        AND l.name = a.name)
    AND (a.since < t.told_at - @forget::interval
      OR EXISTS (
        SELECT
        FROM listed AS l
        WHERE l.tenant_id = a.tenant_id
          AND l.tap_id = a.tap_id
          AND l.mac = a.mac
          AND l.state <> @gone)
      OR a.name IN (
        SELECT o.name
        FROM tap_adapter AS o
        WHERE o.tenant_id = a.tenant_id
          AND o.tap_id = a.tap_id
          AND o.state = @gone
        ORDER BY o.since DESC, o.name
        OFFSET @most))
)
INSERT INTO tap_adapter AS a (tenant_id, tap_id, name, mac, driver, device, state, since, text, capture, frequencies_mhz)
SELECT tenant_id, tap_id, name, mac, driver, device, state, told_at, text, capture,
  COALESCE((@frequencies::integer[])[frequency_from + 1:frequency_from + frequency_count], '{}')
FROM listed
ORDER BY tenant_id, tap_id, name
ON CONFLICT (tenant_id, tap_id, name) DO UPDATE
SET mac = EXCLUDED.mac,
  driver = EXCLUDED.driver,
  device = EXCLUDED.device,
  state = EXCLUDED.state,
  previous_state = CASE
    WHEN (EXCLUDED.mac, EXCLUDED.device) IS DISTINCT FROM (a.mac, a.device) THEN NULL
    WHEN EXCLUDED.state = a.state THEN a.previous_state
    ELSE a.state
  END,
  since = CASE
    WHEN (EXCLUDED.mac, EXCLUDED.device, EXCLUDED.state) IS DISTINCT FROM (a.mac, a.device, a.state) THEN EXCLUDED.since
    ELSE a.since
  END,
  text = EXCLUDED.text,
  capture = CASE
    WHEN EXCLUDED.capture = '' AND (EXCLUDED.mac, EXCLUDED.device) IS NOT DISTINCT FROM (a.mac, a.device) THEN a.capture
    ELSE EXCLUDED.capture
  END,
  frequencies_mhz = EXCLUDED.frequencies_mhz`

// queueRadios brings the taps' radios up to date. fresh is in the order of taps and
// windows; the newest list of a tap is what counts.
func queueRadios(batch *pgx.Batch, fresh []*Incoming) {
	var c radioColumns
	for i, in := range fresh {
		if in.Report.GetHealth().GetRadio() == nil {
			continue
		}
		newest := true
		for _, later := range fresh[i+1:] {
			if later.tapKey() != in.tapKey() {
				break
			}
			newest = newest && later.Report.GetHealth().GetRadio() == nil
		}
		if newest {
			c.add(in)
		}
	}
	if len(c.taps) == 0 {
		return
	}
	batch.Queue(addRadiosSQL, pgx.StrictNamedArgs{
		"tenants": c.tenants, "taps": c.taps, "countries": c.countries, "times": c.times,
		"of_tenants": c.ofTenants, "of_taps": c.ofTaps, "names": c.names, "macs": c.macs, "drivers": c.drivers,
		"devices": c.devices, "states": c.states, "texts": c.texts, "captures": c.captures,
		"froms": c.froms, "counts": c.counts, "frequencies": c.frequencies,
		"gone": int16(AdapterGone), "forget": forgetAdapters, "most": maxGoneAdapters,
	})
}

// radioColumns are the arguments of addRadiosSQL: a tap an element, then a radio an
// element. Arrays of PostgreSQL are rectangular, so the frequencies of all radios
// are one array, of which each has its part.
type radioColumns struct {
	tenants, taps uuids
	countries     []*string
	times         []time.Time

	ofTenants, ofTaps          uuids
	names, drivers, devices    []string
	macs                       []net.HardwareAddr
	states                     []int16
	texts, captures            []string
	froms, counts, frequencies []int32
}

func (c *radioColumns) add(in *Incoming) {
	radio := in.Report.GetHealth().GetRadio()
	c.tenants, c.taps = append(c.tenants, in.TenantID), append(c.taps, in.TapID)
	c.countries, c.times = append(c.countries, domain(radio.GetCountry())), append(c.times, in.windowStart())
	named := make(map[string]bool)
	for _, a := range radio.GetAdapters() {
		name := plain(a.GetName())
		if name == "" || named[name] {
			continue // one that cannot be told from others
		}
		named[name] = true
		c.ofTenants, c.ofTaps = append(c.ofTenants, in.TenantID), append(c.ofTaps, in.TapID)
		c.names, c.macs = append(c.names, name), append(c.macs, nil)
		if len(a.GetMac()) == 6 {
			c.macs[len(c.macs)-1] = a.GetMac()
		}
		c.drivers, c.devices = append(c.drivers, plain(a.GetDriver())), append(c.devices, plain(a.GetDevice()))
		c.states = append(c.states, int16(adapterState(a.GetState())))
		c.texts, c.captures = append(c.texts, plain(a.GetText())), append(c.captures, plain(a.GetCapture()))
		c.froms, c.counts = append(c.froms, int32(len(c.frequencies))), append(c.counts, int32(len(a.GetFrequenciesMhz())))
		for _, f := range a.GetFrequenciesMhz() {
			c.frequencies = append(c.frequencies, int32(f))
		}
	}
}

func adapterState(s wirepb.Adapter_State) AdapterState {
	switch s {
	case wirepb.Adapter_STATE_LISTENING:
		return AdapterListening
	case wirepb.Adapter_STATE_UNUSED:
		return AdapterUnused
	case wirepb.Adapter_STATE_FAILED:
		return AdapterFailed
	case wirepb.Adapter_STATE_GONE:
		return AdapterGone
	default:
		return AdapterUnknown
	}
}

// domain returns a regulatory domain that is one: two letters or digits.
func domain(s string) *string {
	if len(s) != 2 {
		return nil
	}
	for i := range 2 {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return nil
		}
	}
	return &s
}
