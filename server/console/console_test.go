package console

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
)

func serve(t *testing.T, files fstest.MapFS) *fiber.App {
	t.Helper()
	h, err := New(files)
	if err != nil {
		t.Fatal(err)
	}
	app := fiber.New()
	app.Use(h.Serve)
	return app
}

func content(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestServe(t *testing.T) {
	app := serve(t, fstest.MapFS{
		"index.html":            content(`<meta name="csp-nonce" content="__CSP_NONCE__">`),
		"assets/app-1a2b.js":    content("plain"),
		"assets/app-1a2b.js.br": content("brotli"),
		"assets/app-1a2b.js.gz": content("gzip"),
		"favicon.svg":           content("<svg/>"),
	})
	tests := []struct {
		name, method, path, accept string
		status                     int
		body, encoding, cache      string
	}{
		{"an asset as it is", "GET", "/assets/app-1a2b.js", "", 200, "plain", "", "immutable"},
		{"brotli to who takes it", "GET", "/assets/app-1a2b.js", "gzip, br", 200, "brotli", "br", "immutable"},
		{"gzip to who takes only that", "GET", "/assets/app-1a2b.js", "gzip;q=1.0", 200, "gzip", "gzip", "immutable"},
		{"nothing that is refused", "GET", "/assets/app-1a2b.js", "br;q=0", 200, "plain", "", "immutable"},
		{"a missing asset is no page", "GET", "/assets/gone.js", "", 404, "", "", ""},
		{"a file without a hash is asked for again", "GET", "/favicon.svg", "", 200, "<svg/>", "", "no-cache"},
		{"a page", "GET", "/default/networks", "", 200, "csp-nonce", "", "no-cache"},
		{"a page with an address", "GET", "/default/bss/00:00:5e:00:53:01", "", 200, "csp-nonce", "", "no-cache"},
		{"the first page", "GET", "/", "", 200, "csp-nonce", "", "no-cache"},
		{"no way out of the folder", "GET", "/../console.go", "", 200, "csp-nonce", "", "no-cache"},
		{"nothing can be posted", "POST", "/", "", 404, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := httptest.NewRequest(tt.method, tt.path, nil)
			if tt.accept != "" {
				req.Header.Set("Accept-Encoding", tt.accept)
			}
			resp, err := app.Test(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.body) {
				t.Errorf("%d %q, want %d with %q", resp.StatusCode, body, tt.status, tt.body)
			}
			if got := resp.Header.Get("Content-Encoding"); got != tt.encoding {
				t.Errorf("encoding %q, want %q", got, tt.encoding)
			}
			if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, tt.cache) {
				t.Errorf("cache control %q, want %q", got, tt.cache)
			}
		})
	}
}

func TestNonceDiffersAndIsInThePolicy(t *testing.T) {
	app := serve(t, fstest.MapFS{"index.html": content("nonce:__CSP_NONCE__")})
	seen := map[string]bool{}
	for range 3 {
		resp, err := app.Test(httptest.NewRequest("GET", "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		nonce := strings.TrimPrefix(string(body), "nonce:")
		if len(nonce) < 22 || seen[nonce] {
			t.Errorf("nonce %q is short or was there before", nonce)
		}
		seen[nonce] = true
		csp := resp.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "style-src 'self' 'nonce-"+nonce+"'") || !strings.Contains(csp, "script-src 'self';") {
			t.Errorf("policy %q", csp)
		}
	}
}

func TestNotBuilt(t *testing.T) {
	if _, err := New(fstest.MapFS{".gitkeep": content("")}); err != ErrNotBuilt {
		t.Errorf("New = %v, want ErrNotBuilt", err)
	}
}

// TestPolicyLetsNothingComeFromElsewhere: every page's policy, directive by directive.
func TestPolicyLetsNothingComeFromElsewhere(t *testing.T) {
	for nonce, style := range map[string]string{"": "'self'", "abc": "'self' 'nonce-abc'"} {
		got := map[string]string{}
		for directive := range strings.SplitSeq(policy(nonce), "; ") {
			name, sources, _ := strings.Cut(directive, " ")
			got[name] = sources
		}
		want := map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": style, "style-src-attr": "'unsafe-inline'",
			"img-src": "'self' data: blob:", "font-src": "'self'", "connect-src": "'self'", "worker-src": "'self'",
			"manifest-src": "'self'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("nonce %q (-want +got):\n%s", nonce, diff)
		}
	}
}
