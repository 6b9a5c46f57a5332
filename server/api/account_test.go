package api

import (
	"bytes"
	"encoding/base32"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"picket/server/auth"
	"picket/server/store"
)

// codeAt returns the code of a base32 secret at a time.
func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// setFactor sets up a second factor for whoever is signed in.
func (n *node) setFactor(t *testing.T) (secret string, recovery []string) {
	t.Helper()
	resp := n.do("POST", "/api/v1/account/second-factor", map[string]any{"password": testPassword})
	if resp.StatusCode != 200 {
		t.Fatalf("begin: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	setup := decode[FactorSetup](t, resp)
	if raw, err := base32.StdEncoding.DecodeString(setup.Secret); err != nil || len(raw) != 20 {
		t.Errorf("secret of %d octets, %v", len(raw), err)
	}
	if len(setup.QR) < 21 || len(setup.QR[0]) != len(setup.QR) || !strings.HasPrefix(setup.QR[0], "1111111") || !strings.HasPrefix(setup.URI, "otpauth://totp/Picket:") {
		t.Errorf("picture %v of %s", setup.QR, setup.URI)
	}
	resp = n.do("PUT", "/api/v1/account/second-factor", map[string]any{"code": codeAt(t, setup.Secret, time.Now().Add(-30*time.Second))})
	if resp.StatusCode != 200 {
		t.Fatalf("confirm: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	return setup.Secret, decode[RecoveryCodes](t, resp).Codes
}

func TestSecondFactor(t *testing.T) {
	n := newNode(t).signIn()
	first := n.cookie
	if resp := n.do("POST", "/api/v1/account/second-factor", map[string]any{"password": "wrong"}); resp.StatusCode != 422 {
		t.Errorf("set up with a wrong password: %d", resp.StatusCode)
	}
	secret, recovery := n.setFactor(t)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	if s := decode[Session](t, n.do("GET", "/api/v1/session", nil)); !s.SecondFactor {
		t.Error("the session that set it up has not shown it")
	}
	if resp := n.do("POST", "/api/v1/account/second-factor", map[string]any{"password": testPassword}); resp.StatusCode != 409 {
		t.Errorf("a second one: %d", resp.StatusCode)
	}
	login := func(password, code string) *http.Response {
		n.cookie = ""
		return n.do("POST", "/api/v1/session", Login{Name: testName, Password: password, Code: code})
	}
	asked := login(testPassword, "")
	if b := readAll(t, asked); asked.StatusCode != 401 || !strings.Contains(b, needsCode) {
		t.Errorf("without a code: %d %s", asked.StatusCode, b)
	}
	if resp := login("wrong password", ""); strings.Contains(readAll(t, resp), needsCode) {
		t.Error("who does not know the password learns of the second factor")
	}
	current := codeAt(t, secret, time.Now())
	tests := []struct {
		name, code string
		want       int
	}{
		{"bad: a code that is none", "abcdef", 422},
		{"bad: the step that confirmed it", codeAt(t, secret, time.Now().Add(-30*time.Second)), 422},
		{"bad: a code of two steps ahead", codeAt(t, secret, time.Now().Add(61*time.Second)), 422},
		{"OK: the current code", current, 204},
		{"bad: the same code again", current, 422},
		{"OK: a recovery code", strings.ToLower(recovery[0]), 204},
		{"bad: the same recovery code again", recovery[0], 422},
		{"OK: another recovery code, without hyphens", strings.ReplaceAll(recovery[1], "-", ""), 204},
	}
	for _, tt := range tests {
		if resp := login(testPassword, tt.code); resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
	}
	// What the database holds signs nobody in.
	var hash []byte
	if err := n.db.Conn(t, store.RoleOwner).QueryRow(t.Context(), "SELECT code_hash FROM recovery_code LIMIT 1").Scan(&hash); err != nil || bytes.Contains(hash, []byte(recovery[2])) {
		t.Errorf("recovery code %q, %v", hash, err)
	}
	n.cookie = first
	if a := decode[Account](t, n.do("GET", "/api/v1/account", nil)); !a.SecondFactor || a.RecoveryCodes != 8 {
		t.Errorf("account %+v", a)
	}
	if resp := n.do("DELETE", "/api/v1/account/second-factor", map[string]any{"code": recovery[2]}); resp.StatusCode != 204 {
		t.Errorf("remove: %d", resp.StatusCode)
	}
	if resp := login(testPassword, ""); resp.StatusCode != 204 {
		t.Errorf("after it was removed: %d", resp.StatusCode)
	}
}

func TestASecondFactorIsPolicy(t *testing.T) {
	n := newNode(t).signIn()
	const home = "/api/v1/tenants/default/home"
	put := func(require bool) int {
		return n.do("PUT", "/api/v1/tenants/default/policy", map[string]any{"name": "Default", "requireSecondFactor": require}).StatusCode
	}
	if got := put(true); got != 204 {
		t.Fatalf("set the policy: %d", got)
	}
	if resp := n.do("GET", home, nil); resp.StatusCode != 403 || !strings.Contains(problemOf(t, resp), "second factor") {
		t.Errorf("without: %d", resp.StatusCode)
	}
	if got := put(false); got != 403 {
		t.Errorf("the policy lifted without what it asks for: %d", got)
	}
	n.setFactor(t)
	if resp := n.do("GET", home, nil); resp.StatusCode != 200 {
		t.Errorf("with: %d", resp.StatusCode)
	}
}

func TestAPITokens(t *testing.T) {
	n := newNode(t).signIn()
	n.addTenant("other")
	made := func(body map[string]any) CreatedAPIToken {
		t.Helper()
		resp := n.do("POST", "/api/v1/account/tokens", body)
		if resp.StatusCode != 201 {
			t.Fatalf("%d %s", resp.StatusCode, problemOf(t, resp))
		}
		return decode[CreatedAPIToken](t, resp)
	}
	reader := made(map[string]any{"name": "reader", "permissions": []string{"read:taps"}, "tenant": "default", "days": 1})
	if !strings.HasPrefix(reader.Token, reader.Prefix) || len(reader.Prefix) > 16 {
		t.Errorf("prefix %q of a token of %d characters", reader.Prefix, len(reader.Token))
	}
	writer := made(map[string]any{"name": "writer", "permissions": []string{"change:places"}, "days": 1})
	tests := []struct {
		name, token, method, path string
		body                      any
		want                      int
	}{
		{"what its scope has", reader.Token, "GET", "/api/v1/tenants/default/taps", nil, 200},
		{"what its scope has not", reader.Token, "GET", "/api/v1/tenants/default/hosts", nil, 403},
		{"another tenant", reader.Token, "GET", "/api/v1/tenants/other/taps", nil, 404},
		{"the installation", reader.Token, "GET", "/api/v1/users", nil, 403},
		{"itself", reader.Token, "GET", "/api/v1/session", nil, 200},
		{"bad: tokens by a token", reader.Token, "POST", "/api/v1/account/tokens", map[string]any{"name": "x", "permissions": []string{"read:taps"}, "days": 1}, 403},
		{"a change, without the header of browsers", writer.Token, "POST", "/api/v1/tenants/other/sites", map[string]any{"slug": "new", "name": "New"}, 201},
		{"bad: one character changed", reader.Token[:len(reader.Token)-1] + "_", "GET", "/api/v1/tenants/default/taps", nil, 401},
		{"bad: without its mark", strings.TrimPrefix(reader.Token, "picket_"), "GET", "/api/v1/tenants/default/taps", nil, 401},
		{"bad: a session's token", n.cookie, "GET", "/api/v1/tenants/default/taps", nil, 401},
	}
	for _, tt := range tests {
		if resp := n.as(tt.token, tt.method, tt.path, tt.body); resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
	}
	list := decode[List[APIToken]](t, n.do("GET", "/api/v1/account/tokens", nil))
	if len(list.Items) != 2 || list.Items[1].LastUsedAt == nil || list.Items[1].Tenant != "default" {
		t.Errorf("tokens %+v", list.Items)
	}
	if resp := n.do("POST", "/api/v1/account/tokens", map[string]any{"name": "x", "permissions": []string{"read:everything"}, "days": 1}); resp.StatusCode != 422 {
		t.Errorf("a permission that is none: %d", resp.StatusCode)
	}
	if _, err := n.db.Conn(t, store.RoleOwner).Exec(t.Context(),
		`UPDATE api_token SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE name = 'reader'`); err != nil {
		t.Fatal(err)
	}
	if resp := n.as(reader.Token, "GET", "/api/v1/tenants/default/taps", nil); resp.StatusCode != 401 {
		t.Errorf("an expired one: %d", resp.StatusCode)
	}
	if resp := n.do("DELETE", "/api/v1/account/tokens/"+writer.ID, nil); resp.StatusCode != 204 {
		t.Errorf("removed: %d", resp.StatusCode)
	}
	if resp := n.as(writer.Token, "GET", "/api/v1/session", nil); resp.StatusCode != 401 {
		t.Errorf("a removed one: %d", resp.StatusCode)
	}
}

func TestPasswordsAndSessions(t *testing.T) {
	n := newNode(t).signIn()
	first := n.cookie
	n.cookie = ""
	resp := n.do("POST", "/api/v1/session", Login{Name: testName, Password: testPassword})
	second := cookieOf(resp, SessionCookie)
	n.cookie = second
	sessions := decode[List[OpenSession]](t, n.do("GET", "/api/v1/account/sessions", nil))
	if len(sessions.Items) != 2 || !sessions.Items[0].Current {
		t.Fatalf("sessions %+v", sessions.Items)
	}
	const next = "another battery, horse"
	for _, tt := range []struct {
		name, present, next string
		want                int
	}{
		{"bad: another password", "wrong password", next, 422},
		{"bad: a common one", testPassword, "password12345", 422},
		{"bad: a walk", testPassword, "qwertyuiop12", 422},
		{"bad: one character", testPassword, "aaaaaaaaaaaaaa", 422},
		{"OK", testPassword, next, 204},
	} {
		if resp := n.do("PUT", "/api/v1/account/password", NewPassword{tt.present, tt.next}); resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
	}
	if resp := n.do("GET", "/api/v1/session", nil); resp.StatusCode != 200 {
		t.Errorf("the session that changed it: %d", resp.StatusCode)
	}
	n.cookie = first
	if resp := n.do("GET", "/api/v1/session", nil); resp.StatusCode != 401 {
		t.Errorf("another session: %d", resp.StatusCode)
	}
	n.cookie = second
	user := decode[Session](t, n.do("GET", "/api/v1/session", nil)).User.ID
	if resp := n.do("PUT", "/api/v1/users/"+user, UserChange{Role: "member"}); resp.StatusCode != 409 {
		t.Errorf("the last administrator gives up: %d", resp.StatusCode)
	}
	viewer := n.joinAs(t, "/tenants/default", "a viewer", auth.RoleViewer)
	var id string
	for _, u := range decode[List[UserAccount]](t, n.do("GET", "/api/v1/users", nil)).Items {
		if u.Name == "a viewer" {
			id = u.ID
		}
	}
	reset := decode[CreatedInvitation](t, n.do("POST", "/api/v1/users/"+id+"/reset", nil))
	resp = n.do("POST", "/api/v1/session/invitation", InvitationAnswer{Token: reset.Token, Password: next})
	if a := decode[InvitationAccepted](t, resp); resp.StatusCode != 200 || a.SignedIn || a.Name != "a viewer" {
		t.Errorf("reset: %d %+v", resp.StatusCode, a)
	}
	if resp := n.do("POST", "/api/v1/session/invitation", InvitationAnswer{Token: reset.Token, Password: next}); resp.StatusCode != 401 {
		t.Errorf("the link used again: %d", resp.StatusCode)
	}
	n.cookie = viewer
	if resp := n.do("GET", "/api/v1/session", nil); resp.StatusCode != 401 {
		t.Errorf("a session from before the reset: %d", resp.StatusCode)
	}
	n.cookie = second
	if resp := n.do("PUT", "/api/v1/users/"+id, UserChange{Role: "member", Disabled: true}); resp.StatusCode != 204 {
		t.Errorf("disable: %d", resp.StatusCode)
	}
	n.cookie = ""
	if resp := n.do("POST", "/api/v1/session", Login{Name: "a viewer", Password: next}); resp.StatusCode != 401 {
		t.Errorf("a disabled user signs in: %d", resp.StatusCode)
	}
}
