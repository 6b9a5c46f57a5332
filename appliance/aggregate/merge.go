package aggregate

// merge puts the rows of src into w. Where both heard the same, the row that
// holds more frames stands: added up, what two antennas heard would count twice.
func (w *Window) merge(src *Window) {
	w.bss.merge(&src.bss)
	merge(&w.stations, &src.stations, func(r *stationRow) uint64 { return uint64(r.sent) + uint64(r.received) })
	merge(&w.probes, &src.probes, func(r *probeRow) uint64 { return uint64(r.requests) })
	merge(&w.disconnects, &src.disconnects, func(r *disconnectRow) uint64 { return uint64(r.frames) })
	merge(&w.handshakes, &src.handshakes, (*handshakeRow).frames)
	merge(&w.remoteIDs, &src.remoteIDs, func(r *remoteIDRow) uint64 { return uint64(r.frames) })
	merge(&w.hosts, &src.hosts, func(r *hostRow) uint64 { return uint64(r.sent) + uint64(r.received) })
	merge(&w.arps, &src.arps, func(r *arpRow) uint64 { return uint64(r.requests) + uint64(r.replies) })
	merge(&w.flows, &src.flows, func(r *flowRow) uint64 { return uint64(r.sent) + uint64(r.received) })

	// Names lie in the window that heard them, and move with their rows.
	move := func(ref *nameRef) { *ref = w.names.add(src.names.get(*ref)) }
	mergeFunc(&w.dhcps, &src.dhcps, (*dhcpRow).frames, func(r *dhcpRow) {
		move(&r.name)
		move(&r.vendorClass)
		move(&r.parameters)
	})
	mergeFunc(&w.dnss, &src.dnss, (*dnsRow).frames, func(r *dnsRow) { move(&r.name) })
	w.names.refused += src.names.refused
}

func (r *handshakeRow) frames() uint64 {
	n := uint64(r.authRequests) + uint64(r.authSuccesses) + uint64(r.authFailures) + uint64(r.starts) + uint64(r.logoffs) +
		uint64(r.assocRequests) + uint64(r.assocSuccesses) + uint64(r.assocFailures)
	for _, m := range r.messages {
		n += uint64(m)
	}
	return n
}

func (r *dhcpRow) frames() uint64 {
	n := uint64(0)
	for _, t := range r.types {
		n += uint64(t)
	}
	return n
}

func (r *dnsRow) frames() uint64 {
	return uint64(r.questions) + uint64(r.noError) + uint64(r.nxDomain) + uint64(r.servFail) + uint64(r.refused) + uint64(r.other)
}

func merge[K comparable, V any](dst, src *table[K, V], frames func(*V) uint64) {
	mergeFunc(dst, src, frames, func(*V) {})
}

func mergeFunc[K comparable, V any](dst, src *table[K, V], frames func(*V) uint64, moved func(*V)) {
	for i, k := range src.keys {
		row, isNew := dst.get(k)
		if row == nil || !isNew && frames(row) >= frames(&src.rows[i]) {
			continue
		}
		*row = src.rows[i]
		moved(row)
	}
	dst.refused += src.refused
}

func (t *bssTable) merge(src *bssTable) {
	for i, key := range src.keys {
		r := &src.rows[i]
		var row *bssRow
		var isNew bool
		if r.heard {
			row, isNew = t.find(key, &announcement{ssidHash: r.ssidHash})
		} else {
			row, isNew = t.first(key)
		}
		if row == nil || !isNew && row.frames >= r.frames && (row.heard || !r.heard) {
			continue
		}
		next, chain := row.next, row.chain
		*row = *r
		row.next, row.chain = next, chain
	}
	t.refused += src.refused
}
