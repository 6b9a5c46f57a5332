package aggregate

import (
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/link"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// heard is one 802.11 frame with what every table wants to know of it.
type heard struct {
	at        int64
	ms        uint32
	length    uint64
	frequency wlan.MHz
	channel   *channelRow // nil: no room for one
	hasSignal bool
	signal    wlan.DBm
	retry     uint32 // 1 or 0
}

// dot11 adds a frame of length octets on the air.
func (s *Shard) dot11(w *Window, t int64, length int, frame []byte) {
	h := &s.header
	channel := w.hear(h.Frequency, t)
	if h.BadFCS && !s.ignoreFCSFlag {
		w.BadFCS++
		if channel != nil {
			channel.badFCS++
		}
		return
	}
	f := &s.frame
	err := dot11.Decode(frame, f)
	if err != nil {
		w.Malformed++
		return
	}
	g := heard{
		at: t, ms: w.ms(t), length: uint64(length), frequency: h.Frequency, channel: channel,
		hasSignal: h.HasSignal, signal: h.Signal,
	}
	if f.Retry {
		g.retry = 1
	}
	if g.frequency == 0 {
		g.frequency = w.tuned // as told by who tunes; 0 where nobody does
	}
	if channel != nil {
		channel.add(f, h.AirtimeUS(length), &g)
		if h.HasNoise {
			channel.noiseSum += int32(h.Noise)
			channel.noiseCount++
		}
	}
	switch f.Kind.Type() {
	case dot11.Management:
		body, err := link.Body(frame, f.HeaderLen, h)
		if err != nil {
			w.Malformed++
			return
		}
		s.management(w, &g, body)
	case dot11.Data:
		s.data(w, &g, frame)
	case dot11.Control:
		s.control(w, &g)
	}
}

func (r *channelRow) add(f *dot11.Frame, airtime uint32, g *heard) {
	r.frames++
	r.bytes += g.length
	r.types[f.Kind.Type()]++
	r.retries += g.retry
	r.airtime += uint64(airtime)
	if g.hasSignal {
		r.signals.add(g.signal)
	}
}

func (s *Shard) management(w *Window, g *heard, body []byte) {
	f := &s.frame
	switch f.Kind {
	case dot11.Beacon, dot11.ProbeResponse:
		s.announced(w, g, body)
		return
	case dot11.ProbeRequest:
		s.probeRequest(w, g, body)
		return
	case dot11.Deauthentication, dot11.Disassociation:
		s.disconnect(w, g, body)
	case dot11.Authentication:
		s.authentication(w, g, body)
	case dot11.AssociationRequest, dot11.ReassociationRequest:
		s.associationRequest(w, g, body)
	case dot11.AssociationResponse, dot11.ReassociationResponse:
		s.associationResponse(w, g, body)
	case dot11.Action, dot11.ActionNoAck:
		if !f.Protected && s.remoteID.DecodeNAN(body) {
			s.aircraft(w, g, &s.remoteID)
		}
	}
	s.inBSS(w, g)
}

// inBSS counts a frame for the BSS in which it was sent.
func (s *Shard) inBSS(w *Window, g *heard) {
	f := &s.frame
	if f.BSSID.Group() || f.BSSID == (wlan.MAC{}) {
		return
	}
	row, isNew := w.bss.first(packed(f.BSSID, uint16(g.frequency)))
	if row != nil {
		row.add(f, g, isNew)
		g.found(isNew)
	}
}

func (r *bssRow) add(f *dot11.Frame, g *heard, isNew bool) {
	r.frames++
	r.bytes += g.length
	r.retries += g.retry
	r.span.at(g.ms, isNew)
	if g.hasSignal && f.Transmitter == f.BSSID {
		r.signals.add(g.signal)
	}
}

// announced takes a beacon or probe response.
func (s *Shard) announced(w *Window, g *heard, body []byte) {
	f := &s.frame
	var fixed dot11.BeaconBody
	if fixed.Decode(body) != nil || f.BSSID.Group() {
		w.Malformed++
		return
	}
	if g.channel != nil {
		g.channel.sight.Beacons++
	}
	kind := wirepb.Fingerprint_KIND_BEACON
	if f.Kind == dot11.ProbeResponse {
		kind = wirepb.Fingerprint_KIND_PROBE_RESPONSE
	}
	a := s.announcements.get(kind, fixed.Capabilities, g.frequency.Band(), body[dot11.BeaconFixedLen:])
	row, isNew := w.bss.find(packed(f.BSSID, uint16(g.frequency)), a)
	if row == nil {
		return
	}
	row.add(f, g, isNew)
	g.found(isNew)
	w.neighbors |= a.neighbors
	row.announce(a)
	row.clock(&fixed, g.at, g.ms)
	if f.Kind == dot11.Beacon {
		row.beacons++
		row.beaconFingerprint = a.fingerprint
	} else {
		row.responses++
		row.responseFingerprint = a.fingerprint
	}
	if a.features&wlan.FeatureRemoteID != 0 {
		s.aircraft(w, g, &a.remoteID)
	}
	if a.features&wlan.FeatureMultipleBSSID != 0 {
		s.nonTransmitted(w, g, &fixed, body[dot11.BeaconFixedLen:])
	}
}

// nonTransmitted takes the BSSs that have no beacons of their own and are
// announced in that of another (802.11-2020, 11.1.3.8). Their rows say so, and
// count the frames that announced them; a frame's octets count once, for the BSS
// that sent it.
func (s *Shard) nonTransmitted(w *Window, g *heard, fixed *dot11.BeaconBody, elements []byte) {
	s.profiles = dot11.NonTransmitted{B: elements, BSSID: s.frame.BSSID}
	for s.profiles.Next(&s.profile) {
		p := &s.profile
		a := &s.inner
		s.announcements.fill(a, &p.Elements, p.Capabilities, g.frequency.Band())
		a.features |= wlan.FeatureNonTransmitted
		row, isNew := w.bss.find(packed(p.BSSID, uint16(g.frequency)), a)
		if row == nil {
			return
		}
		row.frames++
		row.span.at(g.ms, isNew)
		g.found(isNew)
		if g.hasSignal {
			row.signals.add(g.signal)
		}
		row.announce(a)
		row.clock(fixed, g.at, g.ms)
		if s.frame.Kind == dot11.Beacon {
			row.beacons++
		} else {
			row.responses++
		}
	}
}

func (s *Shard) aircraft(w *Window, g *heard, id *dot11.RemoteID) {
	row, _ := w.remoteIDs.get(remoteIDKey{packed(s.frame.Transmitter, uint16(g.frequency)), id.BasicID})
	if row == nil {
		return
	}
	row.frames++
	row.id.BasicID, row.id.HasBasicID = id.BasicID, id.HasBasicID
	if id.HasLocation {
		row.id.HasLocation, row.id.Latitude, row.id.Longitude = true, id.Latitude, id.Longitude
	}
}

// control counts the station of a PS-Poll; other control frames do not say in
// which BSS they are.
func (s *Shard) control(w *Window, g *heard) {
	if s.frame.Kind != dot11.PSPoll {
		return
	}
	s.inBSS(w, g)
	if row, isNew := s.station(w, g, s.frame.Transmitter, s.frame.BSSID); row != nil {
		row.send(g, isNew)
	}
}
