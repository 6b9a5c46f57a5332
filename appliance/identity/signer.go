package identity

import (
	"crypto/ed25519"
	"net/http"
	"sync"
	"time"

	"picket/shared/httpsig"
)

// Signer signs requests with a key that may be replaced meanwhile. Its methods may
// be called from several goroutines.
type Signer struct {
	cluster string

	mu  sync.Mutex
	key ed25519.PrivateKey
}

func newSigner(key ed25519.PrivateKey, cluster string) *Signer {
	return &Signer{key: key, cluster: cluster}
}

// Sign is that of httpsig.Signer.
func (s *Signer) Sign(method, path, rawQuery string, body []byte, now time.Time) (http.Header, error) {
	return httpsig.Signer{Key: s.current(), Cluster: s.cluster}.Sign(method, path, rawQuery, body, now)
}

// Public returns the public key of the moment.
func (s *Signer) Public() ed25519.PublicKey {
	public, _ := s.current().Public().(ed25519.PublicKey)
	return public
}

func (s *Signer) current() ed25519.PrivateKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key
}

func (s *Signer) replace(key ed25519.PrivateKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
}
