package desired

import (
	"crypto/ecdsa"
	"errors"
	"fmt"

	"picket/shared/seal"
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
	ErrForm      = seal.ErrForm                                           // no JWS, or one of another kind
	ErrSignature = seal.ErrSignature                                      // forged or altered
	ErrStranger  = seal.ErrStranger                                       // replayed elsewhere
	ErrOlder     = errors.New("older than the document that is followed") // replayed later
)

// Seal signs a document with the key of the cluster's CA.
func Seal(d Document, key *ecdsa.PrivateKey) (string, error) {
	payload, err := Encode(d)
	if err != nil {
		return "", err
	}
	return seal.Seal(payload, mediaType, d.Cluster, key)
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
	payload, err := seal.Open(text, mediaType, o.Cluster, o.Key, MaxEncoded)
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
