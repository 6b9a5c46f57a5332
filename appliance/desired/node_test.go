package desired

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"picket/appliance/identity"
	"picket/shared/desired"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const tapID = "01890a5d-ac96-774b-bcce-b302099a8057"

// testNode is a cluster of one node that serves desired state over real TLS, as
// far as a tap can tell, and one tap that is enrolled there.
type testNode struct {
	t        *testing.T
	key      *ecdsa.PrivateKey // the cluster's
	cert     *x509.Certificate
	identity *identity.Identity
	dir      string // state folder of the tap

	mu       sync.Mutex
	revision uint64
	radio    desired.Radio
	answer   func(w http.ResponseWriter) // instead of the usual
	asked    []string                    // If-None-Match of each request
}

func newNode(t *testing.T) *testNode {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	n := &testNode{t: t, key: key, dir: t.TempDir(), revision: 1}
	if n.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.Key(n.dir); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(enrol.Response{
		TapID: tapID, Cluster: n.cluster(), WindowMS: 10_000, NodeURLs: []string{"https://192.0.2.1"},
		CACertificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.dir, "identity.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if n.identity, err = identity.Load(n.dir); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *testNode) cluster() string {
	sum := sha256.Sum256(n.cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// serve starts the node; it ends with the test.
func (n *testNode) serve() string {
	s := httptest.NewUnstartedServer(n)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{n.cert.Raw}, PrivateKey: n.key}}}
	s.StartTLS()
	n.t.Cleanup(s.Close)
	return s.URL
}

func (n *testNode) document() desired.Document {
	return desired.Document{Cluster: n.cluster(), Tap: tapID, Revision: n.revision, IssuedAt: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), Radio: n.radio}
}

func (n *testNode) seal(d desired.Document, key *ecdsa.PrivateKey) string {
	n.t.Helper()
	text, err := desired.Seal(d, key)
	if err != nil {
		n.t.Error(err)
	}
	return text
}

func (n *testNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	pub := n.identity.Signer().Public()
	p, err := httpsig.Parse(httpsig.Request{
		Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body, Header: r.Header.Get,
	}, n.cluster(), time.Now())
	if err == nil {
		err = p.Verify(pub)
	}
	if err != nil || r.Method != http.MethodGet || r.URL.Path != "/v1/desired" {
		n.t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, r.Header.Get("If-None-Match"))
	w.Header().Set("ETag", desired.Tag(n.revision))
	switch {
	case n.answer != nil:
		n.answer(w)
	case desired.Matches(r.Header.Get("If-None-Match"), n.revision):
		w.WriteHeader(http.StatusNotModified)
	default:
		_, _ = io.WriteString(w, n.seal(n.document(), n.key))
	}
}

// set changes what the node says.
func (n *testNode) set(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

func (n *testNode) questions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.asked)
}
