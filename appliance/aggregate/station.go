package aggregate

import (
	"encoding/binary"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/link"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// station returns the row of a station in a BSS, or in none (the zero BSSID). A
// group address is no station.
func (s *Shard) station(w *Window, g *heard, station wlan.MAC, bssid wlan.BSSID) (*stationRow, bool) {
	if station.Group() || station == (wlan.MAC{}) {
		return nil, false
	}
	row, isNew := w.stations.get(stationKey{packed(station, uint16(g.frequency)), pack(bssid)})
	if isNew && g.channel != nil {
		g.channel.sight.Stations++
	}
	return row, isNew
}

// send counts a frame that the station sent.
func (r *stationRow) send(g *heard, isNew bool) {
	r.sent++
	r.bytesSent += g.length
	r.retries += g.retry
	r.span.at(g.ms, isNew)
	if g.hasSignal {
		r.signals.add(g.signal)
	}
}

// receive counts a frame that was sent to the station: its signal is another's.
func (r *stationRow) receive(g *heard, isNew bool) {
	r.received++
	r.bytesReceived += g.length
	r.span.at(g.ms, isNew)
}

func (s *Shard) probeRequest(w *Window, g *heard, body []byte) {
	f := &s.frame
	row, isNew := s.station(w, g, f.Transmitter, wlan.MAC{})
	a := s.announcements.get(wirepb.Fingerprint_KIND_PROBE_REQUEST, 0, g.frequency.Band(), body)
	if row != nil {
		row.send(g, isNew)
		row.probes++
		row.probeFingerprint = a.fingerprint
	}
	if a.ssidHash == 0 || f.Transmitter.Group() {
		return
	}
	if probe, _ := w.probes.get(probeKey{pack(f.Transmitter), a.ssidHash}); probe != nil {
		probe.ssid, probe.ssidLen = a.ssid, a.ssidLen
		probe.requests++
	}
}

// data counts a data frame for the BSS and for the station in it.
func (s *Shard) data(w *Window, g *heard, frame []byte) {
	f := &s.frame
	switch f.Direction {
	case dot11.ToDS:
		s.inBSS(w, g)
		if row, isNew := s.station(w, g, f.Transmitter, f.BSSID); row != nil {
			row.send(g, isNew)
			row.protect(f)
		}
	case dot11.FromDS:
		s.inBSS(w, g)
		if row, isNew := s.station(w, g, f.Receiver, f.BSSID); row != nil {
			row.receive(g, isNew)
			row.protect(f)
		}
	case dot11.Direct:
		s.inBSS(w, g)
		if f.BSSID.Group() {
			break
		}
		if row, isNew := s.station(w, g, f.Transmitter, f.BSSID); row != nil {
			row.send(g, isNew)
			row.protect(f)
		}
	case dot11.Bridge:
		s.bridge(w, g)
	}
	if f.Protected || !f.Kind.HasPayload() || f.Fragment != 0 {
		return
	}
	body, err := link.Body(frame, f.HeaderLen, &s.header)
	if err != nil {
		w.Malformed++
		return
	}
	if etherType, rest, err := f.Payload(body); err == nil && etherType == dot11.EtherTypeEAPOL {
		s.eapol(w, g, rest)
	}
}

func (r *stationRow) protect(f *dot11.Frame) {
	if f.Protected {
		r.protected++
	}
}

// bridge takes a frame of four addresses. Which end is the AP the frame does not
// say: it is the one that is known to be a BSS.
func (s *Shard) bridge(w *Window, g *heard) {
	f := &s.frame
	var row *stationRow
	var isNew bool
	if _, ok := w.bss.index[packed(f.Receiver, uint16(g.frequency))]; ok {
		f.BSSID = f.Receiver
		if row, isNew = s.station(w, g, f.Transmitter, f.BSSID); row != nil {
			row.send(g, isNew)
		}
	} else if _, ok := w.bss.index[packed(f.Transmitter, uint16(g.frequency))]; ok {
		f.BSSID = f.Transmitter
		if row, isNew = s.station(w, g, f.Receiver, f.BSSID); row != nil {
			row.receive(g, isNew)
		}
	} else {
		return
	}
	s.inBSS(w, g)
	if row != nil {
		row.protect(f)
	}
}

func (s *Shard) disconnect(w *Window, g *heard, body []byte) {
	f := &s.frame
	k := disconnectKey{
		transmitter: packed(f.Transmitter, uint16(g.frequency)), receiver: pack(f.Receiver), bssid: pack(f.BSSID),
		disassociation: f.Kind == dot11.Disassociation, protected: f.Protected,
	}
	if !f.Protected {
		if reason, err := dot11.Reason(body); err == nil {
			k.reason = uint32(reason) + 1
		}
	}
	row, isNew := w.disconnects.get(k)
	if row == nil {
		return
	}
	row.frames++
	row.span.at(g.ms, isNew)
	g.interest()
	if g.hasSignal {
		row.signals.add(g.signal)
	}
}

// handshake returns the row of the exchange between the frame's BSS and the
// station at its other end, and whether the BSS sent the frame.
func (s *Shard) handshake(w *Window, g *heard) (row *handshakeRow, fromBSS bool) {
	f := &s.frame
	station := f.Transmitter
	if fromBSS = f.Transmitter == f.BSSID; fromBSS {
		station = f.Receiver
	}
	if station.Group() || f.BSSID.Group() {
		return nil, fromBSS
	}
	row, isNew := w.handshakes.get(pairKey{pack(f.BSSID), pack(station)})
	if row != nil {
		row.span.at(g.ms, isNew)
	}
	g.interest()
	return row, fromBSS
}

// Status codes that do not mean failure (802.11-2020, table 9-50): success, SAE
// asking for a token, and SAE by hash-to-element or with a password identifier.
func failed(status uint16) bool {
	switch status {
	case 0, 76, 126, 127:
		return false
	}
	return true
}

func (s *Shard) authentication(w *Window, g *heard, body []byte) {
	row, fromBSS := s.handshake(w, g)
	if !fromBSS {
		if sta, isNew := s.station(w, g, s.frame.Transmitter, wlan.MAC{}); sta != nil {
			sta.send(g, isNew)
		}
	}
	var auth dot11.AuthBody
	if row == nil || s.frame.Protected || auth.Decode(body) != nil {
		return
	}
	row.algorithms |= 1 << min(auth.Algorithm, 31)
	if auth.SAEGroup != 0 {
		row.saeGroup = auth.SAEGroup
	}
	switch {
	case failed(auth.Status):
		row.authFailures++
		row.lastFailure = auth.Status
	case fromBSS:
		row.authSuccesses++
	default:
		row.authRequests++
	}
}

func (s *Shard) associationRequest(w *Window, g *heard, body []byte) {
	f := &s.frame
	if row, _ := s.handshake(w, g); row != nil {
		row.assocRequests++
	}
	sta, isNew := s.station(w, g, f.Transmitter, wlan.MAC{})
	if sta == nil {
		return
	}
	sta.send(g, isNew)
	fixed, _ := f.Kind.FixedLen()
	if f.Protected || len(body) < fixed {
		return
	}
	capabilities := binary.LittleEndian.Uint16(body)
	a := s.announcements.get(wirepb.Fingerprint_KIND_ASSOCIATION_REQUEST, capabilities, g.frequency.Band(), body[fixed:])
	sta.associationFingerprint = a.fingerprint
}

func (s *Shard) associationResponse(w *Window, g *heard, body []byte) {
	f := &s.frame
	row, _ := s.handshake(w, g)
	status, err := dot11.AssocResponseStatus(body)
	if err != nil || f.Protected {
		return
	}
	bssid := f.BSSID
	if failed(status) {
		bssid = wlan.MAC{}
	}
	if sta, isNew := s.station(w, g, f.Receiver, bssid); sta != nil {
		sta.receive(g, isNew)
	}
	if row == nil {
		return
	}
	if failed(status) {
		row.assocFailures++
		row.lastFailure = status
	} else {
		row.assocSuccesses++
	}
}

func (s *Shard) eapol(w *Window, g *heard, b []byte) {
	if s.frame.Direction == dot11.Bridge && s.frame.BSSID == (wlan.MAC{}) {
		return
	}
	var e dot11.EAPOL
	_ = e.Decode(b) // what precedes the damage counts
	row, _ := s.handshake(w, g)
	if row == nil {
		return
	}
	switch e.Type {
	case dot11.EAPOLStart:
		row.starts++
	case dot11.EAPOLLogoff:
		row.logoffs++
	case dot11.EAPOLKey:
		if e.Message != 0 {
			row.messages[e.Message]++
		}
		if e.PMKID {
			row.pmkids++
		}
	}
}
