package ca_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"picket/server/ca"
)

func newCA(t *testing.T) *ca.CA {
	t.Helper()
	c, err := ca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseReturnsTheSameCA(t *testing.T) {
	c := newCA(t)
	key, err := c.KeyDER()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ca.Parse(c.CertificateDER(), key)
	if err != nil {
		t.Fatal(err)
	}
	if again.ClusterID() != c.ClusterID() {
		t.Errorf("cluster %s, want %s", again.ClusterID(), c.ClusterID())
	}
	hash := c.PublicKeyHash()
	if got := hex.EncodeToString(hash[:]); got != c.ClusterID() || len(got) != 64 {
		t.Errorf("cluster id %s is not the key's hash %s", c.ClusterID(), got)
	}
	other := newCA(t)
	if _, err := ca.Parse(other.CertificateDER(), key); err == nil {
		t.Error("a certificate with another CA's key was accepted")
	}
}

func TestLeafIsTrustedByNameAndAddressThroughTheCAAlone(t *testing.T) {
	c := newCA(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("node.example", "192.0.2.1", "::1", "0.0.0.0", ""), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(mustParse(t, c.CertificateDER()))
	for _, name := range []string{"node.example", "192.0.2.1", "::1"} {
		if err := handshake(k.TLSConfig(), &tls.Config{RootCAs: roots, ServerName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := handshake(k.TLSConfig(), &tls.Config{RootCAs: roots, ServerName: "other.example"}); err == nil {
		t.Error("a name that the certificate lacks was accepted")
	}
}

func TestKeeperKeepsItsCertificateUntilANameIsMissing(t *testing.T) {
	c, dir := newCA(t), t.TempDir()
	leaf := func(hosts ...string) *x509.Certificate {
		k, err := ca.NewKeeper(c, ca.NamesOf(hosts...), dir)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := k.TLSConfig().GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return cert.Leaf
	}
	first := leaf("node.example")
	if again := leaf("node.example"); !again.Equal(first) {
		t.Error("a restart changed the certificate")
	}
	if wider := leaf("node.example", "192.0.2.7"); wider.Equal(first) {
		t.Error("a new address did not change the certificate")
	}
	info, err := os.Stat(filepath.Join(dir, "node.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("node.pem: %v, mode %v, want 0600", err, info.Mode())
	}
}

func TestKeeperReplacesWhatIsNotItsClusters(t *testing.T) {
	dir := t.TempDir()
	if _, err := ca.NewKeeper(newCA(t), ca.NamesOf("node.example"), dir); err != nil {
		t.Fatal(err)
	}
	c := newCA(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("node.example"), dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := k.TLSConfig().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.Leaf.CheckSignatureFrom(mustParse(t, c.CertificateDER())); err != nil {
		t.Errorf("the certificate is another cluster's: %v", err)
	}
}

func mustParse(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func handshake(server, client *tls.Config) error {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go func() { _ = tls.Server(a, server).Handshake() }()
	return tls.Client(b, client).Handshake()
}
