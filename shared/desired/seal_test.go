package desired

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSealedDocumentIsOpenedByItsTap(t *testing.T) {
	key := newKey(t)
	text, err := Seal(full(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []uint64{0, 6, 7} {
		got, err := Opener{testCluster, testTap, &key.PublicKey}.Open(text, last)
		if err != nil {
			t.Fatalf("after revision %d: %v", last, err)
		}
		if diff := cmp.Diff(full(), got); diff != "" {
			t.Errorf("opened differs (-want +got):\n%s", diff)
		}
	}
}

// sign makes any JWS, as somebody with a key could.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, payload string, header map[jose.HeaderKey]any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(name, value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAttacksOnSealedDocumentsAreRefused(t *testing.T) {
	key, other := newKey(t), newKey(t)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(d Document, key *ecdsa.PrivateKey) string {
		text, err := Seal(d, key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	payload, err := Encode(full())
	if err != nil {
		t.Fatal(err)
	}
	good := seal(full(), key)
	parts := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	header := map[jose.HeaderKey]any{"kid": testCluster, "typ": mediaType}
	with := func(name jose.HeaderKey, value any) map[jose.HeaderKey]any {
		h := map[jose.HeaderKey]any{"kid": testCluster, "typ": mediaType, name: value}
		if value == nil {
			delete(h, name)
		}
		return h
	}
	older, stranger, elsewhere := full(), full(), full()
	older.Revision = 6
	stranger.Tap = "01890a5d-ac96-774b-bcce-000000000000"
	elsewhere.Cluster = strings.Repeat("ab", 32)
	altered := strings.Replace(string(payload), `"use":true`, `"use":false`, 1)
	flipped := []byte(parts[2])
	if flipped[10] != 'A' { // and still base64
		flipped[10] = 'A'
	} else {
		flipped[10] = 'B'
	}

	tests := []struct {
		name, text string
		want       error
	}{
		{"an older revision is replayed", seal(older, key), ErrOlder},
		{"another tap's document", seal(stranger, key), ErrStranger},
		{"another cluster's document and key", seal(elsewhere, other), ErrStranger},
		{"another cluster's key under this cluster's name", seal(full(), other), ErrSignature},
		{"another cluster's document under this cluster's key id", sign(t, jose.ES256, key, string(mustEncode(t, elsewhere)), header), ErrStranger},
		{"payload altered", parts[0] + "." + b64([]byte(altered)) + "." + parts[2], ErrSignature},
		{"signature altered", parts[0] + "." + parts[1] + "." + string(flipped), ErrSignature},
		{"signature left out", parts[0] + "." + parts[1] + ".", ErrSignature},
		{"signature of 64 zeros", parts[0] + "." + parts[1] + "." + b64(make([]byte, 64)), ErrSignature},
		{"algorithm none", b64([]byte(`{"alg":"none","kid":"`+testCluster+`","typ":"`+mediaType+`"}`)) + "." + parts[1] + ".", ErrForm},
		{"HMAC with the public key as secret", sign(t, jose.HS256, public, string(payload), header), ErrForm},
		{"another algorithm", sign(t, jose.EdDSA, edKey, string(payload), header), ErrForm},
		{"key that the header brings along", signEmbedded(t, other, string(payload)), ErrForm},
		{"no type", sign(t, jose.ES256, key, string(payload), with("typ", nil)), ErrForm},
		{"another type", sign(t, jose.ES256, key, string(payload), with("typ", "JWT")), ErrForm},
		{"a parameter more", sign(t, jose.ES256, key, string(payload), with("x", "y")), ErrForm},
		{"a critical parameter", sign(t, jose.ES256, key, string(payload), with("crit", []string{"typ"})), ErrForm},
		{"no key id", sign(t, jose.ES256, key, string(payload), with("kid", nil)), ErrStranger},
		{"another type, header altered", b64([]byte(`{"alg":"ES256","kid":"`+testCluster+`","typ":"JWT"}`)) + "." + parts[1] + "." + parts[2], ErrForm},
		{"detached payload", parts[0] + ".." + parts[2], ErrSignature},
		{"JSON serialisation", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, ErrForm},
		{"line break", good[:50] + "\n" + good[50:], ErrForm},
		{"line break at the end", good + "\n", ErrForm},
		{"four parts", good + ".", ErrForm},
		{"two parts", parts[0] + "." + parts[1], ErrForm},
		{"nothing", "", ErrForm},
		{"oversize", parts[0] + "." + strings.Repeat("A", MaxEncoded) + "." + parts[2], ErrForm},
	}
	opener := Opener{testCluster, testTap, &key.PublicKey}
	for _, tt := range tests {
		if d, err := opener.Open(tt.text, 7); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		} else if d.Revision != 0 {
			t.Errorf("%s: a document came along", tt.name)
		}
	}
	if _, err := opener.Open(good, 7); err != nil {
		t.Errorf("the untouched document: %v", err)
	}
	for name, o := range map[string]Opener{"no key": {testCluster, testTap, nil}, "key of another curve": {testCluster, testTap, &ecdsa.PublicKey{Curve: elliptic.P384()}}} {
		if _, err := o.Open(good, 0); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func mustEncode(t *testing.T, d Document) []byte {
	t.Helper()
	b, err := Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// signEmbedded names its own key in the header.
func signEmbedded(t *testing.T, key *ecdsa.PrivateKey, payload string) string {
	t.Helper()
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType(mediaType).WithHeader("kid", testCluster)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestInvalidDocumentsAreNotSealed(t *testing.T) {
	d := full()
	d.Radio.Country = "de"
	var wrong *Error
	if _, err := Seal(d, newKey(t)); !errors.As(err, &wrong) {
		t.Errorf("error %v", err)
	}
}

// What a tap decoded it can encode, to the same document.
func FuzzDecode(f *testing.F) {
	b, err := Encode(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"cluster":"` + testCluster + `","tap":"` + testTap + `","revision":1,"issued_at":"2026-05-04T12:00:00Z"}`))
	f.Add([]byte(`{"radio":{"locks":[{"frequency_mhz":2412,"until":"9999-01-01T00:00:00Z"},null,{}],"own_mhz":[65536]},"revision":1e400}`))
	f.Add([]byte(`{"radio":[],"unknown":{"a":[[[[]]]]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Encode(d)
		if err != nil {
			t.Fatalf("a document that was decoded cannot be encoded: %v", err)
		}
		e, err := Decode(again)
		if err != nil {
			t.Fatalf("decode %s: %v", again, err)
		}
		if string(mustJSON(t, d)) != string(mustJSON(t, e)) {
			t.Errorf("%+v became %+v", d, e)
		}
	})
}

func mustJSON(t *testing.T, d Document) []byte {
	t.Helper()
	d.IssuedAt = d.IssuedAt.UTC()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Nothing but what was sealed opens.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	good, err := Seal(full(), key)
	if err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(good, ".")
	f.Add(good)
	f.Add(parts[0] + "." + parts[1] + ".")
	f.Add(parts[0] + ".." + parts[2])
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","crit":["b64"],"b64":false,"jwk":{"kty":"EC"},"x5c":["AAAA"]}`)) + "." + parts[1] + "." + parts[2])
	opener := Opener{testCluster, testTap, &key.PublicKey}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := opener.Open(text, 0)
		if err == nil && string(mustJSON(t, d)) != string(mustJSON(t, full())) {
			t.Errorf("opened %q", text)
		}
	})
}
