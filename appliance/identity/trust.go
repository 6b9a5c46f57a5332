package identity

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"picket/shared/enrol"
)

// ErrOtherCA says that whoever answered does not belong to the tap's cluster.
var ErrOtherCA = errors.New("the node shows no certificate of the token's cluster, nor one that this machine trusts: wrong address, wrong token, or somebody in between")

// firstContact returns a TLS configuration for a contact with host before there is
// an identity: ca is the SHA-256 of the CA's SubjectPublicKeyInfo. It accepts the
// cluster's own certificates, and sets pinned then; and those that the machine's
// roots vouch for, behind which answers must be sealed.
func firstContact(host string, ca [32]byte, pinned *atomic.Bool) *tls.Config {
	c := anyContact(host)
	// The standard check wants a known root; ours, which replaces it, wants a root of
	// known hash, and then makes the same checks.
	c.VerifyConnection = func(state tls.ConnectionState) error {
		err := verifyChain(state.PeerCertificates, host, ca, time.Now())
		pinned.Store(err == nil)
		if err != nil && verifyPublic(state.PeerCertificates, host) == nil {
			return nil
		}
		return err
	}
	return c
}

// anyContact returns a TLS configuration that trusts whoever answers.
func anyContact(host string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: host, NextProtos: []string{enrol.TapProtocol, "http/1.1"}, InsecureSkipVerify: true,
	}
}

// verifyPublic checks a chain with the machine's own roots.
func verifyPublic(chain []*x509.Certificate, host string) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Intermediates: between, DNSName: host, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
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
