package store

import (
	"encoding/binary"
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
	r := newRegistry(m, "bss", bssVariant, ofBSS, `
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
		"tenants uuid tenant_id", "bssids macaddr bssid", "ssids bytea ssid", "frequencies integer", "widths integer", "akms bigint",
		"pairwise bigint", "groups bigint", "pmfs smallint", "privacies boolean", "features bigint", "intervals integer",
		"beacons bytea", "responses bytea", "countries text", "demonstrations boolean")
	for n, in := range m.fresh {
		t, dict, h := in.Report.GetBss(), in.Report.GetDictionary(), &m.regs.hashes[n]
		for i := range t.GetBssid() {
			if !announced(t, i) || !r.wants(in, h, h.bss(t, i), 0, m.bssState(in, i)) {
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
		}
	}
	return r
}

// bssUnannouncedRows are BSSs known by their stations' frames alone. One whose
// BSSID has announced a name is that one, and gets no row of its own.
func bssUnannouncedRows(m *merge) *registry {
	r := newRegistry(m, "bss", bssVariant, ofBSS, `
INSERT INTO bss AS b (tenant_id, bssid, ssid, demonstration, first_heard_at, last_heard_at)
SELECT u.*
FROM @rows AS u (tenant_id, bssid, ssid, demonstration, first_heard_at, last_heard_at)
WHERE EXISTS (SELECT FROM bss AS o WHERE (o.tenant_id, o.bssid, o.ssid) = (u.tenant_id, u.bssid, u.ssid))
  OR NOT EXISTS (SELECT FROM bss AS o WHERE (o.tenant_id, o.bssid) = (u.tenant_id, u.bssid))
ON CONFLICT (tenant_id, bssid, ssid) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "bssids macaddr bssid", "ssids bytea ssid", "demonstrations boolean")
	r.look = lookForBSSIDSQL
	for n, in := range m.fresh {
		t, dict, h := in.Report.GetBss(), in.Report.GetDictionary(), &m.regs.hashes[n]
		for i := range t.GetBssid() {
			if announced(t, i) || !r.wants(in, h, h.bss(t, i), 0, 0) {
				continue
			}
			bssid, ssid := mac(dict, t.Bssid[i]), entry(dict.GetSsids(), t.Ssid[i])
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, bssid, ssid), first, last)
			row.values = []any{in.TenantID, bssid, nonNil(ssid), in.Report.GetHeader().GetDemonstration()}
		}
	}
	return r
}

// lookForBSSIDSQL finds the BSS, or another of the same BSSID, which stands for it.
const lookForBSSIDSQL = `
SELECT u.ordinality - 1, b.first_heard_at, b.last_heard_at
FROM unnest(@tenants::uuid[], @bssids::macaddr[], @ssids::bytea[]) WITH ORDINALITY AS u (tenant_id, bssid, ssid, ordinality)
CROSS JOIN LATERAL (
  SELECT first_heard_at, last_heard_at
  FROM bss AS b
  WHERE b.tenant_id = u.tenant_id
    AND b.bssid = u.bssid
  ORDER BY b.ssid = u.ssid DESC, b.ssid
  LIMIT 1) AS b`

// bss identifies the network of row i in its tenant.
func (h *reportHashes) bss(t *wirepb.BSSTable, i int) uint64 {
	return join(h.tenant, h.macs[t.Bssid[i]], h.ssids[t.Ssid[i]])
}

// bssState is what row i says of its network.
func (m *merge) bssState(in *Incoming, i int) uint64 {
	t := in.Report.GetBss()
	state := fact(0, uint64(primary(t, i))) | fact(1, uint64(octet(in.Report.GetHeader().GetDemonstration())))
	if w := t.WidthMhz[i]; w != 0 {
		state |= fact(2, uint64(w))
	}
	if s := t.Security[i]; s != 0 {
		sec := in.Report.GetDictionary().GetSecurities()[s-1]
		state |= fact(3, join(sec.GetAkms(), uint64(sec.GetPairwise()), uint64(sec.GetGroup()),
			uint64(sec.GetPmf())<<1|uint64(octet(sec.GetPrivacy())), uint64(t.Features[i])))
	}
	if n := t.BeaconIntervalTu[i]; n != 0 {
		state |= fact(4, uint64(n))
	}
	if c := t.Country[i]; country(c) != nil {
		state |= fact(5, uint64(c[0])<<8|uint64(c[1]))
	}
	return state | m.printFact(6, in, t.BeaconFingerprint[i]) | m.printFact(7, in, t.ResponseFingerprint[i])
}

// printFact is the fact of a fingerprint, which is known where its index is.
func (m *merge) printFact(place int, in *Incoming, index uint32) uint64 {
	if index == 0 {
		return 0
	}
	h, ok := m.defs.known[in.bootKey()][index]
	if !ok {
		return 0
	}
	return fact(place, binary.LittleEndian.Uint64(h[:]))
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
	r := newRegistry(m, "bss_sighting", bssSightingVariant, ofBSS, `
INSERT INTO bss_sighting AS b (tenant_id, bssid, ssid, tap_id, `+strings.Join(state, ", ")+`, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, bssid, ssid, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL(state...)+`
WHERE `+staleSQL,
		"tenants uuid tenant_id", "bssids macaddr bssid", "ssids bytea ssid", "taps uuid tap_id", "frequencies integer", "means smallint", "mins smallint",
		"maxs smallint", "frames bigint", "bytes bigint", "windows integer", "stations integer", "utilisations smallint",
		"tsfs bigint", "tsf_times timestamptz")
	for n, in := range m.fresh {
		addBSSSightings(r, in, &m.regs.hashes[n])
	}
	return r
}

func addBSSSightings(r *registry, in *Incoming, h *reportHashes) {
	t, dict := in.Report.GetBss(), in.Report.GetDictionary()
	heard := make(map[string]*power) // over the frequencies of this report
	for i := range t.GetBssid() {
		bss := h.bss(t, i)
		if !r.wants(in, h, join(bss, h.tap), bss, 0) {
			continue
		}
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
