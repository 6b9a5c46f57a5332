package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/net/bpf"

	"picket/appliance/capture"
)

// resolveTimeout bounds how long the start of a capture waits for names.
const resolveTimeout = 2 * time.Second

// ownTraffic keeps a tap from reporting its own reports.
type ownTraffic struct {
	nodes []string // URLs
	log   *slog.Logger
}

// filter returns what leaves out TCP to and from the nodes, nil when there is
// nothing to leave out. A node on this machine is not left out: what the tap sends
// to it passes no Ethernet, and what others send to it is worth hearing.
func (o *ownTraffic) filter() []bpf.RawInstruction {
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	local := localAddresses()
	var endpoints []netip.AddrPort
	for _, node := range o.nodes {
		for _, e := range resolve(ctx, node) {
			if !local[e.Addr()] && !e.Addr().IsLoopback() {
				endpoints = append(endpoints, e)
			}
		}
	}
	if len(endpoints) == 0 {
		return nil
	}
	filter, err := capture.ExcludeTCP(endpoints...)
	if err != nil {
		o.log.Warn("own reports are captured too", "err", err)
		return nil
	}
	return filter
}

// resolve returns the endpoints of a URL, none when its name is not known now.
func resolve(ctx context.Context, text string) []netip.AddrPort {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	port := uint64(443)
	if p := u.Port(); p != "" {
		if port, err = strconv.ParseUint(p, 10, 16); err != nil {
			return nil
		}
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil
	}
	var endpoints []netip.AddrPort
	for _, a := range addresses {
		endpoints = append(endpoints, netip.AddrPortFrom(a.Unmap().WithZone(""), uint16(port)))
	}
	return endpoints
}

func localAddresses() map[netip.Addr]bool {
	local := map[netip.Addr]bool{}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return local
	}
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			local[p.Addr().Unmap()] = true
		}
	}
	return local
}
