package api

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"picket/server/auth"
)

// idp is a provider of OpenID Connect over TLS: discovery, keys, and a token
// endpoint that checks client, code and PKCE. authorise stands in for its page.
type idp struct {
	*httptest.Server

	key *rsa.PrivateKey

	mu    sync.Mutex
	codes map[string]url.Values // what was asked, by code
	who   map[string]any        // claims of whoever signs in
	spoil func(claims map[string]any)
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{key: key, codes: map[string]url.Values{}, spoil: func(map[string]any) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorise", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"},
			"subject_types_supported": []string{"public"}, "token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewTLSServer(mux)
	t.Cleanup(p.Close)
	return p
}

// authorise is what the provider does when the browser comes to location and
// somebody signs in: it returns the code and the state with which it goes back.
func (p *idp) authorise(t *testing.T, location string) (code, state string) {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || u.Path != "/authorise" {
		t.Fatalf("sent to %q, %v", location, err)
	}
	asked := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": "picket", "code_challenge_method": "S256", "redirect_uri": "https://example.com/login/provider"} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code = rand.Text()
	p.codes[code] = asked
	return code, asked.Get("state")
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	id, secret, _ := r.BasicAuth()
	secret, _ = url.QueryUnescape(secret) // RFC 6749, 2.3.1
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || id != "picket" || secret != "client secret" || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") ||
		r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{
		"iss": p.URL, "aud": "picket", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "nonce": asked.Get("nonce"),
	}
	for k, v := range p.who {
		claims[k] = v
	}
	p.spoil(claims)
	key := p.key
	if claims["forged"] == true {
		key, _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body, _ := json.Marshal(claims)
	signed, _ := signer.Sign(body)
	text, _ := signed.CompactSerialize()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": text})
}

// begin begins a sign-in and returns where the browser is sent, and its cookie.
func (n *node) begin(t *testing.T) (location, browser string) {
	t.Helper()
	resp := n.do("POST", "/api/v1/session/oidc", ProviderSignIn{Provider: "idp", ReturnTo: "/taps"})
	if resp.StatusCode != 200 {
		t.Fatalf("begin: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	return decode[ProviderStep](t, resp).Location, cookieOf(resp, browserCookie)
}

func (n *node) end(t *testing.T, code, state, browser string) *http.Response {
	t.Helper()
	n.browser = browser
	defer func() { n.browser = "" }()
	return n.do("POST", "/api/v1/session/oidc", ProviderSignIn{State: state, Code: code})
}

func TestSignInByAProvider(t *testing.T) {
	n := newNode(t).signIn()
	p := newIDP(t)
	people, err := auth.New(n.store.Users(), p.Client())
	if err != nil {
		t.Fatal(err)
	}
	n.api.Auth = people
	settings := ProviderSettings{
		Slug: "idp", Name: "The office's", Issuer: p.URL, ClientID: "picket", ClientSecret: "client secret", GroupClaim: "groups", Enabled: true,
		Groups: []ProviderGroup{{"noc", "default", "operator"}, {"everybody", "default", "viewer"}},
	}
	resp := n.do("POST", "/api/v1/providers", settings)
	if resp.StatusCode != 201 {
		t.Fatalf("provider: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	made := decode[Provider](t, resp)
	admin := n.cookie
	n.cookie = ""
	if list := decode[List[SignInProvider]](t, n.do("GET", "/api/v1/session/providers", nil)); len(list.Items) != 1 || list.Items[0].Name != "The office's" {
		t.Errorf("the page for signing in offers %+v", list.Items)
	}
	permissions := func(groups ...string) []string {
		t.Helper()
		p.who = map[string]any{"sub": "ann", "preferred_username": testName, "groups": groups}
		location, browser := n.begin(t)
		code, state := p.authorise(t, location)
		resp := n.end(t, code, state, browser)
		if resp.StatusCode != 200 {
			return nil
		}
		step := decode[ProviderStep](t, resp)
		if !step.SignedIn || step.Location != "/taps" {
			t.Errorf("signed in: %+v", step)
		}
		n.cookie = cookieOf(resp, SessionCookie)
		defer func() { n.cookie = "" }()
		s := decode[Session](t, n.do("GET", "/api/v1/session", nil))
		if s.User.Name == testName || s.User.Role != "member" {
			t.Errorf("a name at the provider became the user %+v", s.User)
		}
		if len(s.Tenants) == 0 {
			return []string{}
		}
		return s.Tenants[0].Permissions
	}
	if got := permissions("strangers"); got != nil {
		t.Errorf("in no group that gives a role: %v", got)
	}
	if got := permissions("everybody", "noc"); len(got) != len(auth.RoleOperator.Permissions().List()) {
		t.Errorf("in two groups: %v, want the stronger role", got)
	}
	if got := permissions("everybody"); len(got) != len(auth.RoleViewer.Permissions().List()) {
		t.Errorf("out of a group: %v", got)
	}
	if got := permissions(); len(got) != 0 {
		t.Errorf("out of all groups: %v", got)
	}

	p.who = map[string]any{"sub": "bob", "groups": []string{"noc"}}
	for _, tt := range []struct {
		name string
		do   func(code, state, browser string) (string, string, string)
	}{
		{"another browser", func(c, s, _ string) (string, string, string) { _, b := n.begin(t); return c, s, b }},
		{"no cookie", func(c, s, _ string) (string, string, string) { return c, s, "" }},
		{"another state", func(c, _, b string) (string, string, string) { return c, b, b }},
		{"another code", func(_, s, b string) (string, string, string) { return "x", s, b }},
	} {
		location, browser := n.begin(t)
		code, state := p.authorise(t, location)
		code, state, browser = tt.do(code, state, browser)
		if resp := n.end(t, code, state, browser); resp.StatusCode != 401 {
			t.Errorf("%s: %d, want 401", tt.name, resp.StatusCode)
		}
	}
	for name, spoil := range map[string]func(map[string]any){
		"another nonce":    func(c map[string]any) { c["nonce"] = "x" },
		"another audience": func(c map[string]any) { c["aud"] = "somebody else" },
		"another issuer":   func(c map[string]any) { c["iss"] = "https://evil.example" },
		"expired":          func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() },
		"another key":      func(c map[string]any) { c["forged"] = true },
		"nobody":           func(c map[string]any) { c["sub"] = "" },
	} {
		p.spoil = spoil
		location, browser := n.begin(t)
		code, state := p.authorise(t, location)
		if resp := n.end(t, code, state, browser); resp.StatusCode != 401 {
			t.Errorf("%s: %d, want 401", name, resp.StatusCode)
		}
	}
	p.spoil = func(map[string]any) {}
	location, browser := n.begin(t)
	code, state := p.authorise(t, location)
	if resp := n.end(t, code, state, browser); resp.StatusCode != 200 {
		t.Fatalf("bob: %d", resp.StatusCode)
	}
	if resp := n.end(t, code, state, browser); resp.StatusCode != 401 {
		t.Errorf("the same answer again: %d", resp.StatusCode)
	}
	n.cookie = admin
	settings.ClientSecret, settings.Enabled = "", false
	if resp := n.do("PUT", "/api/v1/providers/"+made.ID, settings); resp.StatusCode != 200 {
		t.Errorf("disable: %d", resp.StatusCode)
	}
	n.cookie = ""
	if resp := n.do("POST", "/api/v1/session/oidc", ProviderSignIn{Provider: "idp"}); resp.StatusCode != 404 {
		t.Errorf("a disabled provider: %d", resp.StatusCode)
	}
}
