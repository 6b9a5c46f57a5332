package ca_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"picket/server/ca"
	"picket/server/seal"
	"picket/shared/enrol"
)

// authority is another one than the cluster's, with an intermediate.
type authority struct {
	t           *testing.T
	root, inter *x509.Certificate
	interKey    *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	rootKey, interKey := newKey(t), newKey(t)
	isCA := func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	a.root = a.sign("root", rootKey, nil, rootKey, isCA)
	a.inter = a.sign("intermediate", interKey, a.root, rootKey, isCA)
	a.interKey = interKey
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (a *authority) sign(name string, key *ecdsa.PrivateKey, by *x509.Certificate, byKey *ecdsa.PrivateKey, change ...func(*x509.Certificate)) *x509.Certificate {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	for _, f := range change {
		f(template)
	}
	if by == nil {
		by = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by, &key.PublicKey, byKey)
	if err != nil {
		a.t.Fatal(err)
	}
	return mustParse(a.t, der)
}

// leaf makes a server's certificate and its key as uploads.
func (a *authority) leaf(change ...func(*x509.Certificate)) (chain, key []byte) {
	k := newKey(a.t)
	standard := func(c *x509.Certificate) {
		c.DNSNames, c.ExtKeyUsage = []string{"console.example.org"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	c := a.sign("leaf", k, a.inter, a.interKey, append([]func(*x509.Certificate){standard}, change...)...)
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return pems("CERTIFICATE", c.Raw, a.inter.Raw), pems("PRIVATE KEY", der)
}

func pems(kind string, ders ...[]byte) []byte {
	var b []byte
	for _, der := range ders {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return b
}

func TestParseUploadedSaysWhatIsWrong(t *testing.T) {
	a := newAuthority(t)
	chain, key := a.leaf()
	u, err := ca.ParseUploaded(chain, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Names) != 1 || u.Names[0] != "console.example.org" || u.Trusted == "" || !bytes.Equal(u.ChainPEM(), chain) {
		t.Errorf("%+v", u)
	}
	if again, err := u.KeyPEM(); err != nil || !bytes.Equal(again, key) {
		t.Errorf("the key changed: %v", err)
	}
	other, _ := a.leaf()
	ended, endedKey := a.leaf(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	early, earlyKey := a.leaf(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })
	nameless, namelessKey := a.leaf(func(c *x509.Certificate) { c.DNSNames = nil })
	client, clientKey := a.leaf(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	first, rest := pem.Decode(chain)
	for _, tt := range []struct {
		name       string
		chain, key []byte
		want       string
	}{
		{"another's key", other, key, "not that of"},
		{"ended", ended, endedKey, "ended"},
		{"not yet", early, earlyKey, "begins"},
		{"no name", nameless, namelessKey, "names no host"},
		{"a client's", client, clientKey, "not for servers"},
		{"in the wrong order", append(bytes.Clone(rest), pem.EncodeToMemory(first)...), key, "leaf first"},
		{"no chain", nil, key, "no certificate"},
		{"no key", chain, nil, "no private key"},
		{"the key in the chain", append(bytes.Clone(chain), key...), key, "private key in the chain"},
		{"a password", chain, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), "password"},
		{"too long", make([]byte, 100_000), key, "octets"},
		{"rubbish", pems("CERTIFICATE", []byte("rubbish")), key, "cannot be read"},
	} {
		if _, err := ca.ParseUploaded(tt.chain, tt.key, time.Now()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestTapsGetTheClustersCertificateAndBrowsersTheUploaded(t *testing.T) {
	c, a := newCA(t), newAuthority(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("console.example.org", "node.example"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	chain, key := a.leaf()
	u, err := ca.ParseUploaded(chain, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k.Serve([]*ca.Uploaded{u})
	own, theirs := x509.NewCertPool(), x509.NewCertPool()
	own.AddCert(mustParse(t, c.CertificateDER()))
	theirs.AddCert(a.root)
	for _, tt := range []struct {
		name   string
		client *tls.Config
		bad    bool
	}{
		{"a browser, by the name", &tls.Config{RootCAs: theirs, ServerName: "console.example.org", NextProtos: []string{"h2", "http/1.1"}}, false},
		{"a browser of TLS 1.2", &tls.Config{RootCAs: theirs, ServerName: "console.example.org", MaxVersion: tls.VersionTLS12}, false},
		{"a browser, by another name", &tls.Config{RootCAs: own, ServerName: "node.example"}, false},
		{"a tap, by the name", &tls.Config{RootCAs: own, ServerName: "console.example.org", NextProtos: []string{enrol.TapProtocol, "http/1.1"}}, false},
		{"somebody who knows the cluster alone, by the name", &tls.Config{RootCAs: own, ServerName: "console.example.org"}, true},
	} {
		if err := handshake(k.TLSConfig(), tt.client); (err != nil) != tt.bad {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	k.Serve(nil)
	if err := handshake(k.TLSConfig(), &tls.Config{RootCAs: own, ServerName: "console.example.org"}); err != nil {
		t.Errorf("after it was removed: %v", err)
	}
}

func TestAnEndedCertificateGivesWay(t *testing.T) {
	c, a := newCA(t), newAuthority(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("console.example.org"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	chain, key := a.leaf(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	u, err := ca.ParseUploaded(chain, key, time.Now().Add(-30*time.Minute)) // when it was uploaded
	if err != nil {
		t.Fatal(err)
	}
	k.Serve([]*ca.Uploaded{u})
	own := x509.NewCertPool()
	own.AddCert(mustParse(t, c.CertificateDER()))
	if err := handshake(k.TLSConfig(), &tls.Config{RootCAs: own, ServerName: "console.example.org"}); err != nil {
		t.Error(err)
	}
}

// TestAddressesAreNoNames: a client that connects to an address sends no name.
func TestAddressesAreNoNames(t *testing.T) {
	c, a := newCA(t), newAuthority(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("127.0.0.1"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	chain, key := a.leaf(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	u, err := ca.ParseUploaded(chain, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k.Serve([]*ca.Uploaded{u})
	listener, err := tls.Listen("tcp", "127.0.0.1:0", k.TLSConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	roots := x509.NewCertPool()
	roots.AddCert(a.root)
	conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestWatcherServesWhatItCanOpen(t *testing.T) {
	c, a := newCA(t), newAuthority(t)
	k, err := ca.NewKeeper(c, ca.NamesOf("console.example.org"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Parse(seal.NewKey(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	chain, key := a.leaf()
	sealed, err := keys.Seal(ca.SealPurpose("1"), key)
	if err != nil {
		t.Fatal(err)
	}
	var changes int64
	stored := []ca.Stored{{ID: "2", Chain: chain, SealedKey: sealed}, {ID: "1", Chain: chain, SealedKey: sealed}} // 2 was moved: it does not open
	away := errors.New("away")
	var fails error
	w := &ca.Watcher{
		Keeper: k, Log: slog.New(slog.DiscardHandler), Open: keys.Open,
		Changes:      func(context.Context) (int64, error) { return changes, fails },
		Certificates: func(context.Context) ([]ca.Stored, error) { return stored, fails },
	}
	theirs := x509.NewCertPool()
	theirs.AddCert(a.root)
	served := func() bool {
		return handshake(k.TLSConfig(), &tls.Config{RootCAs: theirs, ServerName: "console.example.org"}) == nil
	}
	if err := w.Look(t.Context()); err != nil || !served() {
		t.Fatalf("not served: %v", err)
	}
	stored, fails = nil, away
	changes++
	if err := w.Look(t.Context()); !errors.Is(err, away) || !served() {
		t.Errorf("while the database is away: %v, served %v", err, served())
	}
	fails = nil
	if err := w.Look(t.Context()); err != nil || served() {
		t.Errorf("after it was removed: %v, served %v", err, served())
	}
}

func FuzzParseUploaded(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, chain, key []byte) {
		if u, err := ca.ParseUploaded(chain, key, time.Now()); err == nil && len(u.Names) == 0 {
			t.Error("a certificate for nobody")
		}
	})
}
