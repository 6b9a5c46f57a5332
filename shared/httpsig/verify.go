package httpsig

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// MaxAhead is how far a tap's clock may run ahead of the node's. Behind, it may
// run as far as the lifetime of its signatures allows.
const MaxAhead = 60 * time.Second

// Why a request is refused.
var (
	ErrMalformed = errors.New("malformed signature")                // missing, or not in the form of this package
	ErrDigest    = errors.New("content-digest is not of this body") // body altered
	ErrCluster   = errors.New("signed for another cluster")         // replayed elsewhere
	ErrClock     = errors.New("signature expired or not yet valid") // replayed late, or the tap's clock is wrong
	ErrSignature = errors.New("signature does not fit")             // another key, or something covered was altered
)

// A Request is what a node received.
type Request struct {
	Method   string                   // upper case
	Path     string                   // as sent, escaped
	RawQuery string                   // what follows the question mark
	Body     []byte                   // whole
	Header   func(name string) string // first value of a header, or ""
}

// Parsed is a signature in which everything but the signature itself has been
// checked: its KeyID says whose key to look up for Verify.
type Parsed struct {
	KeyID   string // 43 characters, see KeyID
	Created time.Time
	Expires time.Time
	Nonce   string // base64 of 16 octets

	base      []byte
	signature []byte
}

// Parse checks form, cluster, digest and lifetime of the signature of r. now is
// the node's clock. It keeps nothing of r.
func Parse(r Request, cluster string, now time.Time) (*Parsed, error) {
	in, err := findInput(r.Header("Signature-Input"), label)
	if err != nil {
		return nil, err
	}
	p := &Parsed{}
	if p.signature, err = findSignature(r.Header("Signature"), label); err != nil {
		return nil, err
	}
	if len(p.signature) != ed25519.SignatureSize {
		return nil, fmt.Errorf("%w: signature of %d octets", ErrMalformed, len(p.signature))
	}
	names := components()
	if len(in.components) != len(names) || [len(names)]string(in.components) != names {
		return nil, fmt.Errorf("%w: covers %q, want %q", ErrMalformed, in.components, names)
	}
	if err := p.setParams(in.params); err != nil {
		return nil, err
	}
	if p.base, err = base(in.components, r.component, in.raw); err != nil {
		return nil, err
	}
	if got := r.Header("Picket-Cluster"); got != cluster {
		return nil, ErrCluster
	}
	if r.Header("Content-Digest") != ContentDigest(r.Body) {
		return nil, ErrDigest
	}
	if err := p.checkLifetime(now); err != nil {
		return nil, err
	}
	return p, nil
}

// Verify checks the signature itself.
func (p *Parsed) Verify(pub ed25519.PublicKey) error {
	if len(pub) != ed25519.PublicKeySize || KeyID(pub) != p.KeyID || !ed25519.Verify(pub, p.base, p.signature) {
		return ErrSignature
	}
	return nil
}

// setParams wants each of six parameters once, and no other.
func (p *Parsed) setParams(params []param) error {
	if len(params) != 6 {
		return fmt.Errorf("%w: %d parameters, want 6", ErrMalformed, len(params))
	}
	for _, q := range params {
		ok := false
		switch q.name {
		case "created":
			p.Created, ok = time.Unix(q.number, 0).UTC(), q.isNumber
		case "expires":
			p.Expires, ok = time.Unix(q.number, 0).UTC(), q.isNumber
		case "keyid":
			p.KeyID, ok = q.text, isBase64(base64.RawURLEncoding, q.text, 32)
		case "nonce":
			p.Nonce, ok = q.text, isBase64(base64.StdEncoding, q.text, 16)
		case "alg":
			ok = q.text == algorithm
		case "tag":
			ok = q.text == tag
		}
		if !ok {
			return fmt.Errorf("%w: parameter %s", ErrMalformed, q.name)
		}
	}
	return nil
}

func (p *Parsed) checkLifetime(now time.Time) error {
	switch life := p.Expires.Sub(p.Created); {
	case life <= 0 || life > MaxLifetime:
		return fmt.Errorf("%w: lives %d s, want 1 to %d", ErrMalformed, int64(life/time.Second), int64(MaxLifetime/time.Second))
	case p.Created.Sub(now) > MaxAhead:
		return fmt.Errorf("%w: created %d s ahead of this clock", ErrClock, int64(p.Created.Sub(now)/time.Second))
	case now.After(p.Expires):
		return fmt.Errorf("%w: expired %d s ago by this clock", ErrClock, int64(now.Sub(p.Expires)/time.Second))
	}
	return nil
}

func isBase64(enc *base64.Encoding, s string, octets int) bool {
	b, err := enc.Strict().DecodeString(s)
	return err == nil && len(b) == octets && len(s) == enc.EncodedLen(octets)
}
