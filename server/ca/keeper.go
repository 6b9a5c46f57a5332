package ca

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/renameio/v2"
)

// A Keeper has a node's certificate, renews it when a third of its life is left,
// and keeps it in a file so that a restart does not change it. Its methods may be
// called from several goroutines.
type Keeper struct {
	ca    *CA
	names Names
	file  string

	uploads uploads

	mu   sync.Mutex
	cert *tls.Certificate
}

// NewKeeper returns the keeper of a certificate for names, kept in dir.
func NewKeeper(ca *CA, names Names, dir string) (*Keeper, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	k := &Keeper{ca: ca, names: names, file: filepath.Join(dir, "node.pem")}
	cert, err := k.read()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("ca: %w", err)
	}
	k.cert = cert
	if _, err := k.current(time.Now()); err != nil {
		return nil, err
	}
	return k, nil
}

// TLSConfig is a server's configuration: TLS 1.2 at least, the certificate of the
// moment: an uploaded one where it is good for what the client asks for, else the
// cluster's own.
func (k *Keeper) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			now := time.Now()
			if cert := k.uploads.choose(hello, now); cert != nil {
				return cert, nil
			}
			return k.current(now)
		},
	}
}

// current returns the certificate, a new one where the old one will not do.
func (k *Keeper) current(now time.Time) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cert != nil && now.Before(k.cert.Leaf.NotAfter.Add(-leafLifetime/3)) && k.names.covers(k.cert.Leaf) {
		return k.cert, nil
	}
	cert, err := k.ca.Issue(k.names, now)
	if err != nil {
		return nil, err
	}
	if err := k.write(cert); err != nil {
		return nil, err
	}
	k.cert = cert
	return cert, nil
}

func (k *Keeper) write(cert *tls.Certificate) error {
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return fmt.Errorf("ca: %w", err)
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{
		{Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		{Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := pem.Encode(&b, block); err != nil {
			return fmt.Errorf("ca: %w", err)
		}
	}
	if err := renameio.WriteFile(k.file, b.Bytes(), 0o600, renameio.IgnoreUmask()); err != nil {
		return fmt.Errorf("ca: keep certificate: %w", err)
	}
	return nil
}

// read returns the kept certificate, or nil where it is not of this CA.
func (k *Keeper) read() (*tls.Certificate, error) {
	b, err := os.ReadFile(k.file)
	if err != nil {
		return nil, err
	}
	cert, err := tls.X509KeyPair(b, b)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // damaged: another is made
	}
	if cert.Leaf.CheckSignatureFrom(k.ca.cert) != nil {
		return nil, nil //nolint:nilerr,nilnil // another cluster's: another is made
	}
	cert.Certificate = [][]byte{cert.Leaf.Raw, k.ca.cert.Raw}
	return &cert, nil
}
