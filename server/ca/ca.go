package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// How long certificates are valid, from a day before they are made.
const (
	caLifetime   = 25 * 365 * 24 * time.Hour
	leafLifetime = 180 * 24 * time.Hour
	backdate     = 24 * time.Hour
)

// CA is a certificate authority with its key.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes a CA.
func New(now time.Time) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("ca: make key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "Picket cluster CA"},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(caLifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("ca: make certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	return &CA{cert: cert, key: key}, nil
}

// Parse reads a CA from what CertificateDER and KeyDER returned.
func Parse(certificate, key []byte) (*CA, error) {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("ca: key: %w", err)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !cert.IsCA || !private.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("ca: certificate and key are not those of one CA")
	}
	return &CA{cert: cert, key: private}, nil
}

// NotAfter is when the CA ends.
func (c *CA) NotAfter() time.Time { return c.cert.NotAfter }

// CertificateDER returns the certificate.
func (c *CA) CertificateDER() []byte { return c.cert.Raw }

// KeyDER returns the secret key as PKCS #8.
func (c *CA) KeyDER() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(c.key) }

// CertificatePEM returns the certificate as taps and browsers import it.
func (c *CA) CertificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw}))
}

// PublicKeyHash returns the SHA-256 of the CA's SubjectPublicKeyInfo.
func (c *CA) PublicKeyHash() [32]byte { return sha256.Sum256(c.cert.RawSubjectPublicKeyInfo) }

// PublicKeyHashOf is the PublicKeyHash of the CA with a certificate.
func PublicKeyHashOf(certificate []byte) ([32]byte, error) {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return [32]byte{}, fmt.Errorf("ca: %w", err)
	}
	return sha256.Sum256(cert.RawSubjectPublicKeyInfo), nil
}

// ClusterID returns PublicKeyHash in 64 hexadecimal digits: the name of the
// cluster wherever one is needed.
func (c *CA) ClusterID() string {
	sum := c.PublicKeyHash()
	return hex.EncodeToString(sum[:])
}

// newSerial returns a random serial number of 127 bits (RFC 5280, 4.1.2.2).
func newSerial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("ca: serial number: %w", err)
	}
	return n.Add(n, big.NewInt(1)), nil
}
