package ca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of an uploaded certificate.
const (
	maxPEM   = 64 << 10
	maxChain = 10
	minRSA   = 2048 // bits; CA/Browser Forum Baseline Requirements, 6.1.5
)

// An Uploaded certificate is one that a person brought, for browsers and programs
// that do not know the cluster's CA. It was checked.
type Uploaded struct {
	Names       []string // host names and addresses that it is good for
	Issuer      string
	Fingerprint [32]byte // SHA-256 of the leaf
	NotBefore   time.Time
	NotAfter    time.Time

	// Trusted says why this machine's own list of authorities does not lead to it;
	// empty: it does. An authority of one's own is no fault.
	Trusted string

	chain []*x509.Certificate // the leaf first
	key   crypto.Signer
}

// ParseUploaded reads and checks a chain, PEM with the leaf first, and its key, PEM
// without a password. The error says what to do.
func ParseUploaded(chain, key []byte, now time.Time) (*Uploaded, error) {
	u, err := parseUploaded(chain, key)
	if err != nil {
		return nil, err
	}
	if now.After(u.NotAfter) {
		return nil, fmt.Errorf("the certificate ended at %s: ask its issuer for a new one", u.NotAfter.UTC().Format(time.RFC3339))
	}
	if now.Before(u.NotBefore) {
		return nil, fmt.Errorf("the certificate begins at %s, and now is %s: wait, or check the clock", u.NotBefore.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	between := x509.NewCertPool()
	for _, c := range u.chain[1:] {
		between.AddCert(c)
	}
	if _, err := u.chain[0].Verify(x509.VerifyOptions{Intermediates: between, CurrentTime: now}); err != nil {
		u.Trusted = err.Error()
	}
	return u, nil
}

// parseUploaded checks what does not change with time.
func parseUploaded(chain, key []byte) (*Uploaded, error) {
	if len(chain) > maxPEM || len(key) > maxPEM {
		return nil, fmt.Errorf("chain and key may have at most %d octets each", maxPEM)
	}
	certs, err := parseChain(chain)
	if err != nil {
		return nil, err
	}
	signer, err := parseKey(key)
	if err != nil {
		return nil, err
	}
	leaf := certs[0]
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(leaf.PublicKey) {
		return nil, errors.New("the key is not that of the chain's first certificate: put the certificate of this console first, then those of its issuers")
	}
	u := &Uploaded{
		Names: slices.Clone(leaf.DNSNames), Issuer: leaf.Issuer.String(), Fingerprint: sha256.Sum256(leaf.Raw),
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, chain: certs, key: signer,
	}
	for _, ip := range leaf.IPAddresses {
		u.Names = append(u.Names, ip.String())
	}
	if len(u.Names) == 0 {
		return nil, errors.New("the certificate names no host (subjectAltName): browsers do not take it; ask for one with the console's name")
	}
	if leaf.IsCA {
		return nil, errors.New("the first certificate is an authority's, not a server's")
	}
	if len(leaf.ExtKeyUsage) > 0 && !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return nil, errors.New("the certificate is not for servers (extendedKeyUsage has no serverAuth)")
	}
	return u, nil
}

func parseChain(text []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return nil, errors.New("there is a private key in the chain: give it as the key")
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read: %w", len(certs)+1, err)
		}
		if certs = append(certs, c); len(certs) > maxChain {
			return nil, fmt.Errorf("the chain has more than %d certificates", maxChain)
		}
	}
	if len(certs) == 0 {
		return nil, errors.New("there is no certificate in PEM (-----BEGIN CERTIFICATE-----)")
	}
	for i := range certs[1:] {
		if err := certs[i].CheckSignatureFrom(certs[i+1]); err != nil {
			return nil, fmt.Errorf("certificate %d (%s) is not signed by number %d (%s): order the chain leaf first, each followed by its issuer", i+1, certs[i].Subject, i+2, certs[i+1].Subject)
		}
	}
	return certs, nil
}

func parseKey(text []byte) (crypto.Signer, error) {
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errors.New("there is no private key in PEM (-----BEGIN PRIVATE KEY-----)")
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil, errors.New("the key has a password: take it off (openssl pkey -in key.pem -out plain.pem); the cluster seals it with its own")
		}
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		default:
			continue // EC PARAMETERS
		}
		if err != nil {
			return nil, errors.New("the private key cannot be read") // no detail: it may have a part of the key
		}
		switch k := key.(type) {
		case *rsa.PrivateKey:
			if k.N.BitLen() < minRSA {
				return nil, fmt.Errorf("the RSA key has %d bits, at least %d are needed", k.N.BitLen(), minRSA)
			}
			return k, nil
		case *ecdsa.PrivateKey:
			return k, nil
		}
		return nil, errors.New("the key is neither RSA nor ECDSA: browsers take no other")
	}
}

// ChainPEM returns the chain, the leaf first, without what else stood in the upload.
func (u *Uploaded) ChainPEM() []byte {
	var b bytes.Buffer
	for _, c := range u.chain {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a Buffer takes everything
	}
	return b.Bytes()
}

// KeyPEM returns the secret key as PKCS #8.
func (u *Uploaded) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(u.key)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func (u *Uploaded) certificate() *tls.Certificate {
	c := &tls.Certificate{PrivateKey: u.key, Leaf: u.chain[0]}
	for _, link := range u.chain {
		c.Certificate = append(c.Certificate, link.Raw)
	}
	return c
}

// Covers reports whether the certificate is good for a host's name or address.
func (u *Uploaded) Covers(host string) bool { return u.chain[0].VerifyHostname(host) == nil }
