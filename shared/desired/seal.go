package desired

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Where and how a tap gets its document: GET Path, signed as reports are.
const (
	Path        = "/v1/desired"
	Header      = "Picket-Desired"   // of a report's answer: the newest revision, in decimal
	ContentType = "application/jose" // RFC 7515, 9.2.1
	mediaType   = "picket-desired+jws"
)

// Why a sealed document is refused.
var (
	ErrForm      = errors.New("not a sealed document of desired state")   // no JWS, or one of another kind
	ErrSignature = errors.New("the cluster's key did not sign this")      // forged or altered
	ErrStranger  = errors.New("meant for another tap or another cluster") // replayed elsewhere
	ErrOlder     = errors.New("older than the document that is followed") // replayed later
)

// Seal signs a document with the key of the cluster's CA.
func Seal(d Document, key *ecdsa.PrivateKey) (string, error) {
	payload, err := Encode(d)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType(mediaType).WithHeader("kid", d.Cluster)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		return "", fmt.Errorf("seal desired state: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("seal desired state: %w", err)
	}
	return signed.CompactSerialize()
}

// An Opener opens what was sealed for one tap.
type Opener struct {
	Cluster string           // id: 64 hexadecimal digits
	Tap     string           // UUID
	Key     *ecdsa.PublicKey // of the cluster's CA, on P-256
}

// Open returns the document in text if the cluster's key signed it for this tap
// and its revision is last or newer. The errors are those above, or say what in
// the document is wrong.
func (o Opener) Open(text string, last uint64) (Document, error) {
	payload, err := o.verify(text)
	if err != nil {
		return Document{}, err
	}
	d, err := Decode(payload)
	if err != nil {
		return Document{}, err
	}
	switch {
	case d.Cluster != o.Cluster:
		return Document{}, fmt.Errorf("%w: cluster %.12s…", ErrStranger, d.Cluster)
	case d.Tap != o.Tap:
		return Document{}, fmt.Errorf("%w: tap %s", ErrStranger, d.Tap)
	case d.Revision < last:
		return Document{}, fmt.Errorf("%w: revision %d, after %d", ErrOlder, d.Revision, last)
	}
	return d, nil
}

// verify returns the payload of a JWS whose signature fits.
func (o Opener) verify(text string) ([]byte, error) {
	switch {
	case o.Key == nil || o.Key.Curve != elliptic.P256():
		return nil, errors.New("open desired state: the cluster's key is none of P-256")
	case len(text) > MaxEncoded:
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrForm, len(text), MaxEncoded)
	case strings.ContainsAny(text, "\r\n"): // which base64 would skip
		return nil, fmt.Errorf("%w: line breaks", ErrForm)
	}
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	h := signed.Signatures[0].Protected
	// Nothing that could name another key, or change how the payload is read.
	if h.JSONWebKey != nil || h.Nonce != "" || len(h.ExtraHeaders) != 1 || h.ExtraHeaders[jose.HeaderType] != mediaType {
		return nil, fmt.Errorf("%w: header parameters other than alg, kid and typ %s", ErrForm, mediaType)
	}
	if h.KeyID != o.Cluster {
		return nil, fmt.Errorf("%w: cluster %.12q…", ErrStranger, h.KeyID)
	}
	payload, err := signed.Verify(o.Key)
	if err != nil {
		return nil, ErrSignature
	}
	return payload, nil
}
