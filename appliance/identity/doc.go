// Package identity is who the tap is: its key, and the cluster that knows it.
//
// # Files in the state folder
//
//	tap.key        Ed25519 private key, PKCS #8 in PEM, mode 0600; never leaves
//	tap.key.new    the next one, while a node is told of it
//	claim.json     the claim code, while a person has to let the box in
//	identity.json  what enrolment gave: tap id, cluster, its CA certificate, node URLs
//
// # First contact
//
// The tap has a token and an address, and trusts neither the network nor the
// public CAs. It accepts a node whose certificate chain contains the CA whose
// public key's SHA-256 stands in the token, and whose own certificate, for the
// host that was asked for, is signed by that CA. Only then does it send the
// token's secret. From then on the CA certificate that it learned is the
// only root.
//
// Enrolment is repeated until it succeeds or the node refuses the token; the
// same key gets the same answer, so a lost reply costs nothing. A tap whose clock
// is so wrong that its signature cannot hold goes on trying: the clock will be set.
package identity
