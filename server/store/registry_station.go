package store

import (
	"strings"

	"picket/shared/wire/wirepb"
)

// stationRows are the stations; where and with what it is associated comes from
// the rows that have a BSSID.
func stationRows(m *merge) *registry {
	state := []string{"bssid_heard_at", "probe_fingerprint", "bssid", "frequency_mhz", "association_fingerprint"}
	r := newRegistry(m, "station", stationVariant, ofStation, `
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
		"tenants uuid tenant_id", "stations macaddr station", "bssid_times timestamptz", "probes bytea", "bssids macaddr", "frequencies integer",
		"associations bytea", "demonstrations boolean")
	for n, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		most := make(map[uint32]uint32) // frames with the BSSID that was taken
		m.bestRows(in, h)
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if station[0]&1 != 0 {
				continue // a group address is no station
			}
			if !r.wants(in, h, h.station(t.Station[i]), 0, m.stationState(in, int(h.best[t.Station[i]]-1))) {
				continue
			}
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, station), first, last)
			v := row.values
			v[0], v[1] = in.TenantID, station
			v[3] = orKept(m.fingerprint(in, t.ProbeFingerprint[i]), v[3])
			v[6] = orKept(m.fingerprint(in, t.AssociationFingerprint[i]), v[6])
			v[7] = in.Report.GetHeader().GetDemonstration()
			if n := t.FramesSent[i] + t.FramesReceived[i] + 1; t.Bssid[i] != 0 && n > most[t.Station[i]] {
				most[t.Station[i]] = n
				v[2], v[4], v[5] = last, mac(dict, t.Bssid[i]), known(int64(t.FrequencyMhz[i]))
			}
		}
	}
	return r
}

// station identifies a station in its tenant.
func (h *reportHashes) station(index uint32) uint64 { return join(h.tenant, h.macs[index]) }

// bestRows finds for each station the row with the BSSID with which it had the most
// frames, or else one without.
func (m *merge) bestRows(in *Incoming, h *reportHashes) {
	t := in.Report.GetStations()
	h.best = append(h.best[:0], make([]uint32, len(h.macs))...)
	frames := func(i int) uint32 {
		if t.Bssid[i] == 0 {
			return 0
		}
		return t.FramesSent[i] + t.FramesReceived[i] + 1
	}
	for i, station := range t.GetStation() {
		if best := h.best[station]; best == 0 || frames(i) > frames(int(best-1)) {
			h.best[station] = uint32(i + 1)
		}
	}
}

// stationState is what row i says of its station.
func (m *merge) stationState(in *Incoming, i int) uint64 {
	t := in.Report.GetStations()
	state := fact(0, uint64(octet(in.Report.GetHeader().GetDemonstration()))) | m.printFact(1, in, t.AssociationFingerprint[i])
	if t.Bssid[i] == 0 {
		return state
	}
	state |= fact(2, octets6(mac(in.Report.GetDictionary(), t.Bssid[i])))
	if f := t.FrequencyMhz[i]; f != 0 {
		state |= fact(3, uint64(f))
	}
	return state
}

// octets6 is an address as a number.
func octets6(b []byte) uint64 {
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5])
}

// stationSightingRows say how each tap hears each station now.
func stationSightingRows(m *merge) *registry {
	state := []string{"frequency_mhz", "signal_mean_dbm", "frames", "window_ms"}
	r := newRegistry(m, "station_sighting", stationSightingVariant, ofStation, `
INSERT INTO station_sighting AS b (tenant_id, station, tap_id, `+strings.Join(state, ", ")+`, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, station, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL(state...)+`
WHERE `+staleSQL,
		"tenants uuid tenant_id", "stations macaddr station", "taps uuid tap_id", "frequencies integer", "means smallint", "frames bigint", "windows integer")
	for n, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		heard := make(map[string]*power)
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if id := h.station(t.Station[i]); station[0]&1 != 0 || !r.wants(in, h, join(id, h.tap), id, 0) {
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
	r := newRegistry(m, "association", associationVariant, ofStation, `
INSERT INTO association AS b (tenant_id, bssid, station, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, bssid, station) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "bssids macaddr bssid", "stations macaddr station")
	for n, in := range m.fresh {
		t, dict := in.Report.GetStations(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		for i := range t.GetStation() {
			station := mac(dict, t.Station[i])
			if t.Bssid[i] == 0 || t.Bssid[i] == t.Station[i] || station[0]&1 != 0 {
				continue
			}
			if id := h.station(t.Station[i]); !r.wants(in, h, join(id, h.macs[t.Bssid[i]]), id, 0) {
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
	r := newRegistry(m, "probe", probeVariant, ofStation, `
INSERT INTO probe AS b (tenant_id, station, ssid, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, station, ssid) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "stations macaddr station", "ssids bytea ssid")
	for n, in := range m.fresh {
		t, dict := in.Report.GetProbes(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		for i := range t.GetStation() {
			if id := h.station(t.Station[i]); !r.wants(in, h, join(id, h.ssids[t.Ssid[i]]), id, 0) {
				continue
			}
			station, ssid := mac(dict, t.Station[i]), entry(dict.GetSsids(), t.Ssid[i])
			row, _ := r.row(keyOf(in.TenantID, station, ssid), in.windowStart(), in.windowEnd())
			row.values = []any{in.TenantID, station, nonNil(ssid)}
		}
	}
	return r
}

// channelSightingRows are the channels that a tap listens to.
func channelSightingRows(m *merge) *registry {
	r := newRegistry(m, "channel_sighting", channelVariant, ofTap, `
INSERT INTO channel_sighting AS b (tenant_id, tap_id, frequency_mhz, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, tap_id, frequency_mhz) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "taps uuid tap_id", "frequencies integer frequency_mhz")
	for n, in := range m.fresh {
		t, h := in.Report.GetChannels(), &m.regs.hashes[n]
		for i := range t.GetCapture() {
			if t.FrequencyMhz[i] == 0 || !heard(t, i) || !r.wants(in, h, join(h.tap, uint64(t.FrequencyMhz[i])), 0, 0) {
				continue
			}
			row, _ := r.row(keyOf(in.TenantID, in.TapID[:], octets4(t.FrequencyMhz[i])), in.windowStart(), in.windowEnd())
			row.values = []any{in.TenantID, in.TapID, int64(t.FrequencyMhz[i])}
		}
	}
	return r
}

func heard(t *wirepb.ChannelTable, i int) bool { return t.ListenedMs[i] > 0 || t.Frames[i] > 0 }
