// Package httpsig signs and checks the requests of taps: HTTP Message Signatures
// (RFC 9421) by Ed25519 over the digest of the body (RFC 9530).
//
// It is the part of those RFCs that Picket speaks, and no more:
//
//   - one signature, labelled "picket", alg "ed25519", tag "picket-v1";
//   - over "@method", "@path", "@query", "content-digest" and "picket-cluster",
//     in this order, so that a request cannot be altered, sent to another path,
//     or replayed at another cluster;
//   - with created, expires (at most 300 s later), keyid and a nonce of 16
//     random octets.
//
// A request that deviates in anything is refused: what is not signed the same
// way by every tap need not be understood. Signatures under other labels, as a
// proxy may add, are skipped. Header values are read in their canonical form
// only (RFC 8941, section 4.1), so the text received is the text signed.
//
// A load balancer may end TLS, rename the host and add headers: none of these
// is covered. It must leave method, path, query and body alone.
//
// Checking has two steps because the key is found by its id: Parse checks all
// that needs no key, and Parsed.Verify the signature.
package httpsig
