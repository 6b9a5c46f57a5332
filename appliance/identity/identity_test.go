package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// authority is a CA as a cluster has one.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{key: key}
	a.cert = a.issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "cluster"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, &key.PublicKey)
	return a
}

func (a authority) issue(t *testing.T, template *x509.Certificate, pub *ecdsa.PublicKey) *x509.Certificate {
	t.Helper()
	parent := a.cert
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, a.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// leaf returns a chain for a node, as changed.
func (a authority) leaf(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	c := a.issue(t, template, &key.PublicKey)
	return tls.Certificate{Certificate: [][]byte{c.Raw, a.cert.Raw}, PrivateKey: key}
}

func (a authority) hash() [32]byte { return sha256.Sum256(a.cert.RawSubjectPublicKeyInfo) }

func (a authority) token() enrol.Token { return enrol.Token{CA: a.hash(), Secret: [20]byte{1, 2, 3}} }

func (a authority) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

func (a authority) response() enrol.Response {
	return enrol.Response{
		TapID: "018f6f3e-0000-7000-8000-000000000001", Cluster: a.token().Cluster(), CACertificate: a.pem(),
		WindowMS: 10_000, NodeURLs: []string{"https://127.0.0.1:8443"},
	}
}

// node serves TLS with the certificate.
func node(t *testing.T, certificate tls.Certificate, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func enroller(dir string, token enrol.Token, urls ...string) Enroller {
	return Enroller{Dir: dir, URLs: urls, Token: token, Log: slog.New(slog.DiscardHandler),
		About: enrol.Request{Name: "office", MAC: "00:00:5e:00:53:01", Version: "1.0", Arch: "arm64"}}
}

// accept answers enrolment, and checks what a node checks.
func accept(t *testing.T, a authority, keys map[string]bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q enrol.Request
		if err := json.Unmarshal(body, &q); err != nil {
			t.Errorf("request %s: %v", body, err)
		}
		p, err := httpsig.Parse(httpsig.Request{Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body, Header: r.Header.Get},
			a.token().Cluster(), time.Now())
		if err != nil {
			t.Errorf("signature: %v", err)
		} else if err := p.Verify(ed25519.PublicKey(q.PublicKey)); err != nil {
			t.Errorf("signature: %v", err)
		}
		if r.URL.Path != "/v1/enrol" || q.Token != a.token().Text() || q.Name != "office" || q.Arch != "arm64" {
			t.Errorf("%s: %+v", r.URL.Path, q)
		}
		keys[string(q.PublicKey)] = true
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(a.response())
	}
}

func TestEnrolAndLoad(t *testing.T) {
	a, dir, keys := newAuthority(t), filepath.Join(t.TempDir(), "state"), map[string]bool{}
	if _, err := Load(dir); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("error %v, want %v", err, ErrNotEnrolled)
	}
	s := node(t, a.leaf(t, nil), accept(t, a, keys))
	i, err := enroller(dir, a.token(), s.URL).Enrol(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i.TapID != a.response().TapID || i.Window != 10*time.Second || len(i.NodeURLs) != 1 || len(keys) != 1 {
		t.Errorf("identity %+v", i)
	}
	for _, name := range []string{keyName, stateName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	s.Close() // from here on nobody is asked
	again, err := enroller(dir, a.token(), s.URL).Enrol(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Signer().current(), i.Signer().current()) || again.Signer().cluster != a.token().Cluster() {
		t.Error("another key after a restart")
	}
	if _, err := enroller(dir, newAuthority(t).token(), s.URL).Enrol(t.Context()); err == nil || !strings.Contains(err.Error(), "another folder") {
		t.Errorf("a token of another cluster: %v", err)
	}
}

// What was learned at enrolment is the only root.
func TestTLSAfterEnrolment(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	i, err := newIdentity(nil, a.response())
	if err != nil {
		t.Fatal(err)
	}
	get := func(certificate tls.Certificate) error {
		s := node(t, certificate, func(http.ResponseWriter, *http.Request) {})
		transport := &http.Transport{TLSClientConfig: i.TLSConfig()}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Get(s.URL)
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	if err := get(a.leaf(t, nil)); err != nil {
		t.Error(err)
	}
	if err := get(other.leaf(t, nil)); err == nil {
		t.Error("a node of another cluster is trusted")
	}
}

func TestFirstContactRefusesImpostors(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	// The impostor sends the real CA's certificate along, which anybody can have.
	withRealCA := other.leaf(t, nil)
	withRealCA.Certificate = append(withRealCA.Certificate, a.cert.Raw)
	alone := a.leaf(t, nil)
	alone.Certificate = alone.Certificate[:1]
	for name, certificate := range map[string]tls.Certificate{
		"another CA":              other.leaf(t, nil),
		"real CA only sent along": withRealCA,
		"CA not sent":             alone,
		"another host":            a.leaf(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} }),
		"expired":                 a.leaf(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		"not yet valid":           a.leaf(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
		"for clients only":        a.leaf(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
	} {
		t.Run(name, func(t *testing.T) {
			s := node(t, certificate, func(http.ResponseWriter, *http.Request) { t.Error("the secret was sent") })
			e := enroller(t.TempDir(), a.token(), s.URL)
			key, _ := Key(e.Dir)
			x := exchange{key: key, ca: a.hash(), token: e.Token.Text()}
			if _, _, err := x.ask(t.Context(), s.URL); err == nil {
				t.Error("accepted")
			} else if strings.Contains(name, "CA") && name != "real CA only sent along" && !errors.Is(err, ErrOtherCA) {
				t.Errorf("error %v, want %v", err, ErrOtherCA)
			}
		})
	}
}

func TestAnswersToEnrolment(t *testing.T) {
	a := newAuthority(t)
	for _, tt := range []struct {
		name    string
		answer  func(w http.ResponseWriter)
		refused bool
		wait    time.Duration
	}{
		{"token used up", func(w http.ResponseWriter) { http.Error(w, "token used up", 401) }, true, 0},
		{"clock wrong", func(w http.ResponseWriter) {
			w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
			http.Error(w, "expired", 401)
		}, false, 0},
		{"malformed", func(w http.ResponseWriter) { http.Error(w, "name too long", 422) }, true, 0},
		{"busy", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7"); w.WriteHeader(503) }, false, 7 * time.Second},
		{"not a node", func(w http.ResponseWriter) { w.WriteHeader(404) }, false, 0},
		{"redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "https://192.0.2.1/"); w.WriteHeader(307) }, false, 0},
		{"no JSON", func(w http.ResponseWriter) { w.WriteHeader(201) }, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := node(t, a.leaf(t, nil), func(w http.ResponseWriter, _ *http.Request) { tt.answer(w) })
			e := enroller(t.TempDir(), a.token(), s.URL)
			key, _ := Key(e.Dir)
			x := exchange{key: key, ca: a.hash(), token: e.Token.Text()}
			r, wait, err := x.ask(t.Context(), s.URL)
			if r != nil {
				_, wait, err = settle(e.Dir, x, r, wait, err)
			}
			if err == nil || errors.Is(err, ErrRefused) != tt.refused || wait != tt.wait {
				t.Errorf("error %v, wait %v", err, wait)
			}
		})
	}
}

func TestEnrolTriesTheNextNode(t *testing.T) {
	a, keys := newAuthority(t), map[string]bool{}
	dead := httptest.NewServer(nil)
	dead.Close()
	s := node(t, a.leaf(t, nil), accept(t, a, keys))
	start := time.Now()
	if _, err := enroller(t.TempDir(), a.token(), strings.Replace(dead.URL, "http:", "https:", 1), s.URL).Enrol(t.Context()); err != nil {
		t.Error(err)
	}
	if time.Since(start) > 700*time.Millisecond {
		t.Errorf("waited %v before the next node", time.Since(start))
	}
}

func TestRefusedTokenEndsEnrolment(t *testing.T) {
	a := newAuthority(t)
	s := node(t, a.leaf(t, nil), func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "token expired", 401) })
	_, err := enroller(t.TempDir(), a.token(), s.URL).Enrol(t.Context())
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "token expired") || strings.Contains(err.Error(), a.token().Text()) {
		t.Errorf("error %v", err)
	}
}

func TestAnswersOfStrangersAreChecked(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	for name, change := range map[string]func(*enrol.Response){
		"cluster":           func(r *enrol.Response) { r.Cluster = "zz" },
		"another CA":        func(r *enrol.Response) { r.CACertificate = other.pem() },
		"CA and more":       func(r *enrol.Response) { r.CACertificate += other.pem() },
		"no CA":             func(r *enrol.Response) { r.CACertificate = "" },
		"tap id":            func(r *enrol.Response) { r.TapID = "7" },
		"window too short":  func(r *enrol.Response) { r.WindowMS = 10 },
		"window too long":   func(r *enrol.Response) { r.WindowMS = 3_600_000 },
		"no node":           func(r *enrol.Response) { r.NodeURLs = nil },
		"node without TLS":  func(r *enrol.Response) { r.NodeURLs = []string{"http://192.0.2.1"} },
		"node without host": func(r *enrol.Response) { r.NodeURLs = []string{"https:///v1"} },
		"many nodes": func(r *enrol.Response) {
			for i := range 33 {
				r.NodeURLs = append(r.NodeURLs, "https://192.0.2."+strconv.Itoa(i))
			}
		},
	} {
		r := a.response()
		change(&r)
		if _, err := newIdentity(nil, r); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestDamagedKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, keyName)
	for _, text := range []string{"", "rubbish", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Key(dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: error %v", text, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q was replaced", text)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "12": 12 * time.Second, "-3": 0, "x": 0, "99999999": time.Hour, "99999999999999999999": 0,
		"Thu, 01 Jan 2026 00:02:00 GMT": 2 * time.Minute, "Wed, 31 Dec 2025 00:00:00 GMT": 0, "Fri, 01 Jan 2027 00:00:00 GMT": time.Hour,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestSkew(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for offset, want := range map[time.Duration]bool{0: false, 59 * time.Second: false, 61 * time.Second: true, -299 * time.Second: false, -301 * time.Second: true} {
		h := http.Header{"Date": {now.Format(http.TimeFormat)}}
		if got, bad := Skew(h, now.Add(offset)); got != offset || bad != want {
			t.Errorf("%v: skew %v, %v", offset, got, bad)
		}
	}
	if _, bad := Skew(http.Header{}, now); bad {
		t.Error("skew without a date")
	}
}

func FuzzIdentity(f *testing.F) {
	f.Add(`{"tap_id":"018f6f3e-0000-7000-8000-000000000001","cluster":"00","ca_certificate":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n","window_ms":1,"node_urls":["https://192.0.2.1"]}`)
	f.Fuzz(func(_ *testing.T, text string) {
		var r enrol.Response
		if json.Unmarshal([]byte(text), &r) == nil {
			_, _ = newIdentity(nil, r)
		}
	})
}
