package httpsig

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

var (
	testTime    = time.Unix(1_790_000_000, 0)
	testCluster = strings.Repeat("ab", 32)
)

func testKey(first byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = first
	return ed25519.NewKeyFromSeed(seed)
}

func publicKey(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

// signed returns a well signed request and its headers, for a test to spoil.
func signed(t testing.TB) (Request, http.Header) {
	t.Helper()
	body := []byte("a report")
	h, err := Signer{Key: testKey(1), Cluster: testCluster}.Sign("POST", "/v1/reports", "a=1", body, testTime)
	if err != nil {
		t.Fatal(err)
	}
	return Request{Method: "POST", Path: "/v1/reports", RawQuery: "a=1", Body: body, Header: h.Get}, h
}

func check(r Request, now time.Time) error {
	p, err := Parse(r, testCluster, now)
	if err != nil {
		return err
	}
	return p.Verify(publicKey(testKey(1)))
}

func TestSignedRequestVerifies(t *testing.T) {
	r, _ := signed(t)
	p, err := Parse(r, testCluster, testTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(publicKey(testKey(1))); err != nil {
		t.Error(err)
	}
	if p.KeyID != KeyID(publicKey(testKey(1))) || !p.Created.Equal(testTime) || p.Expires.Sub(p.Created) != MaxLifetime || p.Nonce == "" {
		t.Errorf("parsed %+v", p)
	}
	if err := p.Verify(publicKey(testKey(2))); !errors.Is(err, ErrSignature) {
		t.Errorf("another key: %v, want %v", err, ErrSignature)
	}
}

func TestEmptyPathAndQuery(t *testing.T) {
	h, err := Signer{Key: testKey(1), Cluster: testCluster}.Sign("GET", "", "", nil, testTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(Request{Method: "GET", Path: "/", Header: h.Get}, testTime); err != nil {
		t.Error(err)
	}
}

func TestEachNonceIsNew(t *testing.T) {
	_, a := signed(t)
	_, b := signed(t)
	if a.Get("Signature-Input") == b.Get("Signature-Input") {
		t.Error("two requests have the same nonce")
	}
}

func TestAttacksAreRefused(t *testing.T) {
	replace := func(name, from, to string) func(*Request, http.Header) {
		return func(_ *Request, h http.Header) {
			if !strings.Contains(h.Get(name), from) {
				panic(name + " does not contain " + from)
			}
			h.Set(name, strings.Replace(h.Get(name), from, to, 1))
		}
	}
	input := func(from, to string) func(*Request, http.Header) { return replace("Signature-Input", from, to) }
	for _, tt := range []struct {
		name  string
		spoil func(*Request, http.Header)
		now   time.Duration
		want  error
	}{
		{"method altered", func(r *Request, _ http.Header) { r.Method = "PUT" }, 0, ErrSignature},
		{"path altered", func(r *Request, _ http.Header) { r.Path = "/v1/enrol" }, 0, ErrSignature},
		{"query altered", func(r *Request, _ http.Header) { r.RawQuery = "a=2" }, 0, ErrSignature},
		{"query removed", func(r *Request, _ http.Header) { r.RawQuery = "" }, 0, ErrSignature},
		{"path swallows query", func(r *Request, _ http.Header) { r.Path, r.RawQuery = "/v1/reports?a=1", "" }, 0, ErrSignature},
		{"line feed in path imitates a component", func(r *Request, _ http.Header) { r.Path = "/v1/reports\n\"@query\": ?a=1" }, 0, ErrSignature},
		{"body altered", func(r *Request, _ http.Header) { r.Body = []byte("A report") }, 0, ErrDigest},
		{"body and digest altered", func(r *Request, h http.Header) {
			r.Body = []byte("A report")
			h.Set("Content-Digest", ContentDigest(r.Body))
		}, 0, ErrSignature},
		{"digest removed", func(_ *Request, h http.Header) { h.Del("Content-Digest") }, 0, ErrMalformed},
		{"digest of another algorithm", replace("Content-Digest", "sha-256", "sha-512"), 0, ErrDigest},
		{"second digest", func(_ *Request, h http.Header) { h.Set("Content-Digest", h.Get("Content-Digest")+", unixsum=:AA==:") }, 0, ErrDigest},
		{"for another cluster", func(_ *Request, h http.Header) { h.Set("Picket-Cluster", strings.Repeat("cd", 32)) }, 0, ErrCluster},
		{"cluster removed", func(_ *Request, h http.Header) { h.Del("Picket-Cluster") }, 0, ErrMalformed},
		{"expired", nil, 301 * time.Second, ErrClock},
		{"created in the future", nil, -61 * time.Second, ErrClock},
		{"lives too long", input(";expires=1790000300", ";expires=1790000301"), 0, ErrMalformed},
		{"expires before it was created", input(";expires=1790000300", ";expires=1789999999"), 0, ErrMalformed},
		{"lifetime stretched", input("created=1790000000;expires=1790000300", "created=1790000250;expires=1790000550"), 400 * time.Second, ErrSignature},
		{"expires missing", input(";expires=1790000300", ""), 0, ErrMalformed},
		{"nonce missing", func(_ *Request, h http.Header) { dropParam(h, "nonce") }, 0, ErrMalformed},
		{"keyid missing", func(_ *Request, h http.Header) { dropParam(h, "keyid") }, 0, ErrMalformed},
		{"component missing", input(` "@query"`, ""), 0, ErrMalformed},
		{"component twice", input(`"@method"`, `"@method" "@method"`), 0, ErrMalformed},
		{"components reordered", input(`"@method" "@path"`, `"@path" "@method"`), 0, ErrMalformed},
		{"component with a parameter", input(`"@method"`, `"@method";req`), 0, ErrMalformed},
		{"parameter twice", input(";created=1790000000", ";created=1790000000;created=1790000000"), 0, ErrMalformed},
		{"unknown parameter", input(`;tag=`, `;extra="x";tag=`), 0, ErrMalformed},
		{"wrong algorithm", input(`alg="ed25519"`, `alg="hmac-sha256"`), 0, ErrMalformed},
		{"wrong tag", input(`tag="picket-v1"`, `tag="picket-v2"`), 0, ErrMalformed},
		{"created as a string", input("created=1790000000", `created="1790000000"`), 0, ErrMalformed},
		{"key id of another", func(_ *Request, h http.Header) {
			h.Set("Signature-Input", strings.Replace(h.Get("Signature-Input"), KeyID(publicKey(testKey(1))), KeyID(publicKey(testKey(2))), 1))
		}, 0, ErrSignature},
		{"label given twice", func(_ *Request, h http.Header) {
			h.Set("Signature-Input", h.Get("Signature-Input")+", "+h.Get("Signature-Input"))
		}, 0, ErrMalformed},
		{"signature under another label", replace("Signature", "picket=", "other="), 0, ErrMalformed},
		{"input under another label", input("picket=", "other="), 0, ErrMalformed},
		{"signature given twice", func(_ *Request, h http.Header) { h.Set("Signature", h.Get("Signature")+", "+h.Get("Signature")) }, 0, ErrMalformed},
		{"signature cut", func(_ *Request, h http.Header) { h.Set("Signature", "picket=:AAAA:") }, 0, ErrMalformed},
		{"signature not closed", func(_ *Request, h http.Header) { h.Set("Signature", "picket=:AAAA") }, 0, ErrMalformed},
		{"no signature", func(_ *Request, h http.Header) { h.Del("Signature") }, 0, ErrMalformed},
		{"no input", func(_ *Request, h http.Header) { h.Del("Signature-Input") }, 0, ErrMalformed},
		{"input too long", func(_ *Request, h http.Header) {
			h.Set("Signature-Input", h.Get("Signature-Input")+`, x=("`+strings.Repeat("a", maxHeader)+`")`)
		}, 0, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, h := signed(t)
			if tt.spoil != nil {
				tt.spoil(&r, h)
			}
			if err := check(r, testTime.Add(tt.now)); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

func dropParam(h http.Header, name string) {
	s := h.Get("Signature-Input")
	i := strings.Index(s, ";"+name+"=")
	j := i + 1 + strings.IndexByte(s[i+1:], ';')
	h.Set("Signature-Input", s[:i]+s[j:])
}

func TestClockToleranceHasTwoSides(t *testing.T) {
	r, _ := signed(t)
	for _, now := range []time.Duration{-60 * time.Second, 300 * time.Second} {
		if err := check(r, testTime.Add(now)); err != nil {
			t.Errorf("at %v: %v", now, err)
		}
	}
}

func TestSignatureOfAProxyIsSkipped(t *testing.T) {
	r, h := signed(t)
	h.Set("Signature-Input", `proxy=("@authority");created=1;keyid="p", `+h.Get("Signature-Input"))
	h.Set("Signature", "proxy=:AAAA:,"+h.Get("Signature"))
	if err := check(r, testTime); err != nil {
		t.Error(err)
	}
}

func TestSignerWithoutKeyRefuses(t *testing.T) {
	if _, err := (Signer{}).Sign("GET", "/", "", nil, testTime); err == nil {
		t.Error("signed without a key")
	}
}

func FuzzFindInput(f *testing.F) {
	_, h := signed(f)
	f.Add(h.Get("Signature-Input"))
	f.Add(vectorInput)
	f.Add(`picket=();created=0`)
	f.Add(`a=("x");p=1, picket=("");p="\"`)
	f.Fuzz(func(t *testing.T, field string) {
		in, err := findInput(field, label)
		if err != nil {
			return
		}
		// What was accepted reads the same from its own text: canonical form only.
		again, err := findInput(label+"="+in.raw, label)
		if err != nil || again.raw != in.raw || len(again.params) != len(in.params) {
			t.Errorf("%q read as %+v, then %+v, %v", field, in, again, err)
		}
		if len(in.raw) > maxHeader {
			t.Errorf("%d octets accepted", len(in.raw))
		}
	})
}

func FuzzFindSignature(f *testing.F) {
	f.Add("picket=:AAAA:")
	f.Add(vectorSignature)
	f.Fuzz(func(_ *testing.T, field string) { _, _ = findSignature(field, label) })
}

func BenchmarkSign(b *testing.B) {
	s := Signer{Key: testKey(1), Cluster: testCluster}
	body := make([]byte, 8192)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Sign("POST", "/v1/reports", "", body, testTime); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	r, _ := signed(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := check(r, testTime); err != nil {
			b.Fatal(err)
		}
	}
}
