package identity

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

const (
	keyName = "tap.key"
	pemType = "PRIVATE KEY" // RFC 7468, 10
)

// Key returns the tap's key, which it makes when there is none in dir. A file that
// is damaged is an error and not replaced: the key is what the cluster knows.
func Key(dir string) (ed25519.PrivateKey, error) {
	return keyIn(dir, keyName)
}

// keyIn returns the key in a file of dir, which it makes when there is none.
func keyIn(dir, name string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		return parseKey(path, text)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("tap key: %w", err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("tap key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("tap key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("tap key: %w", err)
	}
	if err := renameio.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), 0o600); err != nil {
		return nil, fmt.Errorf("tap key: %w", err)
	}
	return key, nil
}

func parseKey(path string, text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("tap key: %s holds no key; remove it to make a new one and enrol again", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("tap key: %s: %w", path, err)
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("tap key: %s holds a key of type %T, want Ed25519", path, key)
	}
	return ed, nil
}
