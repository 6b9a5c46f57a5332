package seal_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"testing"

	"picket/shared/seal"
)

// That forgeries are refused is shown where payloads have a meaning, by
// shared/desired and shared/enrol; here: what is sealed comes back.
func TestWhatWasSealedOpensAsItsKindAlone(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := seal.Seal([]byte("payload"), "a+jws", "cluster", key)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := seal.Open(text, "a+jws", "cluster", &key.PublicKey, 1000); err != nil || string(b) != "payload" {
		t.Errorf("%q, %v", b, err)
	}
	for name, tc := range map[string]struct {
		kind, cluster string
		most          int
		want          error
	}{
		"another kind":    {"b+jws", "cluster", 1000, seal.ErrForm},
		"another cluster": {"a+jws", "other", 1000, seal.ErrStranger},
		"too long":        {"a+jws", "cluster", len(text) - 1, seal.ErrForm},
	} {
		if _, err := seal.Open(text, tc.kind, tc.cluster, &key.PublicKey, tc.most); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}
