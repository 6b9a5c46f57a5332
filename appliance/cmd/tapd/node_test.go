package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	enrolment "picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// testNode enrols taps and stores their reports, as far as a tap can tell.
type testNode struct {
	t        *testing.T
	token    enrolment.Token
	ca       string // PEM
	server   *httptest.Server
	windowMS int

	mu      sync.Mutex
	keys    map[string]ed25519.PublicKey // by key id
	reports map[string]map[uint64]*wirepb.Report
	arrived chan struct{} // receives after each report
	away    bool          // answers 503
}

// newTestNode starts a node with a CA of its own.
func newTestNode(t *testing.T) *testNode {
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
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	n := &testNode{t: t, token: enrolment.Token{CA: sha256.Sum256(cert.RawSubjectPublicKeyInfo)}, windowMS: 1000,
		ca:   string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		keys: map[string]ed25519.PublicKey{}, reports: map[string]map[uint64]*wirepb.Report{}, arrived: make(chan struct{}, 1000)}
	n.server = httptest.NewUnstartedServer(n)
	n.server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	n.server.StartTLS()
	t.Cleanup(n.server.Close)
	return n
}

func (n *testNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the tap was killed while it sent
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := httpsig.Parse(httpsig.Request{Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body, Header: r.Header.Get}, n.token.Cluster(), time.Now())
	if err != nil {
		n.t.Errorf("%s: %v", r.URL, err)
		return
	}
	if n.away {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.URL.Path == enrolment.Path {
		n.enrol(w, body, p)
		return
	}
	if err := p.Verify(n.keys[p.KeyID]); err != nil {
		n.t.Errorf("%s: %v", r.URL, err)
	}
	report, err := wire.Decode(body)
	if err != nil {
		n.t.Errorf("report: %v", err)
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	boot := string(report.Header.BootId)
	if n.reports[boot] == nil {
		n.reports[boot] = map[uint64]*wirepb.Report{}
	}
	n.reports[boot][report.Header.Sequence] = report
	w.WriteHeader(http.StatusNoContent)
	select {
	case n.arrived <- struct{}{}:
	default:
	}
}

func (n *testNode) enrol(w http.ResponseWriter, body []byte, p *httpsig.Parsed) {
	var q enrolment.Request
	if err := json.Unmarshal(body, &q); err != nil || q.Token != n.token.Text() || p.Verify(q.PublicKey) != nil {
		n.t.Errorf("enrolment %s: %v", body, err)
		return
	}
	n.keys[p.KeyID] = q.PublicKey
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(enrolment.Response{TapID: "018f6f3e-0000-7000-8000-000000000001", Cluster: n.token.Cluster(), CACertificate: n.ca,
		WindowMS: n.windowMS, NodeURLs: []string{n.server.URL}})
}

func (n *testNode) setAway(away bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away = away
}

// await waits until that many more reports have come.
func (n *testNode) await(reports int) {
	n.t.Helper()
	timeout := time.After(30 * time.Second)
	for range reports {
		select {
		case <-n.arrived:
		case <-timeout:
			n.t.Fatalf("no report came within 30 s")
		}
	}
}

// drain forgets the reports that have come, before another tap starts.
func (n *testNode) drain() {
	for {
		select {
		case <-n.arrived:
		default:
			return
		}
	}
}

// boots returns all reports, by boot and sequence.
func (n *testNode) boots() map[string]map[uint64]*wirepb.Report {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.reports
}
