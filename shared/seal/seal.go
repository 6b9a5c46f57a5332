// Package seal signs what a cluster tells a tap, by the key of the cluster's CA,
// so that it holds whoever carries it: JSON Web Signatures (RFC 7515) in their
// compact form, ES256, with the header parameters alg, kid (the cluster's id) and
// typ, which says what the payload is, and no other.
package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Why something sealed is refused.
var (
	ErrForm      = errors.New("not sealed in the form of this cluster")   // no JWS, or one of another kind
	ErrSignature = errors.New("the cluster's key did not sign this")      // forged or altered
	ErrStranger  = errors.New("meant for another tap or another cluster") // replayed elsewhere
)

// Seal signs payload, which is of a kind, with the key of a cluster's CA.
func Seal(payload []byte, kind, cluster string, key *ecdsa.PrivateKey) (string, error) {
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(kind)).WithHeader("kid", cluster)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return signed.CompactSerialize()
}

// Open returns the payload of text, which has at most most octets, if the cluster
// sealed it as one of that kind. It does not say for whom: that is the payload's.
func Open(text, kind, cluster string, key *ecdsa.PublicKey, most int) ([]byte, error) {
	switch {
	case key == nil || key.Curve != elliptic.P256():
		return nil, errors.New("open what is sealed: the cluster's key is none of P-256")
	case len(text) > most:
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrForm, len(text), most)
	case strings.ContainsAny(text, "\r\n"): // which base64 would skip
		return nil, fmt.Errorf("%w: line breaks", ErrForm)
	}
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	h := signed.Signatures[0].Protected
	// Nothing that could name another key, or change how the payload is read.
	if h.JSONWebKey != nil || h.Nonce != "" || len(h.ExtraHeaders) != 1 || h.ExtraHeaders[jose.HeaderType] != kind {
		return nil, fmt.Errorf("%w: header parameters other than alg, kid and typ %s", ErrForm, kind)
	}
	if h.KeyID != cluster {
		return nil, fmt.Errorf("%w: cluster %.12q…", ErrStranger, h.KeyID)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, ErrSignature
	}
	return payload, nil
}
