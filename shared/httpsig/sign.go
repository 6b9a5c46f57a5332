package httpsig

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// MaxLifetime is how long after its creation a signature may be used.
const MaxLifetime = 300 * time.Second

// A Signer signs requests with one key for one cluster. It may be used by
// several goroutines.
type Signer struct {
	Key     ed25519.PrivateKey
	Cluster string // hex SHA-256 of the cluster CA's public key
}

// Sign returns the headers to add to a request: Content-Digest, Picket-Cluster,
// Signature-Input and Signature. path is the path as sent (escaped), rawQuery
// what follows the question mark. Every call makes a new nonce, so a request
// that is sent again is signed again.
func (s Signer) Sign(method, path, rawQuery string, body []byte, now time.Time) (http.Header, error) {
	if len(s.Key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("sign request: key of %d octets, want %d", len(s.Key), ed25519.PrivateKeySize)
	}
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	h := http.Header{}
	h.Set("Content-Digest", ContentDigest(body))
	h.Set("Picket-Cluster", s.Cluster)

	names := components()
	pub, _ := s.Key.Public().(ed25519.PublicKey)
	params := fmt.Sprintf(`("%s");created=%d;expires=%d;keyid="%s";alg="%s";nonce="%s";tag="%s"`,
		strings.Join(names[:], `" "`), now.Unix(), now.Add(MaxLifetime).Unix(), KeyID(pub), algorithm,
		base64.StdEncoding.EncodeToString(nonce[:]), tag)
	r := Request{Method: method, Path: path, RawQuery: rawQuery, Body: body, Header: h.Get}
	text, err := base(names[:], r.component, params)
	if err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	signature := ed25519.Sign(s.Key, text)
	h.Set("Signature-Input", label+"="+params)
	h.Set("Signature", label+"=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return h, nil
}

// Nonce returns the nonce of headers that Sign made: an answer may name it.
func Nonce(h http.Header) (string, error) {
	in, err := findInput(h.Get("Signature-Input"), label)
	if err != nil {
		return "", err
	}
	var p Parsed
	if err := p.setParams(in.params); err != nil {
		return "", err
	}
	return p.Nonce, nil
}
