package aggregate_test

import (
	"encoding/binary"
	"fmt"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

// air is one 802.11 frame on its way into the reference.
type air struct {
	*reference
	t      int64
	length uint64
	f      *dot11.Frame
	h      *radiotap.Header
	retry  uint64
}

func (a *air) frequency() string { return fmt.Sprint(a.h.Frequency) }

// place returns the rows of a BSSID on the frame's frequency.
func (a *air) place(bssid wlan.BSSID) string { return bssid.String() + " " + a.frequency() }

func (a *air) newBSS(bssid wlan.BSSID) *refBSS {
	if a.bssRows == 4096 {
		return nil
	}
	a.bssRows++
	place := a.place(bssid)
	b := &refBSS{fields: row{"bssid": bssid.String()}, id: fmt.Sprintf("new %s #%d", place, len(a.bss[place]))}
	if a.h.Frequency != 0 {
		b.fields["frequency_mhz"] = a.frequency()
	}
	a.numbers[b.id] = make(map[string]uint64)
	a.bss[place] = append(a.bss[place], b)
	return b
}

func (a *air) inBSS() {
	bssid := a.f.BSSID
	if bssid.Group() || bssid == (wlan.MAC{}) {
		return
	}
	list := a.bss[a.place(bssid)]
	if len(list) > 0 {
		a.addTo(list[0])
	} else if b := a.newBSS(bssid); b != nil {
		a.addTo(b)
	}
}

func (a *air) addTo(b *refBSS) {
	a.count(b.id, "frames", 1)
	a.count(b.id, "bytes", a.length)
	a.count(b.id, "retries", a.retry)
	a.time(b.id, a.t)
	if a.f.Transmitter == a.f.BSSID {
		a.power(b.id, a.h)
	}
}

func (a *air) management(body []byte) {
	f := a.f
	switch f.Kind {
	case dot11.Beacon, dot11.ProbeResponse:
		a.announced(body)
		return
	case dot11.ProbeRequest:
		a.probeRequest(body)
		return
	case dot11.Deauthentication, dot11.Disassociation:
		a.disconnect(body)
	case dot11.Authentication:
		a.authentication(body)
	case dot11.AssociationRequest, dot11.ReassociationRequest:
		id, _ := a.handshake()
		a.count(id, "assoc_requests", 1)
		sta := a.station(f.Transmitter, wlan.MAC{})
		a.sent(sta)
		if fixed, _ := f.Kind.FixedLen(); !f.Protected && len(body) >= fixed {
			a.set(sta, "association_fingerprint", fingerprint(4, binary.LittleEndian.Uint16(body), body[fixed:]))
		}
	case dot11.AssociationResponse, dot11.ReassociationResponse:
		a.associationResponse(body)
	}
	a.inBSS()
}

func (a *air) announced(body []byte) {
	f := a.f
	var fixed dot11.BeaconBody
	if fixed.Decode(body) != nil || f.BSSID.Group() {
		return
	}
	var e dot11.Elements
	_ = e.Decode(body[dot11.BeaconFixedLen:])
	ssid := ""
	if name := e.Name(); name != nil {
		ssid = fmt.Sprintf("%q", name)
	}
	list := a.bss[a.place(f.BSSID)]
	var b *refBSS
	for _, x := range list {
		if b == nil && (!x.heard || x.ssid == ssid) {
			b = x
		}
	}
	if b == nil && len(list) < 512 {
		b = a.newBSS(f.BSSID)
	}
	if b == nil {
		return
	}
	a.addTo(b)
	b.heard, b.ssid = true, ssid
	x := b.fields
	if ssid != "" {
		x["ssid"] = ssid
	}
	s := e.Security
	x["security"] = fmt.Sprintf("%x/%x/%x/%d/%v", uint64(s.AKMs), uint32(s.Pairwise), uint32(s.Group), s.PMF, fixed.Capabilities&0x10 != 0)
	features := e.Features
	if fixed.Capabilities&2 != 0 {
		features |= wlan.FeatureIBSS
	}
	a.numbers[b.id]["features"] |= uint64(features)
	band := a.h.Frequency.Band()
	if e.Channel6GHz {
		band = wlan.Band6GHz
	}
	put := func(field string, v uint64) {
		if v != 0 {
			x[field] = fmt.Sprint(v)
		}
	}
	put("announced_mhz", uint64(wlan.Channel{Band: band, Number: e.Channel}.Frequency()))
	put("width_mhz", uint64(e.Width))
	if e.HasSwitch {
		to := band
		switch class := e.SwitchClass; {
		case class >= 81 && class <= 84:
			to = wlan.Band2GHz
		case class >= 115 && class <= 130:
			to = wlan.Band5GHz
		case class >= 131 && class <= 137:
			to = wlan.Band6GHz
		}
		put("switch_to_mhz", uint64(wlan.Channel{Band: to, Number: e.SwitchChannel}.Frequency()))
	}
	if c := e.Country; isWord(c[0]) && isWord(c[1]) {
		x["country"] = string(c[:])
	}
	if e.HasLoad {
		put("station_count", uint64(e.StationCount)+1)
		put("utilisation", uint64(e.Utilisation)+1)
	}
	put("beacon_interval_tu", uint64(fixed.Interval))
	a.clock(b, uint64(fixed.TSF))
	kind, field, counter := 1, "beacon_fingerprint", "beacons"
	if f.Kind == dot11.ProbeResponse {
		kind, field, counter = 2, "response_fingerprint", "probe_responses"
	}
	a.count(b.id, counter, 1)
	x[field] = fingerprint(kind, fixed.Capabilities, body[dot11.BeaconFixedLen:])
}

func isWord(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

func (a *air) clock(b *refBSS, tsf uint64) {
	if b.tsfAt != 0 {
		expected := b.tsf + uint64((a.t-b.tsfAt)/1000)
		if int64(tsf-expected) > 1_000_000 || tsf < b.tsf && a.t >= b.tsfAt {
			a.count(b.id, "tsf_jumps", 1)
		}
	}
	b.tsf, b.tsfAt = tsf, a.t
	ms := a.ms(a.t)
	delete(b.fields, "tsf_us")
	delete(b.fields, "tsf_heard_ms")
	if since := uint64(ms) * 1000; tsf >= since {
		tsf, ms = tsf-since, 0
	}
	if tsf != 0 {
		b.fields["tsf_us"] = fmt.Sprint(tsf)
	}
	if ms != 0 {
		b.fields["tsf_heard_ms"] = fmt.Sprint(ms)
	}
}

func (a *air) station(station wlan.MAC, bssid wlan.BSSID) string {
	if station.Group() || station == (wlan.MAC{}) {
		return ""
	}
	return a.row("stations", key(station), mac(bssid), a.frequency())
}

func (a *air) sent(id string) {
	a.count(id, "frames_sent", 1)
	a.count(id, "bytes_sent", a.length)
	a.count(id, "retries", a.retry)
	a.time(id, a.t)
	a.power(id, a.h)
}

func (a *air) received(id string) {
	a.count(id, "frames_received", 1)
	a.count(id, "bytes_received", a.length)
	a.time(id, a.t)
}

func (a *air) probeRequest(body []byte) {
	id := a.station(a.f.Transmitter, wlan.MAC{})
	a.sent(id)
	a.count(id, "probe_requests", 1)
	a.set(id, "probe_fingerprint", fingerprint(3, 0, body))
	var e dot11.Elements
	_ = e.Decode(body)
	if name := e.Name(); name != nil && !a.f.Transmitter.Group() {
		a.count(a.row("probes", key(a.f.Transmitter), fmt.Sprintf("%q", name)), "requests", 1)
	}
}

func (a *air) data(body []byte, bodyErr error) {
	f := a.f
	protected := uint64(0)
	if f.Protected {
		protected = 1
	}
	var id string
	switch f.Direction {
	case dot11.ToDS:
		a.inBSS()
		id = a.station(f.Transmitter, f.BSSID)
		a.sent(id)
	case dot11.FromDS:
		a.inBSS()
		id = a.station(f.Receiver, f.BSSID)
		a.received(id)
	case dot11.Direct:
		a.inBSS()
		if !f.BSSID.Group() {
			id = a.station(f.Transmitter, f.BSSID)
			a.sent(id)
		}
	case dot11.Bridge:
		switch {
		case len(a.bss[a.place(f.Receiver)]) > 0:
			f.BSSID = f.Receiver
			id = a.station(f.Transmitter, f.BSSID)
			a.sent(id)
			a.inBSS()
		case len(a.bss[a.place(f.Transmitter)]) > 0:
			f.BSSID = f.Transmitter
			id = a.station(f.Receiver, f.BSSID)
			a.received(id)
			a.inBSS()
		}
	}
	a.count(id, "protected_frames", protected)
	if f.Protected || !f.Kind.HasPayload() || f.Fragment != 0 || bodyErr != nil {
		return
	}
	if etherType, rest, err := f.Payload(body); err == nil && etherType == dot11.EtherTypeEAPOL {
		a.eapol(rest)
	}
}

func (a *air) disconnect(body []byte) {
	f := a.f
	reason := 0
	if !f.Protected {
		if n, err := dot11.Reason(body); err == nil {
			reason = int(n) + 1
		}
	}
	id := a.row("disconnects", key(f.Transmitter), key(f.Receiver), key(f.BSSID), a.frequency(), fmt.Sprint(reason),
		fmt.Sprint(f.Kind == dot11.Disassociation), fmt.Sprint(f.Protected))
	a.count(id, "frames", 1)
	a.time(id, a.t)
	a.power(id, a.h)
}

func (a *air) handshake() (id string, fromBSS bool) {
	f := a.f
	station := f.Transmitter
	if fromBSS = f.Transmitter == f.BSSID; fromBSS {
		station = f.Receiver
	}
	if station.Group() || f.BSSID.Group() {
		return "", fromBSS
	}
	id = a.row("handshakes", key(f.BSSID), key(station))
	a.time(id, a.t)
	return id, fromBSS
}

func isFailure(status uint16) bool {
	return status != 0 && status != 76 && status != 126 && status != 127
}

func (a *air) authentication(body []byte) {
	id, fromBSS := a.handshake()
	if !fromBSS {
		a.sent(a.station(a.f.Transmitter, wlan.MAC{}))
	}
	var auth dot11.AuthBody
	if id == "" || a.f.Protected || auth.Decode(body) != nil {
		return
	}
	a.numbers[id]["auth_algorithms"] |= 1 << min(auth.Algorithm, 31)
	if auth.SAEGroup != 0 {
		a.numbers[id]["sae_group"] = uint64(auth.SAEGroup)
	}
	switch {
	case isFailure(auth.Status):
		a.count(id, "auth_failures", 1)
		a.numbers[id]["last_failure"] = uint64(auth.Status)
	case fromBSS:
		a.count(id, "auth_successes", 1)
	default:
		a.count(id, "auth_requests", 1)
	}
}

func (a *air) associationResponse(body []byte) {
	id, _ := a.handshake()
	status, err := dot11.AssocResponseStatus(body)
	if err != nil || a.f.Protected {
		return
	}
	bssid := a.f.BSSID
	if isFailure(status) {
		bssid = wlan.MAC{}
	}
	a.received(a.station(a.f.Receiver, bssid))
	if id == "" {
		return
	}
	if isFailure(status) {
		a.count(id, "assoc_failures", 1)
		a.numbers[id]["last_failure"] = uint64(status)
	} else {
		a.count(id, "assoc_successes", 1)
	}
}

func (a *air) eapol(b []byte) {
	if a.f.Direction == dot11.Bridge && a.f.BSSID == (wlan.MAC{}) {
		return
	}
	var e dot11.EAPOL
	_ = e.Decode(b)
	id, _ := a.handshake()
	switch e.Type {
	case dot11.EAPOLStart:
		a.count(id, "eapol_starts", 1)
	case dot11.EAPOLLogoff:
		a.count(id, "eapol_logoffs", 1)
	case dot11.EAPOLKey:
		if e.Message != 0 {
			a.count(id, fmt.Sprintf("m%d", e.Message), 1)
		}
		if e.PMKID {
			a.count(id, "pmkids", 1)
		}
	}
}
