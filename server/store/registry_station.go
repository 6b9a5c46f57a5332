package store

import (
	"strings"

	"picket/shared/wire/wirepb"
)

// stationRows are the stations; where and with what it is associated comes from
// the rows that have a BSSID.
func stationRows(m *merge) *registry {
	state := []string{"bssid_heard_at", "probe_fingerprint", "bssid", "frequency_mhz", "association_fingerprint"}
	r := newRegistry("station", registryEvery, `
INSERT INTO station AS b (tenant_id, station, `+strings.Join(state, ", ")+`, demonstration, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, station) DO UPDATE
SET `+spanSQL+`,
  demonstration = b.demonstration AND EXCLUDED.demonstration,
  `+newestSQL(state...)+`
WHERE `+staleSQL+`
  OR b.demonstration AND NOT EXCLUDED.demonstration
  OR `+changedSQL("bssid", "frequency_mhz", "association_fingerprint"),
		"tenants uuid", "stations macaddr", "bssid_times timestamptz", "probes bytea", "bssids macaddr", "frequencies integer",
		"associations bytea", "demonstrations boolean")
	for _, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		most := make(map[uint32]uint32, len(t.GetStation())) // frames with the BSSID that was taken
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if station[0]&1 != 0 {
				continue // a group address is no station
			}
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, station), first, last)
			v := row.values
			v[0], v[1] = in.TenantID, station
			v[3] = orKept(m.fingerprint(in, t.ProbeFingerprint[i]), v[3])
			v[6] = orKept(m.fingerprint(in, t.AssociationFingerprint[i]), v[6])
			v[7] = in.Report.GetHeader().GetDemonstration()
			row.stateFrom, row.stateTo = 4, 8
			if n := t.FramesSent[i] + t.FramesReceived[i] + 1; t.Bssid[i] != 0 && n > most[t.Station[i]] {
				most[t.Station[i]] = n
				v[2], v[4], v[5] = last, mac(dict, t.Bssid[i]), known(int64(t.FrequencyMhz[i]))
			}
		}
	}
	return r
}

// stationSightingRows say how each tap hears each station now.
func stationSightingRows(m *merge) *registry {
	state := []string{"frequency_mhz", "signal_mean_dbm", "frames", "window_ms"}
	r := newRegistry("station_sighting", sightingEvery, `
INSERT INTO station_sighting AS b (tenant_id, station, tap_id, `+strings.Join(state, ", ")+`, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, station, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL(state...)+`
WHERE `+sightingStaleSQL,
		"tenants uuid", "stations macaddr", "taps uuid", "frequencies integer", "means smallint", "frames bigint", "windows integer")
	for _, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		heard := make(map[string]*power, len(t.GetStation()))
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if station[0]&1 != 0 {
				continue
			}
			first, last := in.span(t.Times, i)
			key := keyOf(in.TenantID, station, in.TapID[:])
			row, newest := r.row(key, first, last)
			p := heard[key]
			if p == nil {
				p = new(power)
				heard[key] = p
			}
			p.add(t.Signals, i, uint64(t.FramesSent[i])+uint64(t.FramesReceived[i]), 0)
			if !newest && row.values[6] != nil {
				continue
			}
			row.values = append(row.values[:0], in.TenantID, station, in.TapID, int64(t.FrequencyMhz[i]), p.mean(), clamp(p.frames),
				int64(in.Report.GetHeader().GetWindowLengthMs()))
		}
	}
	return r
}

// associationRows are stations with frames in a BSS.
func associationRows(m *merge) *registry {
	r := newRegistry("association", registryEvery, `
INSERT INTO association AS b (tenant_id, bssid, station, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, bssid, station) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "bssids macaddr", "stations macaddr")
	for _, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if t.Bssid[i] == 0 || t.Bssid[i] == t.Station[i] || station[0]&1 != 0 {
				continue
			}
			bssid := mac(dict, t.Bssid[i])
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, bssid, station), first, last)
			row.values = []any{in.TenantID, bssid, station}
		}
	}
	return r
}

// probeRows are the names that stations asked for. Their times are those of the
// window: the table of probes has none.
func probeRows(m *merge) *registry {
	r := newRegistry("probe", registryEvery, `
INSERT INTO probe AS b (tenant_id, station, ssid, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, station, ssid) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "stations macaddr", "ssids bytea")
	for _, in := range m.fresh {
		t, dict := in.Report.GetProbes(), in.Report.GetDictionary()
		for i := range t.GetStation() {
			station, ssid := mac(dict, t.Station[i]), entry(dict.GetSsids(), t.Ssid[i])
			row, _ := r.row(keyOf(in.TenantID, station, ssid), in.windowStart(), in.windowEnd())
			row.values = []any{in.TenantID, station, nonNil(ssid)}
		}
	}
	return r
}

// channelSightingRows are the channels that a tap listens to.
func channelSightingRows(m *merge) *registry {
	r := newRegistry("channel_sighting", registryEvery, `
INSERT INTO channel_sighting AS b (tenant_id, tap_id, frequency_mhz, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, tap_id, frequency_mhz) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "taps uuid", "frequencies integer")
	for _, in := range m.fresh {
		t := in.Report.GetChannels()
		for i := range t.GetCapture() {
			if t.FrequencyMhz[i] == 0 || !heard(t, i) {
				continue
			}
			row, _ := r.row(keyOf(in.TenantID, in.TapID[:], octets4(t.FrequencyMhz[i])), in.windowStart(), in.windowEnd())
			row.values = []any{in.TenantID, in.TapID, int64(t.FrequencyMhz[i])}
		}
	}
	return r
}

func heard(t *wirepb.ChannelTable, i int) bool { return t.ListenedMs[i] > 0 || t.Frames[i] > 0 }
