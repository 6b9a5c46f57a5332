package api

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"picket/server/store"
)

// listBSS is GET …/bss.
func (a *API) listBSS(ctx context.Context, in *ListParams) (*output[List[BSS]], error) {
	rows, total, names, err := a.Reader.BSSs(ctx, tenantOf(ctx).ID, in.span(), in.Limit)
	if err != nil {
		return nil, err
	}
	list := List[BSS]{Items: make([]BSS, 0, len(rows)), Total: total, AsOf: now()}
	for _, b := range rows {
		list.Items = append(list.Items, a.bss(b, names))
	}
	return reply(list), nil
}

// getBSS is GET …/bss/{bssid}. 404: not heard in the time range.
func (a *API) getBSS(ctx context.Context, in *BSSIDParams) (*output[BSSDetail], error) {
	d, names, err := a.Reader.BSS(ctx, tenantOf(ctx).ID, mac(in.BSSID).String(), in.span())
	if err != nil {
		return nil, err
	}
	return reply(a.bssDetail(mac(in.BSSID).String(), d, names)), nil
}

// listBSSClients is GET …/bss/{bssid}/clients.
func (a *API) listBSSClients(ctx context.Context, in *BSSIDListParams) (*output[List[Client]], error) {
	return a.clients(ctx, mac(in.BSSID).String(), in.span(), in.Limit)
}

func (a *API) bss(b store.BSS, names store.Names) BSS {
	taps := make([]string, 0, len(b.Sightings))
	for _, s := range b.Sightings {
		taps = append(taps, s.Tap)
	}
	out := BSS{
		BSSID:          b.BSSID,
		SSID:           textOrNull(b.SSID),
		Vendor:         a.vendor(b.BSSID),
		PrivateAddress: private(b.BSSID),
		Features:       features(b.Features),
		WidthMHz:       b.WidthMHz,
		Clients:        b.Clients,
		FirstHeardAt:   Time{b.FirstHeardAt},
		LastHeardAt:    Time{b.LastHeardAt},
		Taps:           tapRefs(taps, names),
		Sites:          siteSlugs(taps, names),
		Demonstration:  b.Demonstration,
		Spark:          BSSSpark{Signal: make([]*float64, store.Slots), Frames: make([]*int64, store.Slots)},
	}
	out.Security, out.PMF, out.SecurityLevel = security(b)
	out.Band, out.Channel, out.FrequencyMHz = where(b.FrequencyMHz)
	if s := best(b.Sightings); s != nil {
		out.SignalDBm = float(s.SignalMeanDBm)
		out.SignalTap = pointer(names[s.Tap].Name)
		out.FramesPerSecond = perSecond(s.Frames, s.WindowMS)
	}
	for _, s := range b.Spark {
		out.Spark.Signal[s.Slot] = rounded(s.SignalDBm)
		out.Spark.Frames[s.Slot] = pointer(s.Frames)
	}
	return out
}

// recently is within what time of the newest sighting a louder one counts.
const recently = 10 * time.Minute

// best returns the strongest of the recent sightings; they come strongest first.
func best(sightings []store.BSSSighting) *store.BSSSighting {
	var newest time.Time
	for _, s := range sightings {
		if s.LastHeardAt.After(newest) {
			newest = s.LastHeardAt
		}
	}
	for i, s := range sightings {
		if newest.Sub(s.LastHeardAt) <= recently {
			return &sightings[i]
		}
	}
	return nil
}

func (a *API) bssDetail(bssid string, d store.BSSDetail, names store.Names) BSSDetail {
	out := BSSDetail{
		BSSID:          bssid,
		Vendor:         a.vendor(bssid),
		PrivateAddress: private(bssid),
		Variants:       make([]BSS, 0, len(d.Variants)),
		Fingerprint:    Fingerprints{Beacon: fingerprint(d.Beacon), ProbeResponse: fingerprint(d.Response)},
		Channels:       make([]BSSChannel, 0, len(d.Channels)),
		Disconnects:    disconnects(d.Disconnects, names),
		Handshakes:     handshakes(d.Handshakes, names),
	}
	var taps []string
	for _, b := range d.Variants {
		out.Variants = append(out.Variants, a.bss(b, names))
		if out.FirstHeardAt.IsZero() || b.FirstHeardAt.Before(out.FirstHeardAt.Time) {
			out.FirstHeardAt = Time{b.FirstHeardAt}
		}
		if b.LastHeardAt.After(out.LastHeardAt.Time) {
			out.LastHeardAt = Time{b.LastHeardAt}
		}
		if out.BeaconIntervalTU == nil {
			out.BeaconIntervalTU = b.BeaconIntervalTU
		}
		if out.Country == nil && b.Country != nil && *b.Country != "" {
			out.Country = pointer(text([]byte(*b.Country)))
		}
		for _, s := range b.Sightings {
			taps = append(taps, s.Tap)
		}
	}
	out.UptimeSeconds = uptime(d.Variants)
	out.Sites = siteSlugs(taps, names)
	for _, c := range d.Channels {
		band, channel, _ := where(&c.FrequencyMHz)
		out.Channels = append(out.Channels, BSSChannel{
			Channel: channel, Band: band, FrequencyMHz: c.FrequencyMHz,
			Frames: c.Frames, Bytes: c.Bytes, LastHeardAt: Time{c.LastHeardAt},
		})
	}
	return out
}

// uptime returns what the newest TSF of a BSSID says in seconds. One above 2⁶³
// µs is no uptime.
func uptime(variants []store.BSS) *int64 {
	var newest time.Time
	var seconds *int64
	for _, b := range variants {
		for _, s := range b.Sightings {
			if s.TSFUS != nil && s.TSFHeardAt != nil && *s.TSFUS >= 0 && s.TSFHeardAt.After(newest) {
				newest = *s.TSFHeardAt
				seconds = pointer(*s.TSFUS / 1e6)
			}
		}
	}
	return seconds
}

func fingerprint(f *store.Fingerprint) *Fingerprint {
	if f == nil {
		return nil
	}
	out := &Fingerprint{Capabilities: fmt.Sprintf("0x%04x", f.Capabilities), Elements: make([]Element, 0, len(f.Elements))}
	for _, e := range f.Elements {
		out.Elements = append(out.Elements, element(e))
	}
	return out
}

func element(e store.Element) Element {
	out := Element{ID: e.ElementID, Name: elementName(e), Class: "stable"}
	switch e.ElementID {
	case elementExtension:
		out.IDExtension = pointer(e.IDExtension)
	case elementVendor:
		out.VendorType = pointer(fmt.Sprintf("%08x", uint32(e.VendorType)))
	}
	if e.IsVolatile {
		out.Class = "volatile"
		return out
	}
	out.Content = pointer(hex.EncodeToString(e.Content))
	out.Length = pointer(e.Length)
	return out
}

func disconnects(rows []store.Disconnect, names store.Names) []Disconnect {
	out := make([]Disconnect, 0, len(rows))
	for _, d := range rows {
		o := Disconnect{
			At: Time{d.At}, BSSID: d.BSSID, Transmitter: d.Transmitter, Receiver: d.Receiver,
			Kind: "deauthentication", Protected: d.Protected, Frames: d.Frames,
			SignalDBm: rounded(d.SignalDBm), Tap: tapRef(d.Tap, names),
			ReasonText: "not readable",
		}
		if d.Disassociation {
			o.Kind = "disassociation"
		}
		if d.Reason > 0 {
			o.Reason = pointer(d.Reason - 1)
			o.ReasonText = reasonText(d.Reason - 1)
		}
		out = append(out, o)
	}
	return out
}

func handshakes(rows []store.Handshake, names store.Names) []Handshake {
	out := make([]Handshake, 0, len(rows))
	for _, h := range rows {
		out = append(out, Handshake{
			At: Time{h.At}, BSSID: h.BSSID, Station: h.Station, Tap: tapRef(h.Tap, names),
			AuthRequests: h.AuthRequests, AuthSuccesses: h.AuthSuccesses, AuthFailures: h.AuthFailures,
			AssociationRequests: h.AssocRequests, AssociationSuccesses: h.AssocSuccesses, AssociationFailures: h.AssocFailures,
			M1: h.M1, M2: h.M2, M3: h.M3, M4: h.M4, PMKIDs: h.PMKIDs,
		})
	}
	return out
}
