package identity

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// ErrOtherCA says that whoever answered does not belong to the token's cluster.
var ErrOtherCA = errors.New("the node shows no certificate of the token's cluster: wrong address, wrong token, or somebody in between")

// firstContact returns a TLS configuration for the first contact with host: ca is
// the SHA-256 of the CA's SubjectPublicKeyInfo.
func firstContact(host string, ca [32]byte) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: host,
		// The standard check wants a known root; ours, which replaces it, wants a
		// root of known hash, and then makes the same checks.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			return verifyChain(state.PeerCertificates, host, ca, time.Now())
		},
	}
}

func verifyChain(chain []*x509.Certificate, host string, ca [32]byte, now time.Time) error {
	roots := x509.NewCertPool()
	found := false
	for _, c := range chain {
		if c.IsCA && sha256.Sum256(c.RawSubjectPublicKeyInfo) == ca {
			roots.AddCert(c)
			found = true
		}
	}
	if !found {
		return ErrOtherCA
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: roots, DNSName: host, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}

// parseCA reads the certificate of a cluster's CA, whose public key must have the
// given SHA-256.
func parseCA(text string, ca [32]byte) (*x509.Certificate, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("CA certificate: not one PEM block")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("CA certificate: %w", err)
	}
	if !c.IsCA || sha256.Sum256(c.RawSubjectPublicKeyInfo) != ca {
		return nil, errors.New("CA certificate: not that of the cluster")
	}
	return c, nil
}
