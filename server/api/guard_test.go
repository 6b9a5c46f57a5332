package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"picket/server/auth"
	"picket/server/store"
)

// public are the operations that strangers may use, as the design has them.
var public = []string{
	"POST /api/v1/session", "POST /api/v1/session/first-login", "POST /api/v1/session/invitation", "POST /api/v1/session/oidc",
	"GET /api/v1/session/providers",
}

// TestStrangersGetNothing walks the document: an operation that is added later
// cannot be forgotten.
func TestStrangersGetNothing(t *testing.T) {
	n := newNode(t)
	var doc struct {
		Paths map[string]map[string]struct {
			Security *[]map[string][]string
		}
	}
	if err := json.Unmarshal(n.api.spec, &doc); err != nil {
		t.Fatal(err)
	}
	operations := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			operations++
			name := strings.ToUpper(method) + " " + path
			for _, cookie := range []string{"", "forged", strings.Repeat("A", 43)} {
				n.cookie = cookie
				resp := n.do(strings.ToUpper(method), anyPath(path), nil)
				isPublic := slices.Contains(public, name)
				if got := resp.StatusCode == http.StatusUnauthorized; got == isPublic {
					t.Errorf("%s with cookie %q: %d", name, cookie, resp.StatusCode)
				}
				if !isPublic {
					problemOf(t, resp)
				}
				if open := op.Security != nil && len(*op.Security) == 0; open != isPublic {
					t.Errorf("%s: the document says open = %v", name, open)
				}
			}
		}
	}
	if operations < 20 {
		t.Errorf("%d operations in the document, want all", operations)
	}
	n.cookie = ""
	for _, path := range []string{"/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/SESSION", "/API/V1/tenants/default/home", "/api/v1/session/"} {
		if resp := n.do("GET", path, nil); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("GET %s: %d, want 401", path, resp.StatusCode)
		}
	}
	if resp := n.do("GET", "/api/v1/openapi.json", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("document: %d", resp.StatusCode)
	}
}

func TestAttacksOnSessions(t *testing.T) {
	n := newNode(t).signIn()
	cookie := n.cookie
	const home = "/api/v1/tenants/default/home"
	conn := n.db.Conn(t, store.RoleOwner)
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		prepare func()
		cookie  string
		path    string
		want    int
	}{
		{"with its session", nil, cookie, home, 200},
		{"without a cookie", nil, "", home, 401},
		{"a cookie of another form", nil, "x", home, 401},
		{"one character changed", nil, "A" + cookie[1:], home, 401},
		{"the hash instead of the token", nil, fmt.Sprintf("%x", "abc"), home, 401},
		{"a tenant that does not exist", nil, cookie, "/api/v1/tenants/other/home", 404},
		{"a tenant by its id", nil, cookie, "/api/v1/tenants/" + n.tenant.ID.String() + "/home", 404},
		{"a site of another tenant", func() { n.addTenant("other") }, cookie, home + "?site=other-site", 404},
		{"the tenant that now exists", nil, cookie, "/api/v1/tenants/other/home", 200},
		{"after 12 idle hours", func() { exec(`UPDATE session SET last_used_at = now() - interval '12 hours 1 second'`) }, cookie, home, 401},
		{"used again in time", func() { exec(`UPDATE session SET last_used_at = now() - interval '11 hours'`) }, cookie, home, 200},
		{"after 7 days", func() {
			exec(`UPDATE session SET created_at = now() - interval '8 days', expires_at = now() - interval '1 second'`)
		}, cookie, home, 401},
		{"still", func() { exec(`UPDATE session SET expires_at = now() + interval '1 hour'`) }, cookie, home, 200},
		{"of a disabled user", func() { exec(`UPDATE user_account SET disabled_at = now()`) }, cookie, home, 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.prepare != nil {
				tt.prepare()
			}
			n.cookie = tt.cookie
			resp := n.do("GET", tt.path, nil)
			if resp.StatusCode != tt.want {
				t.Errorf("%d, want %d", resp.StatusCode, tt.want)
			}
			if resp.StatusCode != 200 {
				problemOf(t, resp)
			}
		})
	}
}

func TestCrossSiteRequests(t *testing.T) {
	n := newNode(t).signIn()
	tests := []struct {
		name    string
		headers map[string]string
		want    int
	}{
		{"no header", map[string]string{}, 403},
		{"another value", map[string]string{"X-Picket": "0"}, 403},
		{"another origin", map[string]string{"X-Picket": "1", "Origin": "https://evil.example"}, 403},
		{"no origin's page", map[string]string{"X-Picket": "1", "Origin": "null"}, 403},
		{"another port", map[string]string{"X-Picket": "1", "Origin": "https://node.example:444"}, 403},
		{"this origin", map[string]string{"X-Picket": "1", "Origin": "https://node.example"}, 201},
		{"no browser", map[string]string{"X-Picket": "1"}, 201},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequest("POST", "https://node.example/api/v1/tenants/default/enrolment-tokens",
				strings.NewReader(`{"site":"main","uses":1,"expiresHours":1}`))
			req.Header.Set("Content-Type", "application/json")
			req.AddCookie(&http.Cookie{Name: SessionCookie, Value: n.cookie})
			for k, v := range tt.headers {
				req.Header.Set(k, v)
			}
			if resp := n.send(req); resp.StatusCode != tt.want {
				t.Errorf("%d, want %d", resp.StatusCode, tt.want)
			}
		})
	}
	for _, path := range []string{"/api/v1/session", "/api/v1/session/first-login"} {
		req := httptest.NewRequest("POST", path, strings.NewReader(`{}`))
		if resp := n.send(req); resp.StatusCode != 403 {
			t.Errorf("POST %s without the header: %d, want 403", path, resp.StatusCode)
		}
	}
}

func TestFirstLogin(t *testing.T) {
	n := newNode(t)
	old, err := n.auth.NewFirstLogin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := n.auth.NewFirstLogin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	try := func(token, name, password string) *http.Response {
		return n.do("POST", "/api/v1/session/first-login", FirstLogin{Token: token, Name: name, Password: password})
	}
	tests := []struct {
		name                  string
		token, user, password string
		want                  int
	}{
		{"bad: the link before", old, testName, testPassword, 401},
		{"bad: no link", "x", testName, testPassword, 401},
		{"bad: a short password", token, testName, "eleven char", 422},
		{"bad: no name", token, "   ", testPassword, 422},
		{"bad: the name as password", token, "operator-operator", "Operator-operator", 422},
		{"OK", token, testName, testPassword, 204},
		{"bad: used again", token, "another", testPassword, 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := try(tt.token, tt.user, tt.password)
			if resp.StatusCode != tt.want {
				t.Fatalf("%d, want %d", resp.StatusCode, tt.want)
			}
			if tt.want == 204 {
				checkCookie(t, resp)
			}
		})
	}
	if again, err := n.auth.NewFirstLogin(t.Context()); err != nil || again != "" {
		t.Errorf("a link after there is a user: %q, %v", again, err)
	}
}

func TestFirstLoginExpires(t *testing.T) {
	n := newNode(t)
	token, err := n.auth.NewFirstLogin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.db.Conn(t, store.RoleOwner).Exec(t.Context(),
		`UPDATE first_login SET created_at = now() - interval '25 hours', expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	resp := n.do("POST", "/api/v1/session/first-login", FirstLogin{Token: token, Name: testName, Password: testPassword})
	if resp.StatusCode != 401 {
		t.Errorf("%d, want 401", resp.StatusCode)
	}
}

func checkCookie(t *testing.T, resp *http.Response) {
	t.Helper()
	for _, c := range resp.Cookies() {
		if c.Name != SessionCookie {
			continue
		}
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) != 43 {
			t.Errorf("cookie %v", c)
		}
		return
	}
	t.Error("no cookie")
}

func TestLoginAndLogout(t *testing.T) {
	n := newNode(t).signIn()
	first := n.cookie
	login := func(name, password string) *http.Response {
		n.cookie = ""
		return n.do("POST", "/api/v1/session", Login{Name: name, Password: password})
	}
	resp := login("OPERATOR", testPassword)
	if resp.StatusCode != 204 {
		t.Fatalf("login: %d", resp.StatusCode)
	}
	checkCookie(t, resp)
	wrong, unknown := login(testName, "wrong"), login("nobody", "wrong")
	if a, b := problemOf(t, wrong), problemOf(t, unknown); a != b || wrong.StatusCode != 401 || unknown.StatusCode != 401 {
		t.Errorf("a wrong password and an unknown name differ: %q, %q", a, b)
	}
	n.cookie = first
	if resp := n.do("DELETE", "/api/v1/session", nil); resp.StatusCode != 204 {
		t.Errorf("logout: %d", resp.StatusCode)
	}
	if resp := n.do("GET", "/api/v1/session", nil); resp.StatusCode != 401 {
		t.Errorf("after logout: %d", resp.StatusCode)
	}
}

func TestLoginIsLimited(t *testing.T) {
	n := newNode(t).signIn()
	n.cookie = ""
	status := func(name, password string) int {
		return n.do("POST", "/api/v1/session", Login{Name: name, Password: password}).StatusCode
	}
	for i := range auth.MaxFailuresName {
		if got := status(testName, "wrong"); got != 401 {
			t.Fatalf("failure %d: %d, want 401", i+1, got)
		}
	}
	resp := n.do("POST", "/api/v1/session", Login{Name: testName, Password: testPassword})
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after %d failures: %d, Retry-After %q", auth.MaxFailuresName, resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	problemOf(t, resp)
	if _, err := n.db.Conn(t, store.RoleOwner).Exec(t.Context(),
		`UPDATE login_attempt SET window_start = window_start - interval '20 minutes'`); err != nil {
		t.Fatal(err)
	}
	if got := status(testName, testPassword); got != 204 {
		t.Errorf("after the window: %d, want 204", got)
	}
	// What was typed is nowhere in the database.
	var keys []string
	rows, err := n.db.Conn(t, store.RoleOwner).Query(t.Context(), `SELECT key FROM login_attempt`)
	if err != nil {
		t.Fatal(err)
	}
	if keys, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if strings.Contains(k, testName) {
			t.Errorf("key %q has the name", k)
		}
	}
}

func TestBodyAndHeaders(t *testing.T) {
	n := newNode(t).signIn()
	resp := n.do("POST", "/api/v1/session", Login{Name: testName, Password: strings.Repeat("x", 20<<10)})
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", resp.StatusCode)
	}
	resp = n.do("GET", "/api/v1/session", nil)
	for header, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'",
	} {
		if got := resp.Header.Get(header); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}
