package main

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pires/go-proxyproto"

	"picket/server/peer"
)

// proxyHeaderLimit is how long a balancer may take to say for whom it connects.
const proxyHeaderLimit = 5 * time.Second

// proxied returns what accepts connections of balancers that begin with a header of the
// PROXY protocol, where the policy wants that; others' begin as they always do, and a
// header of theirs is no TLS. A connection of a balancer without one fails: its
// configuration is not what the operator believes.
func proxied(l net.Listener, p peer.Policy) net.Listener {
	if p.Means() != peer.ProxyProtocol {
		return l
	}
	return &proxyproto.Listener{
		Listener: l, ReadHeaderTimeout: proxyHeaderLimit,
		ConnPolicy: func(o proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) {
			if a, ok := addressOf(o.Upstream); ok && p.Trusts(a) {
				return proxyproto.REQUIRE, nil
			}
			return proxyproto.SKIP, nil
		},
		ValidateHeader: func(h *proxyproto.Header) error {
			if h.Version != 2 {
				return fmt.Errorf("PROXY protocol of version %d, want 2", h.Version)
			}
			return nil
		},
	}
}

// clientAddress lets everything behind it see the client's address in place of the
// balancer's: limits of attempts, the audit log, sessions, boxes that wait.
func clientAddress(p peer.Policy) fiber.Handler {
	header := p.Header()
	return func(c *fiber.Ctx) error {
		if header == "" {
			return c.Next()
		}
		connection := c.Context()
		connection.SetRemoteAddr(nil) // what an earlier request on this connection left
		if from, ok := addressOf(connection.RemoteAddr()); ok && p.Trusts(from) {
			client := p.Client(from, c.Request().Header.PeekAll(header))
			connection.SetRemoteAddr(net.TCPAddrFromAddrPort(netip.AddrPortFrom(client, 0)))
		}
		return c.Next()
	}
}

func addressOf(a net.Addr) (netip.Addr, bool) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	return tcp.AddrPort().Addr().Unmap(), true
}
