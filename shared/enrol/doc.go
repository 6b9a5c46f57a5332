// Package enrol is how a tap and a cluster come to know each other: the token that
// an operator gives to a tap, and the request in which the tap exchanges it.
//
// A token is one line of text:
//
//	picket1.BASE64URL
//
// of 52 octets without padding: the SHA-256 of the SubjectPublicKeyInfo of the
// cluster's CA, and 20 random octets. The first part pins the tap's first TLS
// contact; the second is the secret, of which a node keeps the SHA-256 alone.
// The first part is also the cluster's id, in hexadecimal.
//
// The tap sends POST /v1/enrol, signed (shared/httpsig) with the key that it
// shows there, so nobody enrols a key that is not theirs. Sent again by the same
// key, the request has the same answer: a reply may be lost. A token for one box
// makes a tap of it at once; with a token for several, and with none, the box
// waits until a person lets it in, and asks again.
//
// # Without a token
//
// The box asks GET /v1/cluster whose node it has reached, believes the first
// answer, and then makes its key. It shows the claim code of both (ClaimCode),
// which is no secret, and waits; nobody sees it at the cluster before a person has
// typed the whole code. The code thereby proves to the box that it has reached the
// right cluster, and to the cluster that it lets in the right box.
//
// # Sealed answers
//
// What a cluster answers is signed by its CA's key for the one request (Answer),
// so that it holds behind a load balancer which ends TLS.
//
// # New keys
//
// POST /v1/key, signed by the old key, names a new one with its proof (KeyProof).
// The old key holds until a request under the new one was acknowledged.
package enrol
