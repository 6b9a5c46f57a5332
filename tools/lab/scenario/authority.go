package scenario

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// Where the enterprise network's secrets are in the guest.
const (
	caFile        = "/run/lab/ca.pem"
	serverFile    = "/run/lab/server.pem"
	serverKeyFile = "/run/lab/server.key"
	userFile      = "/run/lab/users"
	userName      = "alice"
	userPassword  = "s3cret99"
)

// authority makes a certificate authority and a RADIUS server of it, for a day: the
// project keeps no keys.
func authority(now time.Time) ([]File, error) {
	template := func(name string, serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(24 * time.Hour),
			BasicConstraintsValid: true,
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("authority's key: %w", err)
	}
	ca := template("Example laboratory", 1)
	ca.IsCA, ca.KeyUsage = true, x509.KeyUsageCertSign
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("server's key: %w", err)
	}
	server := template("radius.example.org", 2)
	server.KeyUsage, server.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{"radius.example.org"}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, ca, &key.PublicKey, caKey)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("server's key: %w", err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return []File{
		{caFile, text("CERTIFICATE", caDER)},
		{serverFile, text("CERTIFICATE", serverDER)},
		{serverKeyFile, text("PRIVATE KEY", keyDER)},
		{userFile, fmt.Sprintf("* PEAP\n%q MSCHAPV2 %q [2]\n", userName, userPassword)},
	}, nil
}
