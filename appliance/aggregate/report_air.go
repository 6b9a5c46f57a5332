package aggregate

import "picket/shared/wire/wirepb"

func (w *Window) bssTable(d *dictionary) *wirepb.BSSTable {
	rows := w.bss.rows
	if len(rows) == 0 {
		return nil
	}
	t := &wirepb.BSSTable{
		Bssid:               column(w.bss.keys, func(k *uint64) uint32 { return d.mac(*k >> 16) }),
		FrequencyMhz:        low16(w.bss.keys, func(k uint64) uint64 { return k }),
		Ssid:                column(rows, func(r *bssRow) uint32 { return d.ssid(r.ssid[:r.ssidLen]) }),
		AnnouncedMhz:        column(rows, func(r *bssRow) uint32 { return uint32(r.announced) }),
		Features:            column(rows, func(r *bssRow) uint32 { return uint32(r.features) }),
		WidthMhz:            column(rows, func(r *bssRow) uint32 { return uint32(r.width) }),
		BeaconFingerprint:   column(rows, func(r *bssRow) uint32 { return r.beaconFingerprint }),
		ResponseFingerprint: column(rows, func(r *bssRow) uint32 { return r.responseFingerprint }),
		Beacons:             column(rows, func(r *bssRow) uint32 { return r.beacons }),
		ProbeResponses:      column(rows, func(r *bssRow) uint32 { return r.responses }),
		BeaconIntervalTu:    column(rows, func(r *bssRow) uint32 { return uint32(r.interval) }),
		TsfUs:               column(rows, func(r *bssRow) uint64 { tsf, _ := r.clockAtStart(); return tsf }),
		TsfHeardMs:          column(rows, func(r *bssRow) uint32 { _, ms := r.clockAtStart(); return ms }),
		TsfJumps:            column(rows, func(r *bssRow) uint32 { return r.tsfJumps }),
		Frames:              column(rows, func(r *bssRow) uint32 { return r.frames }),
		Bytes:               column(rows, func(r *bssRow) uint64 { return r.bytes }),
		Retries:             column(rows, func(r *bssRow) uint32 { return r.retries }),
		SwitchToMhz:         column(rows, func(r *bssRow) uint32 { return uint32(r.switchTo) }),
		Signals:             signalColumns(len(rows), func(i int) *signals { return &rows[i].signals }),
		Times:               rounded(len(rows), func(i int) span { return rows[i].span }),
	}
	t.Security = column(rows, func(r *bssRow) uint32 {
		if !r.heard {
			return 0
		}
		return d.security(r.security)
	})
	t.StationCount = column(rows, func(r *bssRow) uint32 {
		if !r.hasLoad {
			return 0
		}
		return uint32(r.stations) + 1
	})
	t.Utilisation = column(rows, func(r *bssRow) uint32 {
		if !r.hasLoad {
			return 0
		}
		return uint32(r.utilisation) + 1
	})
	t.Country = countries(rows)
	return t
}

// countries is absent when no BSS says where it is.
func countries(rows []bssRow) [][]byte {
	var c [][]byte
	for i := range rows {
		if rows[i].country == [2]byte{} {
			continue
		}
		if c == nil {
			c = make([][]byte, len(rows))
		}
		c[i] = []byte(string(rows[i].country[:]))
	}
	return c
}

func (w *Window) stationTable(d *dictionary) *wirepb.StationTable {
	rows, keys := w.stations.rows, w.stations.keys
	if len(rows) == 0 {
		return nil
	}
	return &wirepb.StationTable{
		Station:      column(keys, func(k *stationKey) uint32 { return d.mac(k.station >> 16) }),
		FrequencyMhz: low16(keys, func(k stationKey) uint64 { return k.station }),
		Bssid: column(keys, func(k *stationKey) uint32 {
			if k.bssid == 0 {
				return 0
			}
			return d.mac(k.bssid)
		}),
		FramesSent:             column(rows, func(r *stationRow) uint32 { return r.sent }),
		BytesSent:              column(rows, func(r *stationRow) uint64 { return r.bytesSent }),
		FramesReceived:         column(rows, func(r *stationRow) uint32 { return r.received }),
		BytesReceived:          column(rows, func(r *stationRow) uint64 { return r.bytesReceived }),
		Retries:                column(rows, func(r *stationRow) uint32 { return r.retries }),
		ProbeRequests:          column(rows, func(r *stationRow) uint32 { return r.probes }),
		ProbeFingerprint:       column(rows, func(r *stationRow) uint32 { return r.probeFingerprint }),
		AssociationFingerprint: column(rows, func(r *stationRow) uint32 { return r.associationFingerprint }),
		ProtectedFrames:        column(rows, func(r *stationRow) uint32 { return r.protected }),
		Signals:                signalColumns(len(rows), func(i int) *signals { return &rows[i].signals }),
		Times:                  rounded(len(rows), func(i int) span { return rows[i].span }),
	}
}

func (w *Window) probeTable(d *dictionary) *wirepb.ProbeTable {
	rows := w.probes.rows
	if len(rows) == 0 {
		return nil
	}
	return &wirepb.ProbeTable{
		Station:  column(w.probes.keys, func(k *probeKey) uint32 { return d.mac(k.station) }),
		Ssid:     column(rows, func(r *probeRow) uint32 { return d.ssid(r.ssid[:r.ssidLen]) }),
		Requests: column(rows, func(r *probeRow) uint32 { return r.requests }),
	}
}

func (w *Window) disconnectTable(d *dictionary) *wirepb.DisconnectTable {
	rows, keys := w.disconnects.rows, w.disconnects.keys
	if len(rows) == 0 {
		return nil
	}
	return &wirepb.DisconnectTable{
		Transmitter:    column(keys, func(k *disconnectKey) uint32 { return d.mac(k.transmitter >> 16) }),
		Receiver:       column(keys, func(k *disconnectKey) uint32 { return d.mac(k.receiver) }),
		Bssid:          column(keys, func(k *disconnectKey) uint32 { return d.mac(k.bssid) }),
		FrequencyMhz:   low16(keys, func(k disconnectKey) uint64 { return k.transmitter }),
		Reason:         column(keys, func(k *disconnectKey) uint32 { return k.reason }),
		Disassociation: column(keys, func(k *disconnectKey) bool { return k.disassociation }),
		Protected:      column(keys, func(k *disconnectKey) bool { return k.protected }),
		Frames:         column(rows, func(r *disconnectRow) uint32 { return r.frames }),
		Signals:        signalColumns(len(rows), func(i int) *signals { return &rows[i].signals }),
		Times:          timeColumns(len(rows), func(i int) span { return rows[i].span }),
	}
}

func (w *Window) handshakeTable(d *dictionary) *wirepb.HandshakeTable {
	rows, keys := w.handshakes.rows, w.handshakes.keys
	if len(rows) == 0 {
		return nil
	}
	message := func(n int) []uint32 {
		return column(rows, func(r *handshakeRow) uint32 { return r.messages[n] })
	}
	return &wirepb.HandshakeTable{
		Bssid:          column(keys, func(k *pairKey) uint32 { return d.mac(k.bssid) }),
		Station:        column(keys, func(k *pairKey) uint32 { return d.mac(k.station) }),
		AuthAlgorithms: column(rows, func(r *handshakeRow) uint32 { return r.algorithms }),
		AuthRequests:   column(rows, func(r *handshakeRow) uint32 { return r.authRequests }),
		AuthSuccesses:  column(rows, func(r *handshakeRow) uint32 { return r.authSuccesses }),
		AuthFailures:   column(rows, func(r *handshakeRow) uint32 { return r.authFailures }),
		AssocRequests:  column(rows, func(r *handshakeRow) uint32 { return r.assocRequests }),
		AssocSuccesses: column(rows, func(r *handshakeRow) uint32 { return r.assocSuccesses }),
		AssocFailures:  column(rows, func(r *handshakeRow) uint32 { return r.assocFailures }),
		LastFailure:    column(rows, func(r *handshakeRow) uint32 { return uint32(r.lastFailure) }),
		M1:             message(1),
		M2:             message(2),
		M3:             message(3),
		M4:             message(4),
		Pmkids:         column(rows, func(r *handshakeRow) uint32 { return r.pmkids }),
		EapolStarts:    column(rows, func(r *handshakeRow) uint32 { return r.starts }),
		EapolLogoffs:   column(rows, func(r *handshakeRow) uint32 { return r.logoffs }),
		SaeGroup:       column(rows, func(r *handshakeRow) uint32 { return uint32(r.saeGroup) }),
		Times:          timeColumns(len(rows), func(i int) span { return rows[i].span }),
	}
}

func (w *Window) remoteIDTable(d *dictionary) *wirepb.RemoteIDTable {
	rows, keys := w.remoteIDs.rows, w.remoteIDs.keys
	if len(rows) == 0 {
		return nil
	}
	return &wirepb.RemoteIDTable{
		Transmitter:  column(keys, func(k *remoteIDKey) uint32 { return d.mac(k.transmitter >> 16) }),
		FrequencyMhz: low16(keys, func(k remoteIDKey) uint64 { return k.transmitter }),
		BasicId: column(rows, func(r *remoteIDRow) []byte {
			if !r.id.HasBasicID {
				return nil
			}
			return []byte(string(r.id.BasicID[:]))
		}),
		LatitudeE7:  column(rows, func(r *remoteIDRow) int32 { return r.id.Latitude }),
		LongitudeE7: column(rows, func(r *remoteIDRow) int32 { return r.id.Longitude }),
		Frames:      column(rows, func(r *remoteIDRow) uint32 { return r.frames }),
	}
}
