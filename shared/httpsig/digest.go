package httpsig

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
)

// ContentDigest returns the Content-Digest of body: sha-256=:…: (RFC 9530, 2).
func ContentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// KeyID names a public key: base64url, without padding, of the SHA-256 of its
// 32 octets. It has 43 characters.
func KeyID(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
