package enrol

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// prefix names the version of the token.
const prefix = "picket1."

// A Token lets a tap enrol at a cluster.
type Token struct {
	CA     [32]byte // SHA-256 of the SubjectPublicKeyInfo of the cluster's CA
	Secret [20]byte // random
}

// ErrToken marks a text that is no token.
var ErrToken = errors.New("not an enrolment token")

// ParseToken reads a token, with or without white space around it. The error
// never quotes it.
func ParseToken(text string) (Token, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), prefix)
	if !ok {
		return Token{}, fmt.Errorf("%w: does not start with %s", ErrToken, prefix)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || strings.ContainsAny(encoded, "\r\n") { // which DecodeString skips
		return Token{}, fmt.Errorf("%w: damaged, is it complete?", ErrToken)
	}
	var t Token
	if len(b) != len(t.CA)+len(t.Secret) {
		return Token{}, fmt.Errorf("%w: %d octets, want %d: is it complete?", ErrToken, len(b), len(t.CA)+len(t.Secret))
	}
	copy(t.Secret[:], b[copy(t.CA[:], b):])
	return t, nil
}

// Text returns the token as an operator gives it.
func (t Token) Text() string {
	return prefix + base64.RawURLEncoding.EncodeToString(append(t.CA[:], t.Secret[:]...))
}

// String returns the token without its secret, so that no log has it.
func (t Token) String() string { return prefix + "…(cluster " + t.Cluster()[:12] + ")" }

// Cluster returns the id of the cluster: 64 hexadecimal digits.
func (t Token) Cluster() string { return hex.EncodeToString(t.CA[:]) }

// SecretHash is what a node keeps of the secret.
func (t Token) SecretHash() [32]byte { return sha256.Sum256(t.Secret[:]) }
