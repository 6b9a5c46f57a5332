// Package outbound is the only way in which a node opens a connection to a
// place that a person named: webhooks, identity providers, mail servers. A node
// stands in the middle of a network and can reach what a person at the console
// must not, such as the database or a cloud's metadata service; this package is
// what keeps the console from being used to reach it (server-side request
// forgery, CWE-918).
//
// # What is checked, and when
//
// A name proves nothing: it may be resolved to a public address when it is
// checked and to 127.0.0.1 when it is used. So names are not looked at. The
// address is checked after resolution, immediately before connect(2), for every
// attempt (net.Dialer.ControlContext): there is no moment between check and use.
//
// Forms of IPv6 that carry an IPv4 address (mapped, compatible, NAT64, 6to4,
// ISATAP) are judged by both addresses. Forms whose inner address this node cannot
// know (Teredo, local NAT64 prefixes) are refused.
//
// Refused always, whatever is configured: loopback, link-local, multicast,
// unspecified, reserved and documentation ranges, the metadata services of clouds,
// every address of this machine, and the addresses of the database and of the
// other nodes. Private ranges are refused but for those that the operator of the
// node (not a person at the console) allowed.
//
// # What else is bounded
//
// Redirects are not followed: a redirect is a second request that the first
// server chose. Proxies of the environment are not used: the proxy would connect,
// and nobody would check. A request has a time limit from its start to the last
// octet of the answer, an answer a size limit after decompression.
package outbound
