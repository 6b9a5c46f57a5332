package peer

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

// Means is how balancers tell who the client is.
type Means string

// The means.
const (
	XForwardedFor Means = "x-forwarded-for"
	Forwarded     Means = "forwarded" // RFC 7239
	ProxyProtocol Means = "proxy-protocol"
)

// Bounds of a chain of balancers, and of a setting.
const (
	maxHops    = 16
	maxTrusted = 64 // networks
)

// Policy says whose word about clients is taken. The zero value: nobody's.
type Policy struct {
	trusted []netip.Prefix
	means   Means
}

// ParsePolicy reads addresses and networks with commas between, and a means; "" is
// X-Forwarded-For. Networks that hold everybody are refused.
func ParsePolicy(trusted, means string) (Policy, error) {
	p := Policy{means: Means(strings.ToLower(means))}
	switch p.means {
	case "":
		p.means = XForwardedFor
	case XForwardedFor, Forwarded, ProxyProtocol:
	default:
		return Policy{}, fmt.Errorf("%q is none of %s, %s, %s", means, XForwardedFor, Forwarded, ProxyProtocol)
	}
	for text := range strings.SplitSeq(trusted, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := parseNetwork(text)
		if err != nil {
			return Policy{}, err
		}
		if p.trusted = append(p.trusted, network); len(p.trusted) > maxTrusted {
			return Policy{}, fmt.Errorf("more than %d networks", maxTrusted)
		}
	}
	return p, nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	n, err := netip.ParsePrefix(text)
	if err != nil {
		return n, fmt.Errorf("%q is neither an address nor a network, as in 192.0.2.10 or 192.0.2.0/24", text)
	}
	if n.Bits() == 0 {
		return n, fmt.Errorf("%q is everybody: name the balancers", text)
	}
	return n.Masked(), nil
}

// Means returns by which means balancers tell of clients, "" where nobody is believed.
func (p Policy) Means() Means {
	if len(p.trusted) == 0 {
		return ""
	}
	return p.means
}

// Header returns the name of the header that Client reads, "" for none.
func (p Policy) Header() string {
	switch p.Means() {
	case XForwardedFor:
		return "X-Forwarded-For"
	case Forwarded:
		return "Forwarded"
	case ProxyProtocol:
	}
	return ""
}

// Trusts reports whether a's word is taken.
func (p Policy) Trusts(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, n := range p.trusted {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Client returns the address of the client of a request that came from peer; lines are
// the values of Header's lines in the order in which they stand.
func (p Policy) Client(peer netip.Addr, lines [][]byte) netip.Addr {
	peer = peer.Unmap()
	if p.Header() == "" {
		return peer
	}
	chain := reader{lines: lines, quotes: p.means == Forwarded}
	for range maxHops {
		if !p.Trusts(peer) {
			return peer
		}
		element, ok := chain.last()
		if !ok {
			return peer
		}
		var before netip.Addr
		if p.means == Forwarded {
			before, ok = forwardedFor(element)
		} else {
			before, ok = node(element)
		}
		if !ok {
			return peer
		}
		peer = before
	}
	return peer
}

// reader takes the elements of a list-valued header off its end (RFC 9110, 5.6.1).
type reader struct {
	lines  [][]byte
	quotes bool // elements may hold quoted strings, and those commas
}

// last returns the last element that is not empty, and takes it off.
func (r *reader) last() ([]byte, bool) {
	for len(r.lines) > 0 {
		end := len(r.lines) - 1
		line := r.lines[end]
		comma := r.comma(line)
		element := bytes.Trim(line[comma+1:], " \t")
		if comma < 0 {
			r.lines = r.lines[:end]
		} else {
			r.lines = append(r.lines[:end:end], line[:comma])
		}
		if len(element) > 0 {
			return element, true
		}
	}
	return nil, false
}

// comma finds the last comma of a line outside quotes, -1 for none. From the right:
// what a client wrote further left, an open quote among it, cannot swallow what a
// balancer added.
func (r *reader) comma(line []byte) int {
	if !r.quotes {
		return bytes.LastIndexByte(line, ',')
	}
	quoted := false
	for i := len(line) - 1; i >= 0; i-- {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ',' && !quoted:
			return i
		}
	}
	return -1
}

// Network returns what limits of attempts count for an address: an IPv6 client has a
// /64 to choose from (RFC 6177), so that is one. What is no address stands for itself.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	n, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return n.String()
}
