package enrol_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/shared/enrol"
)

func testToken() enrol.Token {
	var t enrol.Token
	for i := range t.CA {
		t.CA[i] = byte(i)
	}
	for i := range t.Secret {
		t.Secret[i] = byte(0x80 + i)
	}
	return t
}

const testText = "picket1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-AgYKDhIWGh4iJiouMjY6PkJGSkw"

func TestTokenText(t *testing.T) {
	if got := testToken().Text(); got != testText {
		t.Errorf("text %s, want %s", got, testText)
	}
	got, err := enrol.ParseToken("\t" + testText + "\r\n")
	if err != nil || got != testToken() {
		t.Errorf("parsed %v, %v", got, err)
	}
	if want := "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"; got.Cluster() != want {
		t.Errorf("cluster %s, want %s", got.Cluster(), want)
	}
	if got.SecretHash() != sha256.Sum256(got.Secret[:]) {
		t.Error("hash is not of the secret")
	}
}

func TestTokenIsNotLogged(t *testing.T) {
	secret := testText[len(testText)-20:]
	if text := fmt.Sprintf("%v %s", testToken(), testToken()); strings.Contains(text, secret) {
		t.Errorf("the secret stands in %s", text)
	}
	if _, err := enrol.ParseToken(testText + "x"); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("error %v", err)
	}
}

func TestParseTokenRefuses(t *testing.T) {
	for _, text := range []string{"", "picket1.", "picket2." + testText[8:], testText[:70], testText + "AA", testText + "=",
		strings.Replace(testText, "A", "+", 1), testText[:20] + "\n" + testText[20:], testText[:len(testText)-1] + "x"} {
		if _, err := enrol.ParseToken(text); !errors.Is(err, enrol.ErrToken) {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// The messages are a contract between versions: their text must not change.
func TestMessagesAsSent(t *testing.T) {
	request := enrol.Request{Token: "picket1.x", PublicKey: []byte{1, 2, 3}, Name: "office", MAC: "00:00:5e:00:53:01", Version: "1", Arch: "arm64"}
	want := `{"token":"picket1.x","public_key":"AQID","name":"office","mac":"00:00:5e:00:53:01","version":"1","arch":"arm64"}`
	if got, err := json.Marshal(request); err != nil || string(got) != want {
		t.Errorf("request %s, %v", got, err)
	}
	answer := `{"tap_id":"t","cluster":"c","ca_certificate":"p","window_ms":10000,"node_urls":["https://192.0.2.1:8443"]}`
	var got enrol.Response
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(enrol.Response{TapID: "t", Cluster: "c", CACertificate: "p", WindowMS: 10000, NodeURLs: []string{"https://192.0.2.1:8443"}}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(testText)
	f.Add("picket1.AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if token, err := enrol.ParseToken(text); err == nil && token.Text() != strings.TrimSpace(text) {
			t.Errorf("%q reads as %q", text, token.Text())
		}
	})
}
