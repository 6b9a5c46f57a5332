package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// enrolmentPrefix names the form of an enrolment token.
const enrolmentPrefix = "picket1."

// enrolmentSecret is the length of a token's secret in octets.
const enrolmentSecret = 20

// NewEnrolmentToken returns an enrolment token as a tap takes it, and the SHA-256
// of its secret, which is all that is stored. ca is the SHA-256 of the cluster
// CA's SubjectPublicKeyInfo: it stands in the token, so that a tap's first
// contact is pinned.
func NewEnrolmentToken(ca [32]byte) (token string, secretHash [32]byte) {
	var b [len(ca) + enrolmentSecret]byte
	copy(b[:], ca[:])
	secret := b[len(ca):]
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	return enrolmentPrefix + base64.RawURLEncoding.EncodeToString(b[:]), sha256.Sum256(secret)
}
