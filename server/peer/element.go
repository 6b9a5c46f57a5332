package peer

import (
	"bytes"
	"net/netip"
	"strings"
)

// maxElement bounds what is read of an address, in octets: an IPv6 address in brackets
// with a port has 47.
const maxElement = 64

// node reads an address, with or without a port: 192.0.2.1, 192.0.2.1:4711,
// 2001:db8::1, [2001:db8::1], [2001:db8::1]:4711.
func node(text []byte) (netip.Addr, bool) {
	if len(text) > maxElement {
		return netip.Addr{}, false
	}
	s := string(text)
	a, err := netip.ParseAddr(s)
	if inner, ok := strings.CutPrefix(s, "["); err != nil && ok && strings.HasSuffix(inner, "]") {
		a, err = netip.ParseAddr(inner[:len(inner)-1])
		ok = a.Is6()
		if !ok {
			return netip.Addr{}, false
		}
	}
	if err != nil {
		with, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		a = with.Addr()
	}
	return a.Unmap(), a.Zone() == ""
}

// forwardedFor reads the parameter "for" of an element of Forwarded (RFC 7239, 4): an
// address, and not "unknown" or a name of the balancer's own.
func forwardedFor(element []byte) (a netip.Addr, ok bool) {
	found := false
	for len(element) > 0 {
		var pair []byte
		pair, element = cutPair(element)
		name, value, is := bytes.Cut(bytes.Trim(pair, " \t"), []byte{'='})
		if !is {
			return a, false
		}
		if !strings.EqualFold(string(name), "for") {
			continue
		}
		if found { // two readers could choose differently
			return a, false
		}
		found = true
		if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
			value = value[1 : n-1] // an address needs no escapes
		}
		if a, ok = node(value); !ok {
			return a, false
		}
	}
	return a, found
}

// cutPair cuts at the first semicolon outside quotes.
func cutPair(element []byte) (pair, rest []byte) {
	quoted := false
	for i, b := range element {
		switch {
		case b == '"':
			quoted = !quoted
		case b == ';' && !quoted:
			return element[:i], element[i+1:]
		}
	}
	return element, nil
}
