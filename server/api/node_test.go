package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
	"picket/server/oui"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// node is the interface on a database of its own.
type node struct {
	t       *testing.T
	db      *testdb.DB
	store   *store.Store
	auth    *auth.Service
	app     *fiber.App
	api     *API
	tenant  store.Tenant
	cookie  string // of a session; empty: signed out
	bearer  string // API token; empty: none
	browser string // cookie of a sign-in at a provider; empty: none
}

func newNode(t *testing.T) *node {
	t.Helper()
	db := testdb.New(t)
	s := db.Store(t)
	people, err := auth.New(s.Users(), nil)
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := oui.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("PICKET_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	n := &node{t: t, db: db, store: s, auth: people, app: NewApp(log)}
	n.api, err = Mount(n.app, Config{
		Log: log, Auth: people, Reader: s.Reader(), Desired: s.Desired(), Taps: s.Taps(), Directory: s.Directory(), Changes: NewHub(s.Reader(), log), Vendors: vendors, Version: "test",
		Enrolment: Enrolment(s, [32]byte{1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if n.tenant, err = s.TenantBySlug(t.Context(), "default"); err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	testName     = "operator"
	testPassword = "correct horse battery"
)

// signIn makes the first administrator and keeps its session.
func (n *node) signIn() *node {
	n.t.Helper()
	token, err := n.auth.NewFirstLogin(n.t.Context())
	if err != nil || token == "" {
		n.t.Fatalf("first login: %q, %v", token, err)
	}
	resp := n.do("POST", "/api/v1/session/first-login", FirstLogin{Token: token, Name: testName, Password: testPassword})
	if resp.StatusCode != http.StatusNoContent {
		n.t.Fatalf("first login: %d", resp.StatusCode)
	}
	for _, c := range resp.Cookies() {
		if c.Name == SessionCookie {
			n.cookie = c.Value
		}
	}
	return n
}

// do sends a request as the console would.
func (n *node) do(method, path string, body any) *http.Response {
	n.t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			n.t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req := httptest.NewRequest(method, path, r)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Picket", "1")
	if n.browser != "" {
		req.AddCookie(&http.Cookie{Name: browserCookie, Value: n.browser})
	}
	if n.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+n.bearer)
	}
	if n.cookie != "" {
		req.AddCookie(&http.Cookie{Name: SessionCookie, Value: n.cookie})
	}
	return n.send(req)
}

func (n *node) send(req *http.Request) *http.Response {
	n.t.Helper()
	resp, err := n.app.Test(req, 30_000)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// fetch reads what a path below the default tenant answers.
func fetch[T any](n *node, path string) T {
	n.t.Helper()
	resp := n.do("GET", "/api/v1/tenants/default/"+path, nil)
	var v T
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		n.t.Fatalf("GET %s: %d %s", path, resp.StatusCode, b)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		n.t.Fatalf("GET %s: %v in %s", path, err, b)
	}
	return v
}

// UnmarshalJSON is for tests alone: nobody sends us times in bodies.
func (t *Time) UnmarshalJSON(b []byte) (err error) {
	t.Time, err = time.Parse(`"`+timeLayout+`"`, string(b))
	return err
}

// addTenant makes another tenant with a site.
func (n *node) addTenant(slug string) uuid.UUID {
	n.t.Helper()
	conn := n.db.Conn(n.t, store.RoleOwner)
	id := uuid.Must(uuid.NewV7())
	for _, sql := range []string{
		`INSERT INTO tenant (id, organisation_id, slug, name) SELECT @id, id, @slug, @slug FROM organisation LIMIT 1`,
		`INSERT INTO site (tenant_id, id, slug, name) SELECT id, id, @slug || '-site', 'Site' FROM tenant WHERE id = @id`,
	} {
		if _, err := conn.Exec(n.t.Context(), sql, pgx.NamedArgs{"id": id, "slug": slug}); err != nil {
			n.t.Fatal(err)
		}
	}
	return id
}

// add stores reports of a tap.
func (n *node) add(tenant, tap uuid.UUID, reports ...*wirepb.Report) {
	n.t.Helper()
	var in []store.Incoming
	for i, r := range reports {
		if err := wire.Validate(r); err != nil {
			n.t.Fatalf("report %d: %v", i, err)
		}
		in = append(in, store.Incoming{TenantID: tenant, TapID: tap, Report: r})
	}
	out, err := n.store.AddReports(context.WithoutCancel(n.t.Context()), in)
	if err != nil {
		n.t.Fatal(err)
	}
	for i, o := range out {
		if o.Status != store.Stored {
			n.t.Fatalf("report %d: status %d", i, o.Status)
		}
	}
}

// problemOf reads a problem document.
func problemOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/problem+json") {
		t.Errorf("content type %q, want a problem document", got)
	}
	var p struct {
		Status int
		Detail string
	}
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		t.Errorf("problem: %v", err)
	}
	if p.Status != resp.StatusCode || p.Detail == "" {
		t.Errorf("problem %+v of a %d", p, resp.StatusCode)
	}
	return fmt.Sprint(p.Detail)
}

func decode[T any](t *testing.T, resp *http.Response) T {
	t.Helper()
	var v T
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Error(err)
	}
	return v
}

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
