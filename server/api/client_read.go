package api

import (
	"context"

	"picket/server/store"
)

// listClients is GET …/clients.
func (a *API) listClients(ctx context.Context, in *ListParams) (*output[List[Client]], error) {
	return a.clients(ctx, "", in.span(), in.Limit)
}

func (a *API) clients(ctx context.Context, bssid string, span store.Span, limit int) (*output[List[Client]], error) {
	rows, total, names, err := a.Reader.Stations(ctx, tenantOf(ctx).ID, bssid, span, limit)
	if err != nil {
		return nil, err
	}
	list := List[Client]{Items: make([]Client, 0, len(rows)), Total: total, AsOf: now()}
	for _, s := range rows {
		list.Items = append(list.Items, a.client(s, names))
	}
	return reply(list), nil
}

// getClient is GET …/clients/{mac}. 404: not heard in the time range.
func (a *API) getClient(ctx context.Context, in *MACParams) (*output[ClientDetail], error) {
	d, names, err := a.Reader.Station(ctx, tenantOf(ctx).ID, mac(in.MAC).String(), in.span())
	if err != nil {
		return nil, err
	}
	out := ClientDetail{
		Client:       a.client(d.Station, names),
		Associations: make([]Association, 0, len(d.Associations)),
		Probes:       make([]Probe, 0, len(d.Asked)),
		Disconnects:  disconnects(d.Disconnects, names),
	}
	for _, b := range d.Associations {
		out.Associations = append(out.Associations, Association{
			BSSID: b.BSSID, SSID: textOrNull(b.SSID), Frames: b.Frames,
			FirstHeardAt: Time{b.FirstHeardAt}, LastHeardAt: Time{b.LastHeardAt},
		})
	}
	for _, p := range d.Asked {
		out.Probes = append(out.Probes, Probe{SSID: text(p.SSID), Requests: p.Requests, LastHeardAt: Time{p.LastHeardAt}})
	}
	return reply(out), nil
}

func (a *API) client(s store.Station, names store.Names) Client {
	out := Client{
		MAC:            s.Station,
		Vendor:         a.vendor(s.Station),
		Randomised:     private(s.Station),
		BSSID:          s.BSSID,
		SSID:           textOrNull(s.SSID),
		Probes:         texts(s.Probes),
		SignalDBm:      float(s.SignalMeanDBm),
		FramesSent:     s.FramesSent,
		FramesReceived: s.FramesReceived,
		BytesSent:      s.BytesSent,
		BytesReceived:  s.BytesReceived,
		FirstHeardAt:   Time{s.FirstHeardAt},
		LastHeardAt:    Time{s.LastHeardAt},
		Taps:           tapRefs(s.Taps, names),
		Sites:          siteSlugs(s.Taps, names),
		Demonstration:  s.Demonstration,
	}
	out.Band, out.Channel, _ = where(s.FrequencyMHz)
	return out
}
