package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"picket/server/ingest"
	"picket/server/testdb"
	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wire"
)

// send signs a request by key and sends it, after change, in a way.
func (b *balanced) send(t *testing.T, w way, key ed25519.PrivateKey, path string, body []byte, change func(*http.Request)) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = b.sign(t, key, path, body, time.Now())
	if change != nil {
		change(request)
	}
	request.Header.Set("Content-Type", map[bool]string{true: ingest.ContentType, false: "application/json"}[path == "/v1/reports"])
	answer, err := clientFrom("127.0.0.1").Do(request)
	if err != nil {
		t.Fatalf("%s: %v", w.name, err)
	}
	defer answer.Body.Close()
	if want := map[bool]int{true: 2, false: 1}[w.name == "tls"]; answer.ProtoMajor != want {
		t.Errorf("%s speaks HTTP/%d, want %d", w.name, answer.ProtoMajor, want)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(text))
}

func (b *balanced) sign(t *testing.T, key ed25519.PrivateKey, path string, body []byte, at time.Time) http.Header {
	t.Helper()
	h, err := httpsig.Signer{Key: key, Cluster: b.cluster}.Sign(http.MethodPost, path, "", body, at)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// reportBody is a report as a tap sends it.
func reportBody(t *testing.T, sequence uint64) []byte {
	t.Helper()
	body, err := wire.Encode(testdb.Report(testdb.ReportSpec{Boot: [16]byte{7}, Sequence: sequence, Start: time.Now().Truncate(10 * time.Second), BSSs: 3, Stations: 2, Seed: 1}))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// call is a person's POST from an address. It returns the status and the session's
// cookie, if there is one.
func (b *balanced) call(t *testing.T, w way, from, path, body string, header map[string]string) (status int, cookie string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Picket", "1")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := clientFrom(from).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for _, c := range answer.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return answer.StatusCode, cookie
}

// forgeries alters on the way what a box signed, and what a tap signed.
func (b *balanced) forgeries(t *testing.T, w way) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(enrol.Request{PublicKey: public, Name: "forged-" + w.name})
	if err != nil {
		t.Fatal(err)
	}
	var sent http.Header
	if status, text := b.send(t, w, key, enrol.Path, body, func(r *http.Request) { sent = r.Header.Clone() }); status != http.StatusAccepted {
		t.Fatalf("a good request: %d %s", status, text)
	}
	for _, other := range b.ways { // one cluster: the nonce is used up on all
		if status, text := b.send(t, other, key, enrol.Path, body, func(r *http.Request) { r.Header = sent.Clone() }); status != http.StatusConflict {
			t.Errorf("replayed by %s: %d %s", other.name, status, text)
		}
	}
	altered := bytes.Replace(body, []byte("forged"), []byte("FORGED"), 1)
	replace := func(r *http.Request, b []byte) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	}
	attacks := map[string]func(*http.Request){
		"body altered": func(r *http.Request) { replace(r, altered) },
		"body and digest altered": func(r *http.Request) {
			replace(r, altered)
			r.Header.Set("Content-Digest", httpsig.ContentDigest(altered))
		},
		"query added":             func(r *http.Request) { r.URL.RawQuery = "a=1" },
		"of another cluster":      func(r *http.Request) { r.Header.Set("Picket-Cluster", strings.Repeat("0", 64)) },
		"signed long ago":         func(r *http.Request) { r.Header = b.sign(t, key, r.URL.Path, body, time.Now().Add(-10*time.Minute)) },
		"signed for another path": func(r *http.Request) { r.Header = b.sign(t, key, "/v1/reports", body, time.Now()) },
		"signed by another key":   func(r *http.Request) { r.Header = b.sign(t, stranger, r.URL.Path, body, time.Now()) },
		"not signed":              func(r *http.Request) { r.Header.Del("Signature"); r.Header.Del("Signature-Input") },
	}
	for name, attack := range attacks {
		if status, text := b.send(t, w, key, enrol.Path, body, attack); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s, want 401", name, status, text)
		}
	}
	// What a balancer changes is not covered.
	for name, change := range map[string]func(*http.Request){
		"another host": func(r *http.Request) { r.Host = "picket.example.org" },
		"a proxy's marks": func(r *http.Request) {
			r.Header.Set("Via", "1.1 proxy")
			r.Header.Set("X-Forwarded-For", "203.0.113.1")
		},
		"another's signed": func(r *http.Request) {
			r.Header.Add("Signature-Input", `proxy=("@authority");created=1;keyid="p"`)
			r.Header.Add("Signature", "proxy=:AAAA:")
		},
	} {
		if status, text := b.send(t, w, key, enrol.Path, body, change); status != http.StatusAccepted {
			t.Errorf("%s: %d %s, want 202", name, status, text)
		}
	}

	id := b.nodectl(t, "tap", "adopt", "-code", enrol.Claim(public, b.token.CA).String(), "-site", "main")
	if status, _ := b.send(t, w, key, enrol.Path, body, nil); status != http.StatusCreated {
		t.Fatalf("adopted as %s, and told %d", id, status)
	}
	report := reportBody(t, 1)
	if status, text := b.send(t, w, key, "/v1/reports", report, func(r *http.Request) { sent = r.Header.Clone() }); status != http.StatusNoContent {
		t.Fatalf("a report: %d %s", status, text)
	}
	if status, text := b.send(t, w, key, "/v1/reports", report, func(r *http.Request) { r.Header = sent.Clone() }); status != http.StatusNoContent {
		t.Errorf("the same report again: %d %s", status, text)
	}
	if status, _ := b.send(t, w, key, "/v1/reports", report, func(r *http.Request) { replace(r, reportBody(t, 2)) }); status != http.StatusUnauthorized {
		t.Errorf("a report swapped on the way: %d, want 401", status)
	}
	for name, attack := range attacks {
		if strings.HasPrefix(name, "body") || name == "signed for another path" || name == "signed long ago" || name == "signed by another key" {
			continue // of the other body
		}
		if status, text := b.send(t, w, key, "/v1/reports", report, attack); status != http.StatusUnauthorized {
			t.Errorf("report, %s: %d %s, want 401", name, status, text)
		}
	}
	list := b.nodectl(t, "tap", "list")
	if !strings.Contains(list, id) {
		t.Errorf("nodectl tap list does not show %s:\n%s", id, list)
	}
}

// proxyHeader is one of the PROXY protocol, version 2: 203.0.113.1:4711 to
// 192.0.2.1:8443 (proxy-protocol.txt, 2.2).
const proxyHeader = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x01\xc0\x00\x02\x01\x12\x67\x20\xfb"

// handshakeAfter connects from an address, sends a header, and shakes hands.
func handshakeAfter(t *testing.T, listen, from, header string) error {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	conn, err := dialer.DialContext(t.Context(), "tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, header); err != nil {
		return err
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()) //nolint:gosec // who answers does not matter
}
