package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"picket/server/peer"
)

// tokenOctets is the length of session and first-login tokens.
const tokenOctets = 32

// newToken returns a token as its holder keeps it, and its hash as we do.
func newToken() (token string, hash [32]byte) {
	var b [tokenOctets]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b[:]), sha256.Sum256(b[:])
}

// parseToken returns the hash of a token, and false where it cannot be one.
func parseToken(token string) ([32]byte, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != tokenOctets {
		return [32]byte{}, false
	}
	return sha256.Sum256(b), true
}

// attemptKey names what attempts are counted for. It hides what was typed: it
// may be a password.
func attemptKey(kind, value string) string {
	hash := sha256.Sum256([]byte(value))
	return kind + ":" + hex.EncodeToString(hash[:])
}

// addressKey names what attempts from a client's address are counted for: from all
// that it may choose from.
func addressKey(address string) string { return attemptKey("address", peer.Network(address)) }
