// Package peer tells who is at the other end of a request that came through load
// balancers.
//
// Limits of attempts and the audit log are about people's and taps' addresses, and
// behind a balancer every connection is the balancer's. What it says about the client
// may be believed, what others say must not: anybody can send X-Forwarded-For. So a
// Policy names whose word is taken, by their addresses, and by which one means they
// tell it:
//
//   - X-Forwarded-For, to which each balancer adds the address that it sees at the end;
//   - Forwarded (RFC 7239), likewise;
//   - the PROXY protocol, version 2, before TLS: for balancers that pass TCP on.
//
// Only one of them: a balancer that writes one header passes the other on as the client
// made it up.
//
// The header is read from its end. Each address of the chain was seen by the one to its
// right; the first that is nobody's whose word is taken is the client, and what stands
// further left is its own invention. What cannot be read ends the chain at whoever wrote
// it. The zero Policy believes nobody.
package peer
