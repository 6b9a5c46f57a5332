package ingest_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/ca"
	"picket/server/ingest"
	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/httpsig"
)

// get asks for desired state, signed by the tap; change may spoil the request.
func (n *node) get(tp *tap, change func(*http.Request)) (*http.Response, string) {
	n.t.Helper()
	req := httptest.NewRequest(http.MethodGet, desired.Path, nil)
	header, err := httpsig.Signer{Key: tp.key, Cluster: tp.cluster}.Sign(http.MethodGet, desired.Path, "", nil, time.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if change != nil {
		change(req)
	}
	resp, err := n.app.Test(req, 60_000)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return resp, string(text)
}

// opener opens what the node seals for the tap, as a tap does.
func (n *node) opener(id string) desired.Opener {
	n.t.Helper()
	cert, err := x509.ParseCertificate(n.ca.CertificateDER())
	if err != nil {
		n.t.Fatal(err)
	}
	key, _ := cert.PublicKey.(*ecdsa.PublicKey)
	return desired.Opener{Cluster: n.ca.ClusterID(), Tap: id, Key: key}
}

// enrolledAs is enrolled, and the tap's id.
func (n *node) enrolledAs() (*tap, store.TapIdentity) {
	n.t.Helper()
	tp := n.enrolled()
	header, err := httpsig.Signer{Key: tp.key, Cluster: tp.cluster}.Sign(http.MethodGet, "/", "", nil, time.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(header.Get("Signature-Input"), `keyid="`)
	keyID, _, _ := strings.Cut(rest, `"`)
	id, err := n.store.TapByKey(n.t.Context(), keyID)
	if err != nil {
		n.t.Fatal(err)
	}
	return tp, id
}

func TestTapIsToldWhatIsWantedOfIt(t *testing.T) {
	n := newNode(t)
	tp, id := n.enrolledAs()
	tapID := id.TapID.String()
	opener := n.opener(tapID)

	resp, text := n.get(tp, nil)
	d, err := opener.Open(text, 0)
	if err != nil || resp.StatusCode != http.StatusOK || d.Revision != 1 || resp.Header.Get("ETag") != `W/"1"` ||
		resp.Header.Get("Content-Type") != desired.ContentType || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v: %+v, %v", resp.Status, resp.Header, d, err)
	}
	known := func(tag string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("If-None-Match", tag) }
	}
	if resp, text := n.get(tp, known(desired.Tag(1))); resp.StatusCode != http.StatusNotModified || text != "" || resp.Header.Get("ETag") != `W/"1"` {
		t.Errorf("nothing new: %s %q", resp.Status, text)
	}
	country := "DE"
	if err := n.store.Desired().PutTap(t.Context(), id.TenantID.String(), tapID, desired.Settings{Country: &country}, "admin"); err != nil {
		t.Fatal(err)
	}
	resp, _ = n.post(n.app, tp, "/v1/reports", ingest.ContentType, n.encode(tp.spec(1)), nil)
	named, err := strconv.ParseUint(resp.Header.Get(desired.Header), 10, 64)
	if resp.StatusCode != http.StatusNoContent || err != nil || named <= 1 {
		t.Fatalf("%s names revision %q", resp.Status, resp.Header.Get(desired.Header))
	}
	resp, text = n.get(tp, known(desired.Tag(1)))
	if d, err = opener.Open(text, 1); err != nil || d.Revision != named || d.Radio.Country != "DE" {
		t.Errorf("%s: %+v, %v", resp.Status, d, err)
	}
	other := opener
	other.Tap = uuid.NewString()
	if _, err := other.Open(text, 0); err == nil {
		t.Error("another tap opens it")
	}
}

func TestStrangersAndRevokedTapsAreToldNothing(t *testing.T) {
	n := newNode(t)
	tp, id := n.enrolledAs()
	_, stranger := n.get(tp, nil)
	if _, err := n.opener(id.TapID.String()).Open(stranger, 0); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := ca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	far := *tp
	far.cluster = elsewhere.ClusterID()
	tests := []struct {
		name   string
		tap    *tap
		change func(*http.Request)
		status int
	}{
		{"no tap has this key", n.newTap(), nil, http.StatusUnauthorized},
		{"signed for another cluster", &far, nil, http.StatusUnauthorized},
		{"not signed", tp, func(r *http.Request) { r.Header.Del("Signature") }, http.StatusUnauthorized},
		{"another's signature", tp, func(r *http.Request) { r.Header.Set("Signature", "picket=:"+strings.Repeat("A", 86)+"==:") }, http.StatusUnauthorized},
		{"another path signed", tp, func(r *http.Request) { r.RequestURI += "?tap=" + id.TapID.String() }, http.StatusUnauthorized},
		{"a body", tp, func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), 1 }, http.StatusRequestEntityTooLarge},
	}
	for _, tt := range tests {
		resp, text := n.get(tt.tap, tt.change)
		if resp.StatusCode != tt.status || strings.Contains(text, ".") && strings.HasPrefix(text, "ey") {
			t.Errorf("%s: %s %q", tt.name, resp.Status, text)
		}
	}
	// The node remembers the tap's key for seconds; the revocation acts at once.
	if resp, _ := n.get(tp, nil); resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	if err := n.store.RevokeTap(t.Context(), id.TenantID, id.TapID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if resp, text := n.get(tp, nil); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "revoked") {
			t.Errorf("revoked: %s %q", resp.Status, text)
		}
	}
	resp, _ := n.post(n.app, tp, "/v1/reports", ingest.ContentType, n.encode(tp.spec(1)), nil)
	if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get(desired.Header) != "" {
		t.Errorf("a report of the revoked tap: %s, revision %q", resp.Status, resp.Header.Get(desired.Header))
	}
}

func TestTapIsToldLaterWhenTheDatabaseIsAway(t *testing.T) {
	n := newNode(t)
	tp := n.enrolled()
	if resp, _ := n.get(tp, nil); resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	n.store.Close()
	if resp, text := n.get(tp, nil); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s %q", resp.Status, text)
	}
}
