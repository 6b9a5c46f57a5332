package report

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"picket/appliance/spool"
	"picket/shared/delivery"
	"picket/shared/httpsig"
)

// testNode checks and stores reports as a node does, behind real TLS.
type testNode struct {
	t       *testing.T
	cluster string
	key     ed25519.PublicKey

	mu     sync.Mutex
	times  map[uint64]int // how often each report was stored or recognised
	order  []uint64       // in which they were stored first
	moods  *rand.Rand     // nil: always well
	nonces map[string]bool
}

func (n *testNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p, err := httpsig.Parse(httpsig.Request{Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body, Header: r.Header.Get}, n.cluster, time.Now())
	if err == nil {
		err = p.Verify(n.key)
	}
	if err != nil || r.URL.Path != "/v1/reports" || r.Header.Get("Content-Type") != "application/vnd.picket.report" {
		n.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		http.Error(w, "no", 401)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.nonces[p.Nonce] {
		n.t.Error("a nonce was used twice")
	}
	n.nonces[p.Nonce] = true
	if n.moods != nil {
		switch n.moods.IntN(10) {
		case 0:
			w.WriteHeader(500)
			return
		case 1:
			n.store(body) // and the answer is lost
			panic(http.ErrAbortHandler)
		case 2:
			panic(http.ErrAbortHandler)
		}
	}
	n.store(body)
	w.WriteHeader(http.StatusNoContent)
}

func (n *testNode) store(body []byte) {
	sequence := binary.BigEndian.Uint64(body)
	if n.times[sequence]++; n.times[sequence] == 1 {
		n.order = append(n.order, sequence)
	}
}

func (n *testNode) stored() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.order)
}

// serve starts the node on an address, "" for any.
func (n *testNode) serve(address string) *httptest.Server {
	s := httptest.NewUnstartedServer(n)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	if address != "" {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			n.t.Fatal(err)
		}
		s.Listener.Close()
		s.Listener = listener
	}
	s.EnableHTTP2 = n.moods == nil
	s.StartTLS()
	return s
}

// fixture is a spool, a node and a sender between them.
func fixture(t *testing.T, moods *rand.Rand) (*spool.Spool, *testNode, *httptest.Server, *Sender) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	n := &testNode{t: t, cluster: strings.Repeat("ab", 32), key: key.Public().(ed25519.PublicKey), times: map[uint64]int{}, nonces: map[string]bool{}, moods: moods}
	server := n.serve("")
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	q, err := spool.Open(t.TempDir(), spool.MinBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	client := NewClient(&tls.Config{RootCAs: roots})
	t.Cleanup(client.CloseIdleConnections)
	s := New(Config{Queue: q, URLs: []string{server.URL}, Client: client, Signer: httpsig.Signer{Key: key, Cluster: n.cluster}, Log: slog.New(slog.DiscardHandler)})
	s.pauses.First, s.pauses.Most = time.Millisecond, 20*time.Millisecond
	return q, n, server, s
}

func appendReport(t *testing.T, q *spool.Spool, sequence uint64) {
	t.Helper()
	if err := q.Append(spool.ReportID{Sequence: sequence}, binary.BigEndian.AppendUint64(nil, sequence)); err != nil {
		t.Fatal(err)
	}
}

// await waits for what other goroutines do, at most 20 s.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for start := time.Now(); !done(); time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

func (n *testNode) check(reports int) {
	n.t.Helper()
	for i, sequence := range n.order {
		if sequence != uint64(i+1) {
			n.t.Fatalf("stored in the order %v", n.order)
		}
	}
	if len(n.order) != reports {
		n.t.Errorf("%d reports stored, want %d", len(n.order), reports)
	}
}

func TestEveryReportReachesAMoodyNode(t *testing.T) {
	q, n, server, s := fixture(t, rand.New(rand.NewPCG(1, 2)))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	const reports = 200
	for i := range uint64(reports) {
		appendReport(t, q, i+1)
	}
	await(t, "delivery", func() bool { return q.Len() == 0 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	n.check(reports)
	again := 0
	for _, times := range n.times {
		again += times - 1
	}
	if again == 0 {
		t.Error("no answer was lost: the test tests nothing")
	}
	t.Logf("%d reports, %d of them sent again after their answer was lost", reports, again)
}

func TestReportsWaitForANodeThatGoesAndComes(t *testing.T) {
	q, n, server, s := fixture(t, nil)
	address := server.Listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	sequence := uint64(0)
	for range 5 {
		for range 10 {
			sequence++
			appendReport(t, q, sequence)
		}
		await(t, "delivery", func() bool { return q.Len() == 0 })
		server.CloseClientConnections()
		server.Close()
		for range 10 {
			sequence++
			appendReport(t, q, sequence)
		}
		time.Sleep(5 * time.Millisecond) // so that some attempts fail
		server = n.serve(address)
	}
	await(t, "delivery", func() bool { return q.Len() == 0 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	server.Close()
	n.check(int(sequence))
}

func TestAStrangersCertificateIsNotTrusted(t *testing.T) {
	q, n, server, _ := fixture(t, nil)
	defer server.Close()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	client := NewClient(&tls.Config{RootCAs: x509.NewCertPool()})
	defer client.CloseIdleConnections()
	s := New(Config{Queue: q, URLs: []string{server.URL}, Client: client, Signer: httpsig.Signer{Key: key, Cluster: n.cluster}, Log: slog.New(slog.DiscardHandler)})
	appendReport(t, q, 1)
	if err := s.Flush(t.Context()); err == nil || n.stored() != 0 || q.Len() != 1 {
		t.Errorf("error %v, %d stored, %d kept", err, n.stored(), q.Len())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	q, n, server, _ := fixture(t, nil)
	defer server.Close()
	redirect := httptest.NewServer(http.RedirectHandler(server.URL+"/v1/reports", http.StatusTemporaryRedirect))
	defer redirect.Close()
	client := NewClient(nil)
	defer client.CloseIdleConnections()
	s := New(Config{Queue: q, URLs: []string{redirect.URL}, Client: client, Signer: httpsig.Signer{Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Cluster: n.cluster}, Log: slog.New(slog.DiscardHandler)})
	appendReport(t, q, 1)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "307") || n.stored() != 0 {
		t.Errorf("error %v, %d stored", err, n.stored())
	}
}

func BenchmarkPost(b *testing.B) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := client{http: NewClient(&tls.Config{RootCAs: roots}), urls: []string{server.URL}, signer: httpsig.Signer{Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Cluster: strings.Repeat("ab", 32)}, told: &delivery.Recorder{}}
	defer c.http.CloseIdleConnections()
	body := make([]byte, 8000)
	b.ReportAllocs()
	for b.Loop() {
		if a, err := c.post(b.Context(), 0, body); err != nil || a.status != 204 {
			b.Fatal(a, err)
		}
	}
}
