package api

import (
	"context"
	"strconv"

	"picket/server/store"
)

// listHosts is GET …/hosts.
func (a *API) listHosts(ctx context.Context, in *ListParams) (*output[List[Host]], error) {
	rows, total, names, err := a.Reader.Hosts(ctx, tenantOf(ctx).ID, in.span(), in.Limit)
	if err != nil {
		return nil, err
	}
	list := List[Host]{Items: make([]Host, 0, len(rows)), Total: total, AsOf: now()}
	for _, h := range rows {
		list.Items = append(list.Items, a.host(h, names))
	}
	return reply(list), nil
}

// getHost is GET …/hosts/{mac}. 404: not heard in the time range.
func (a *API) getHost(ctx context.Context, in *MACParams) (*output[HostDetail], error) {
	d, names, err := a.Reader.Host(ctx, tenantOf(ctx).ID, mac(in.MAC).String(), in.span())
	if err != nil {
		return nil, err
	}
	out := HostDetail{
		Host:  a.host(d.Host, names),
		DNS:   make([]DNSQuestion, 0, len(d.Questions)),
		Flows: make([]Flow, 0, len(d.Flows)),
	}
	for _, q := range d.Questions {
		out.DNS = append(out.DNS, DNSQuestion{
			Name: text(q.Name), Type: dnsType(q.Type), Questions: q.Questions,
			Answers: DNSAnswers{NoError: q.NoError, NXDomain: q.NXDomain, ServFail: q.ServFail, Refused: q.Refused, Other: q.Other},
		})
	}
	for _, f := range d.Flows {
		out.Flows = append(out.Flows, flow(f))
	}
	return reply(out), nil
}

func flow(f store.Flow) Flow {
	out := Flow{
		Protocol: protocol(f.Protocol), Peer: f.Peer, Direction: "incoming",
		BytesSent: f.Sent, BytesReceived: f.Received, Packets: f.Packets,
	}
	if f.Opened {
		out.Direction = "outgoing"
		out.PeerPort = pointer(f.ServerPort)
	} else {
		out.LocalPort = pointer(f.ServerPort)
	}
	return out
}

// protocol names a number of the IANA's protocol registry.
func protocol(n int) string {
	switch n {
	case 6:
		return "TCP"
	case 17:
		return "UDP"
	}
	return strconv.Itoa(n)
}

func (a *API) host(h store.Host, names store.Names) Host {
	out := Host{
		MAC:            h.MAC,
		Vendor:         a.vendor(h.MAC),
		PrivateAddress: private(h.MAC),
		IPs:            h.IPs,
		Names:          texts(h.Names),
		VLAN:           h.VLAN,
		FramesSent:     h.FramesSent,
		FramesReceived: h.FramesReceived,
		BytesSent:      h.BytesSent,
		BytesReceived:  h.BytesReceived,
		FirstHeardAt:   Time{h.FirstHeardAt},
		LastHeardAt:    Time{h.LastHeardAt},
		Taps:           tapRefs(h.Taps, names),
		Sites:          siteSlugs(h.Taps, names),
		Demonstration:  h.Demonstration,
	}
	if h.DHCPHeardAt != nil {
		out.DHCP = &HostDHCP{Server: h.DHCPServer, LeaseSeconds: h.DHCPLeaseS, VendorClass: textOrNull(h.DHCPVendorClass)}
	}
	return out
}
