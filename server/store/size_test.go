package store_test

import (
	"fmt"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

// An office is what one tap hears from window to window: the same networks and
// stations with the same names, makers, channels and fingerprints; counts, octets,
// powers and their histograms, load and times anew in each window; time stamps that
// run on.
type office struct {
	base     *wirepb.Report
	bsss     int
	stations int
	seed     uint64
}

func newOffice(bsss, stations int, seed uint64) *office {
	o := &office{bsss: bsss, stations: stations, seed: seed}
	o.base = wiretest.Office{BSSs: bsss, Stations: stations, Seed: seed, First: true}.Report()
	return o
}

func (o *office) window(t testing.TB, n int, start time.Time) *wirepb.Report {
	t.Helper()
	r := wiretest.Office{BSSs: o.bsss, Stations: o.stations, Seed: o.seed<<20 + uint64(n) + 1, Sequence: uint64(n + 1), StartUS: start.UnixMicro()}.Report()
	r.Header.BootId, r.Dictionary = o.base.Header.BootId, o.base.Dictionary
	if n == 0 {
		r.Definitions = o.base.Definitions
	}
	if b, k := r.Bss, o.base.Bss; b != nil {
		b.Bssid, b.Ssid, b.FrequencyMhz, b.AnnouncedMhz, b.Security = k.Bssid, k.Ssid, k.FrequencyMhz, k.AnnouncedMhz, k.Security
		b.Features, b.WidthMhz, b.BeaconIntervalTu, b.Country = k.Features, k.WidthMhz, k.BeaconIntervalTu, k.Country
		b.BeaconFingerprint, b.ResponseFingerprint = k.BeaconFingerprint, k.ResponseFingerprint
		for i, tsf := range k.TsfUs {
			b.TsfUs[i] = tsf + uint64(n)*10_000_000 + b.TsfUs[i]%40 // clocks of crystals
		}
	}
	if s, k := r.Stations, o.base.Stations; s != nil {
		s.Station, s.Bssid, s.FrequencyMhz = k.Station, k.Bssid, k.FrequencyMhz
		s.ProbeFingerprint, s.AssociationFingerprint = k.ProbeFingerprint, k.AssociationFingerprint
	}
	if err := wire.Validate(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// rawSizeSQL is what the packed air takes, its indexes and TOAST included.
const rawSizeSQL = `
SELECT COALESCE(sum(pg_total_relation_size(c.oid)), 0)::bigint
FROM pg_class AS c
WHERE c.relnamespace = 'picket'::regnamespace
  AND c.relkind = 'r'
  AND c.relname ~ '^air_raw_'`

// What is stored of a BSS in a window, its histogram, fingerprints and time stamp
// included, takes at most 40 octets; what its stations take is told.
func TestABSSWindowTakesAtMostFortyOctets(t *testing.T) {
	const bsss, stations, taps, windows = 60, 90, 8, 60
	size := func(stations int, air func(*wirepb.Report)) float64 {
		db := testdb.New(t)
		s := db.Store(t)
		begin := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour)
		conn := db.Conn(t, store.RoleOwner)
		if err := s.EnsurePartitions(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := scan[int64](t, conn, rawSizeSQL)
		var ids []store.TapIdentity
		var offices []*office
		for i := range taps {
			ids = append(ids, db.Tap(t, s, fmt.Sprintf("tap %d", i)))
			offices = append(offices, newOffice(bsss, stations, uint64(i+1)))
		}
		for n := range windows {
			var in []store.Incoming
			for i, o := range offices {
				r := o.window(t, n, begin.Add(time.Duration(n)*10*time.Second))
				air(r)
				in = append(in, store.Incoming{TenantID: ids[i].TenantID, TapID: ids[i].TapID, Report: r})
			}
			if _, err := s.AddReports(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		return float64(scan[int64](t, conn, rawSizeSQL)-before) / (taps * windows)
	}
	alone := size(0, func(r *wirepb.Report) { r.Channels = nil })
	with := size(stations, func(r *wirepb.Report) { r.Channels, r.Probes, r.Disconnects, r.Handshakes = nil, nil, nil, nil })
	all := size(stations, func(*wirepb.Report) {})
	t.Logf("a report of %d BSSs takes %.0f octets, %.1f a BSS-window; with %d stations %.0f, %.1f a station-window; with channels, probes, disconnects and handshakes %.0f",
		bsss, alone, alone/bsss, stations, with, (with-alone)/float64(stations), all)
	if got := alone / bsss; got > 40 {
		t.Errorf("%.1f octets a BSS-window, at most 40", got)
	}
	if got := (with - alone) / stations; got > 40 {
		t.Errorf("%.1f octets a station-window, at most 40", got)
	}
	if got := with / (bsss + stations); got > 40 {
		t.Errorf("%.1f octets a row of both, at most 40", got)
	}
}
