package store

import (
	"net"
	"strings"

	"picket/shared/wire/wirepb"
)

func bssState() []string {
	return []string{"frequency_mhz", "width_mhz", "security_akms", "security_pairwise", "security_group", "security_pmf",
		"security_privacy", "features", "beacon_interval_tu", "beacon_fingerprint", "response_fingerprint", "country"}
}

// bssRows are the networks that announced themselves by a beacon or a probe
// response.
func bssRows(m *merge) *registry {
	state := bssState()
	r := newRegistry("bss", registryEvery, `
INSERT INTO bss AS b (tenant_id, bssid, ssid, `+strings.Join(state, ", ")+`, demonstration, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, bssid, ssid) DO UPDATE
SET `+spanSQL+`,
  demonstration = b.demonstration AND EXCLUDED.demonstration,
  `+newestSQL(state...)+`
WHERE `+staleSQL+`
  OR b.demonstration AND NOT EXCLUDED.demonstration
  OR `+changedSQL(state...),
		"tenants uuid", "bssids macaddr", "ssids bytea", "frequencies integer", "widths integer", "akms bigint",
		"pairwise bigint", "groups bigint", "pmfs smallint", "privacies boolean", "features bigint", "intervals integer",
		"beacons bytea", "responses bytea", "countries text", "demonstrations boolean")
	for _, in := range m.fresh {
		t, dict := in.Report.GetBss(), in.Report.GetDictionary()
		for i := range t.GetBssid() {
			if !announced(t, i) {
				continue
			}
			bssid, ssid := mac(dict, t.Bssid[i]), entry(dict.GetSsids(), t.Ssid[i])
			first, last := in.span(t.Times, i)
			row, newest := r.row(keyOf(in.TenantID, bssid, ssid), first, last)
			if !newest {
				continue
			}
			v := row.values
			v[0], v[1], v[2] = in.TenantID, bssid, nonNil(ssid)
			v[3], v[4] = orKept(known(int64(primary(t, i))), v[3]), orKept(known(int64(t.WidthMhz[i])), v[4])
			if s := t.Security[i]; s != 0 {
				sec := dict.GetSecurities()[s-1]
				v[5], v[6], v[7] = int64(sec.GetAkms()), int64(sec.GetPairwise()), int64(sec.GetGroup())
				v[8], v[9], v[10] = int64(sec.GetPmf()), sec.GetPrivacy(), int64(t.Features[i])
			}
			v[11] = orKept(known(int64(t.BeaconIntervalTu[i])), v[11])
			v[12] = orKept(m.fingerprint(in, t.BeaconFingerprint[i]), v[12])
			v[13] = orKept(m.fingerprint(in, t.ResponseFingerprint[i]), v[13])
			v[14] = orKept(country(t.Country[i]), v[14])
			v[15] = in.Report.GetHeader().GetDemonstration()
			row.stateFrom, row.stateTo = 3, 16
		}
	}
	return r
}

// bssUnannouncedRows are BSSs known by their stations' frames alone. One whose
// BSSID has announced a name is that one, and gets no row of its own.
func bssUnannouncedRows(m *merge) *registry {
	r := newRegistry("bss unannounced", registryEvery, `
INSERT INTO bss AS b (tenant_id, bssid, ssid, demonstration, first_heard_at, last_heard_at)
SELECT u.*
FROM @rows AS u (tenant_id, bssid, ssid, demonstration, first_heard_at, last_heard_at)
WHERE EXISTS (SELECT FROM bss AS o WHERE (o.tenant_id, o.bssid, o.ssid) = (u.tenant_id, u.bssid, u.ssid))
  OR NOT EXISTS (SELECT FROM bss AS o WHERE (o.tenant_id, o.bssid) = (u.tenant_id, u.bssid))
ON CONFLICT (tenant_id, bssid, ssid) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "bssids macaddr", "ssids bytea", "demonstrations boolean")
	for _, in := range m.fresh {
		t, dict := in.Report.GetBss(), in.Report.GetDictionary()
		for i := range t.GetBssid() {
			bssid, ssid := mac(dict, t.Bssid[i]), entry(dict.GetSsids(), t.Ssid[i])
			if announced(t, i) {
				continue
			}
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, bssid, ssid), first, last)
			row.values = []any{in.TenantID, bssid, nonNil(ssid), in.Report.GetHeader().GetDemonstration()}
		}
	}
	return r
}

// announced reports whether row i says what the BSS announces.
func announced(t *wirepb.BSSTable, i int) bool { return t.Security[i] != 0 || t.AnnouncedMhz[i] != 0 }

// primary is the channel that the BSS announces, else where it was heard.
func primary(t *wirepb.BSSTable, i int) uint32 {
	if t.AnnouncedMhz[i] != 0 {
		return t.AnnouncedMhz[i]
	}
	return t.FrequencyMhz[i]
}

// bssSightingRows say how each tap hears each BSS now.
func bssSightingRows(m *merge) *registry {
	state := []string{"frequency_mhz", "signal_mean_dbm", "signal_min_dbm", "signal_max_dbm", "frames", "bytes", "window_ms",
		"station_count", "utilisation", "tsf_us", "tsf_heard_at"}
	r := newRegistry("bss_sighting", sightingEvery, `
INSERT INTO bss_sighting AS b (tenant_id, bssid, ssid, tap_id, `+strings.Join(state, ", ")+`, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, bssid, ssid, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL(state...)+`
WHERE `+sightingStaleSQL,
		"tenants uuid", "bssids macaddr", "ssids bytea", "taps uuid", "frequencies integer", "means smallint", "mins smallint",
		"maxs smallint", "frames bigint", "bytes bigint", "windows integer", "stations integer", "utilisations smallint",
		"tsfs bigint", "tsf_times timestamptz")
	for _, in := range m.fresh {
		addBSSSightings(r, in)
	}
	return r
}

func addBSSSightings(r *registry, in *Incoming) {
	t, dict := in.Report.GetBss(), in.Report.GetDictionary()
	heard := make(map[string]*power, len(t.GetBssid())) // over the frequencies of this report
	for i := range t.GetBssid() {
		bssid, ssid := mac(dict, t.Bssid[i]), entry(dict.GetSsids(), t.Ssid[i])
		first, last := in.span(t.Times, i)
		key := keyOf(in.TenantID, in.TapID[:], bssid, ssid)
		row, newest := r.row(key, first, last)
		p := heard[key]
		if p == nil {
			p = new(power)
			heard[key] = p
		}
		p.add(t.Signals, i, uint64(t.Frames[i]), t.Bytes[i])
		if !newest && row.values[10] != nil {
			continue
		}
		v := row.values
		v[0], v[1], v[2], v[3] = in.TenantID, bssid, nonNil(ssid), in.TapID
		v[4] = int64(primary(t, i))
		v[5], v[6], v[7] = p.mean(), p.least(), p.most()
		v[8], v[9], v[10] = clamp(p.frames), clamp(p.bytes), int64(in.Report.GetHeader().GetWindowLengthMs())
		v[11], v[12] = less1(t.StationCount[i]), less1(t.Utilisation[i])
		v[13], v[14] = nil, nil
		if t.TsfUs[i] != 0 {
			v[13], v[14] = int64(t.TsfUs[i]), in.windowStart().Add(ms(t.TsfHeardMs[i]))
		}
	}
}

func mac(dict *wirepb.Dictionary, index uint32) net.HardwareAddr {
	return dict.GetMacs()[6*index-6 : 6*index : 6*index]
}

// less1 undoes a "plus 1; 0: none".
func less1(n uint32) any {
	if n == 0 {
		return nil
	}
	return int64(n - 1)
}

// orKept returns v, or what was kept where v is not known.
func orKept(v, kept any) any {
	if v == nil {
		return kept
	}
	return v
}

func country(b []byte) any {
	if len(b) != 2 || b[0] < 'A' || b[0] > 'Z' || b[1] < 'A' || b[1] > 'Z' {
		return nil
	}
	return string(b)
}

// fingerprint returns the hash that an index of in's boot stands for, if known.
func (m *merge) fingerprint(in *Incoming, index uint32) any {
	h, ok := m.defs.known[in.bootKey()][index]
	if !ok || index == 0 {
		return nil
	}
	return h[:]
}
