package ingest_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"picket/server/ca"
	"picket/server/ingest"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wire"
)

// fasthttp, below Fiber, keeps a clock that nothing stops.
func TestMain(m *testing.M) {
	os.Exit(testdb.Main(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1")))
}

// node is a node's ingest on a database of the test's own.
type node struct {
	t     *testing.T
	db    *testdb.DB
	store *store.Store
	ca    *ca.CA
	app   *fiber.App
}

func newNode(t *testing.T) *node {
	t.Helper()
	db := testdb.New(t)
	authority, err := ca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, db: db, store: db.Store(t), ca: authority}
	n.app = n.serve(n.store)
	return n
}

// serve returns the routes of one more node on s.
func (n *node) serve(s *store.Store) *fiber.App {
	h := ingest.New(s, ingest.Options{
		Cluster: n.ca.ClusterID(), CACertificate: n.ca.CertificatePEM(), WindowMS: 10_000, NodeURLs: []string{"https://node.example"},
		SealDesired: n.ca.SealDesired, SealAnswer: n.ca.SealAnswer,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Batcher().Run(ctx) }()
	n.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			n.t.Error(err)
		}
	})
	app := fiber.New(fiber.Config{BodyLimit: wire.MaxEncoded + 1024, DisableStartupMessage: true})
	h.Register(app)
	return app
}

// tap is a key that may be enrolled.
type tap struct {
	key     ed25519.PrivateKey
	cluster string
	boot    [16]byte
}

func (n *node) newTap() *tap {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		n.t.Fatal(err)
	}
	tp := &tap{key: key, cluster: n.ca.ClusterID()}
	_, _ = rand.Read(tp.boot[:])
	return tp
}

func (n *node) token(uses int) enrol.Token {
	n.t.Helper()
	token := enrol.Token{CA: n.ca.PublicKeyHash()}
	_, _ = rand.Read(token.Secret[:])
	tenant, err := n.store.TenantBySlug(n.t.Context(), "default")
	if err != nil {
		n.t.Fatal(err)
	}
	if _, _, err := n.store.AddToken(n.t.Context(), tenant.ID, store.TokenRequest{
		SecretHash: token.SecretHash(), Site: "main", Uses: uses, Lifetime: time.Hour,
	}); err != nil {
		n.t.Fatal(err)
	}
	return token
}

// post sends body signed by the tap; change may spoil the request.
func (n *node) post(app *fiber.App, tp *tap, path, contentType string, body []byte, change func(*http.Request)) (*http.Response, string) {
	n.t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	header, err := httpsig.Signer{Key: tp.key, Cluster: tp.cluster}.Sign(http.MethodPost, path, "", body, time.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", contentType)
	if change != nil {
		change(req)
	}
	resp, err := app.Test(req, 60_000)
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

func (n *node) enrol(tp *tap, token enrol.Token) (*http.Response, enrol.Response) {
	n.t.Helper()
	body, err := json.Marshal(enrol.Request{
		Token: token.Text(), PublicKey: tp.key.Public().(ed25519.PublicKey), Name: "lab tap", MAC: "00:00:5e:00:53:01",
		Version: "1.0.0", Arch: "amd64",
	})
	if err != nil {
		n.t.Fatal(err)
	}
	resp, text := n.post(n.app, tp, enrol.Path, "application/json", body, nil)
	var answer enrol.Response
	if resp.StatusCode == http.StatusCreated {
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			n.t.Fatal(err)
		}
	}
	return resp, answer
}

func (n *node) enrolled() *tap {
	n.t.Helper()
	tp := n.newTap()
	if resp, _ := n.enrol(tp, n.token(1)); resp.StatusCode != http.StatusCreated {
		n.t.Fatalf("enrol: %s", resp.Status)
	}
	return tp
}

func (tp *tap) spec(sequence uint64) testdb.ReportSpec {
	return testdb.ReportSpec{
		Boot: tp.boot, Sequence: sequence, BSSs: 5, Stations: 6, Hosts: 2, Definitions: true,
		Start: time.Now().UTC().Truncate(10 * time.Second).Add(time.Duration(sequence)*10*time.Second - time.Hour),
	}
}

func (n *node) encode(spec testdb.ReportSpec) []byte {
	n.t.Helper()
	b, err := wire.Encode(testdb.Report(spec))
	if err != nil {
		n.t.Fatal(err)
	}
	return b
}

func (n *node) count(sql string) (got int) {
	n.t.Helper()
	conn := n.db.Conn(n.t, store.RoleOwner)
	if err := conn.QueryRow(n.t.Context(), sql).Scan(&got); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		n.t.Fatal(err)
	}
	return got
}

func TestReportIsAnswered204OnceCommittedAndAgainWhenResent(t *testing.T) {
	n := newNode(t)
	tp := n.enrolled()
	for range 2 {
		resp, text := n.post(n.app, tp, "/v1/reports", ingest.ContentType, n.encode(tp.spec(1)), nil)
		if resp.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s", resp.Status, text)
		}
		if got := n.count("SELECT count(*) FROM report"); got != 1 {
			t.Fatalf("%d reports, want 1", got)
		}
	}
}

func TestMissingDefinitionsAreAskedForAndTakenLater(t *testing.T) {
	n := newNode(t)
	tp := n.enrolled()
	spec := tp.spec(1)
	spec.Definitions = false
	resp, _ := n.post(n.app, tp, "/v1/reports", ingest.ContentType, n.encode(spec), nil)
	if got := resp.Header.Get(ingest.WantHeader); resp.StatusCode != http.StatusNoContent || got != "f1,f2,f3" {
		t.Errorf("%s, wants %q, want f1,f2,f3", resp.Status, got)
	}
	// The fingerprints without two of their elements.
	r := testdb.Report(tp.spec(2))
	r.Definitions.Elements = r.Definitions.Elements[:1]
	body, err := wire.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	resp, _ = n.post(n.app, tp, "/v1/reports", ingest.ContentType, body, nil)
	if got := resp.Header.Get(ingest.WantHeader); got != "e2,e3" {
		t.Errorf("wants %q, want e2,e3", got)
	}
	// The elements alone complete them.
	r = testdb.Report(tp.spec(3))
	r.Definitions.Fingerprints, r.Definitions.Elements = nil, r.Definitions.Elements[1:]
	if body, err = wire.Encode(r); err != nil {
		t.Fatal(err)
	}
	resp, _ = n.post(n.app, tp, "/v1/reports", ingest.ContentType, body, nil)
	if got := resp.Header.Get(ingest.WantHeader); got != "" {
		t.Errorf("wants %q, want nothing", got)
	}
	if got := n.count("SELECT count(*) FROM bss WHERE beacon_fingerprint IS NOT NULL"); got != 5 {
		t.Errorf("%d BSSs have their fingerprint, want 5", got)
	}
	// Another tap, or another boot, defines the same things by other indexes.
	other := n.enrolled()
	if resp, _ := n.post(n.app, other, "/v1/reports", ingest.ContentType, n.encode(other.spec(1)), nil); resp.StatusCode != http.StatusNoContent {
		t.Fatal(resp.Status)
	}
	if got := n.count("SELECT count(*) FROM fingerprint"); got != 3 {
		t.Errorf("%d fingerprints by content, want 3", got)
	}
}

func TestReportsAreRefusedWithTheStatusThatSaysWhatToDo(t *testing.T) {
	n := newNode(t)
	tp := n.enrolled()
	good := n.encode(tp.spec(1))
	old, ahead := tp.spec(1), tp.spec(1)
	old.Start = time.Now().Add(-49 * time.Hour)
	ahead.Start = time.Now().Add(6 * time.Minute)
	elsewhere := &tap{key: tp.key, cluster: strings.Repeat("0", 64)}
	revoked := n.enrolled()
	id, err := n.store.TapByKey(t.Context(), httpsig.KeyID(revoked.key.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := n.post(n.app, revoked, "/v1/reports", ingest.ContentType, n.encode(revoked.spec(1)), nil); resp.StatusCode != http.StatusNoContent {
		t.Fatal(resp.Status)
	}
	if err := n.store.RevokeTap(t.Context(), id.TenantID, id.TapID); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		tap    *tap
		body   []byte
		change func(*http.Request)
		want   int
		reason string
	}{
		{"another type", tp, good, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415, ""},
		{"a content encoding", tp, good, func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415, ""},
		{"not a report", tp, []byte("hello"), nil, 422, ""},
		{"an old window", tp, n.encode(old), nil, 422, "ago"},
		{"a window ahead", tp, n.encode(ahead), nil, 422, "ahead"},
		{"no signature", tp, good, func(r *http.Request) { r.Header.Del("Signature") }, 401, "malformed signature"},
		{"an altered body", tp, good, func(r *http.Request) {
			r.Body = io.NopCloser(bytes.NewReader(append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1)))
		}, 401, "content-digest"},
		{"another cluster", elsewhere, good, nil, 401, "another cluster"},
		{"an unknown key", n.newTap(), good, nil, 401, "no tap"},
		{"a tap revoked since it was cached", revoked, n.encode(revoked.spec(2)), nil, 401, "revoked"},
		{"a tap revoked", revoked, n.encode(revoked.spec(2)), nil, 401, "revoked"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, text := n.post(n.app, tc.tap, "/v1/reports", ingest.ContentType, tc.body, tc.change)
			if resp.StatusCode != tc.want || !strings.Contains(text, tc.reason) {
				t.Errorf("%s %q, want %d %q", resp.Status, text, tc.want, tc.reason)
			}
		})
	}
	if got := n.count("SELECT count(*) FROM report"); got != 1 {
		t.Errorf("%d reports stored, want 1", got)
	}
}

func TestEnrolmentCountsUsesAndRepeatsItsAnswer(t *testing.T) {
	n := newNode(t)
	token := n.token(1)
	first, second := n.newTap(), n.newTap()
	resp, answer := n.enrol(first, token)
	if resp.StatusCode != http.StatusCreated || answer.Cluster != n.ca.ClusterID() || answer.WindowMS != 10_000 ||
		!strings.HasPrefix(answer.CACertificate, "-----BEGIN CERTIFICATE") || len(answer.NodeURLs) != 1 {
		t.Fatalf("%s: %+v", resp.Status, answer)
	}
	if resp, again := n.enrol(first, token); resp.StatusCode != http.StatusCreated || again.TapID != answer.TapID {
		t.Errorf("the same key, used-up token: %s, tap %s, want %s", resp.Status, again.TapID, answer.TapID)
	}
	if resp, again := n.enrol(first, n.token(1)); resp.StatusCode != http.StatusCreated || again.TapID != answer.TapID {
		t.Errorf("the same key, another token: %s, tap %s, want %s", resp.Status, again.TapID, answer.TapID)
	}
	if resp, _ := n.enrol(second, token); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("another key, used-up token: %s, want 401", resp.Status)
	}
	if resp, _ := n.enrol(second, enrol.Token{CA: n.ca.PublicKeyHash()}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("unknown token: %s, want 401", resp.Status)
	}
	if resp, _ := n.enrol(second, enrol.Token{}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("another cluster's token: %s, want 401", resp.Status)
	}
	if got := n.count("SELECT count(*) FROM tap"); got != 1 {
		t.Errorf("%d taps, want 1", got)
	}
	id, err := n.store.TapByKey(t.Context(), httpsig.KeyID(first.key.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.store.RevokeTap(t.Context(), id.TenantID, id.TapID); err != nil {
		t.Fatal(err)
	}
	if resp, _ := n.enrol(first, n.token(1)); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked tap's key: %s, want 401", resp.Status)
	}
}

func TestEnrolmentNeedsTheSignatureOfTheKeyItShows(t *testing.T) {
	n := newNode(t)
	tp, thief := n.newTap(), n.newTap()
	body, err := json.Marshal(enrol.Request{Token: n.token(1).Text(), PublicKey: tp.key.Public().(ed25519.PublicKey), Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := n.post(n.app, thief, enrol.Path, "application/json", body, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s, want 401", resp.Status)
	}
	if resp, _ := n.post(n.app, tp, enrol.Path, "application/json", []byte("{"), nil); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("broken JSON: %s, want 422", resp.Status)
	}
}
