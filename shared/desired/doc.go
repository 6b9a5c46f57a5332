// Package desired is what the centre wants of a tap: the document, the layers of
// which a node makes it, and the signed form in which a tap gets it.
//
// # Document
//
// A Document is JSON. Every setting may be absent, and then the tap decides. Its
// revision grows with every change and never goes back, also when settings are
// removed; a tap names in its reports the revision that it follows. A tap ignores
// what it does not know and says so (Document.Unknown), so that an older tap can
// follow a newer cluster.
//
// # Layers
//
// What people set are Settings: of a site, which all of its taps inherit, and of a
// tap, which override the site's one by one. A node merges them (Merge).
//
// # Signed form
//
// The document travels as a JWS in compact serialisation (RFC 7515, 7.1) with
// exactly these protected header parameters:
//
//	alg  "ES256" (RFC 7518, 3.4), nothing else is accepted
//	typ  "picket-desired+jws": no other document of the cluster passes for one
//	kid  the cluster's id, the SHA-256 of the CA's SubjectPublicKeyInfo in hexadecimal
//
// It is signed by the cluster CA's key, which a tap learned at enrolment. That key
// signs certificates as well; the two cannot be confused, for what is signed here
// begins with base64url and a certificate's signed part with the octet 0x30.
// Cluster, tap and revision stand in the payload: an Opener refuses a document of
// another cluster, for another tap, or of a revision that is older than the last.
//
// A node that is unreachable, or somebody in between, can withhold documents; a
// tap then follows the last it had. Locks end by themselves at an absolute time,
// at most MaxLock after the document was made.
package desired
