package httpsig

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"testing"
)

// RFC 9421, B.1.4 and B.2.6: request, key and signature as printed there.
const (
	vectorKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`
	vectorPrivateKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----`
	vectorInput = `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")` +
		`;created=1618884473;keyid="test-key-ed25519"`
	vectorSignature = `sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:`
	vectorBase      = `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
)

func vectorValue(name string) (string, error) {
	values := map[string]string{
		"date": "Tue, 20 Apr 2021 02:07:55 GMT", "@method": "POST", "@path": "/foo", "@authority": "example.com",
		"content-type": "application/json", "content-length": "18",
	}
	if v, ok := values[name]; ok {
		return v, nil
	}
	return "", fmt.Errorf("no %s", name)
}

func TestVectorOfRFC9421(t *testing.T) {
	in, err := findInput(vectorInput, "sig-b26")
	if err != nil {
		t.Fatal(err)
	}
	got, err := base(in.components, vectorValue, in.raw)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != vectorBase {
		t.Errorf("signature base:\n%s\nwant:\n%s", got, vectorBase)
	}
	signature, err := findSignature(vectorSignature, "sig-b26")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(vectorKey))
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(pub.(ed25519.PublicKey), got, signature) {
		t.Error("the signature of RFC 9421, B.2.6, does not verify")
	}
	block, _ = pem.Decode([]byte(vectorPrivateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if own := ed25519.Sign(key.(ed25519.PrivateKey), got); string(own) != string(signature) {
		t.Errorf("own signature differs from that of the RFC")
	}
}

// TestContentDigest has the vector of RFC 9530, appendix B.1 ({"hello": "world"} and a line feed).
func TestContentDigest(t *testing.T) {
	want := "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
	if got := ContentDigest([]byte("{\"hello\": \"world\"}\n")); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}
