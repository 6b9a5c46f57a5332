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
// key, the request has the same answer: a reply may be lost.
package enrol
