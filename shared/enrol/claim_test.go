package enrol_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"picket/shared/enrol"
	"picket/shared/seal"
)

// The code stands on boxes that wait: how it is made may not change. It was
// made with Python's hashlib.
func TestClaimCodeIsThatOfTheVector(t *testing.T) {
	box := make(ed25519.PublicKey, 32)
	var ca [32]byte
	for i := range box {
		box[i], ca[i] = byte(i), byte(0x40+i)
	}
	const want = "QDZD-X49R-3BYK"
	if got := enrol.Claim(box, ca); got.String() != want {
		t.Errorf("code %s, want %s", got, want)
	}
}

func TestClaimCodeDependsOnEitherKey(t *testing.T) {
	box := make(ed25519.PublicKey, 32)
	var ca [32]byte
	codes := map[enrol.ClaimCode]bool{enrol.Claim(box, ca): true}
	for i := range 256 { // each bit of both
		box[i/8] ^= 1 << (i % 8)
		codes[enrol.Claim(box, ca)] = true
		box[i/8] ^= 1 << (i % 8)
		ca[i/8] ^= 1 << (i % 8)
		codes[enrol.Claim(box, ca)] = true
		ca[i/8] ^= 1 << (i % 8)
	}
	if len(codes) != 513 {
		t.Errorf("%d codes of 513 pairs of keys", len(codes))
	}
}

func TestParseClaimCodeAsPeopleType(t *testing.T) {
	for _, text := range []string{"7GQ2-M0XR-94T1", "7gq2m0xr94t1", " 7GQ2 MOXR 94TL\n", "7gq2–m0xr–94ti"} {
		code, err := enrol.ParseClaimCode(text)
		if err != nil || code.String() != "7GQ2-M0XR-94T1" {
			t.Errorf("%q: %s, %v", text, code, err)
		}
	}
	for _, text := range []string{"", "7GQ2-M0XR-94T", "7GQ2-M0XR-94T11", "7GQ2-M0XR-94TU", "7GQ2-M0XR-94T\x00", strings.Repeat(" ", 65), "7GQ2-M0XR-94Tſ"} {
		if code, err := enrol.ParseClaimCode(text); !errors.Is(err, enrol.ErrClaimCode) {
			t.Errorf("%q: %s, %v", text, code, err)
		}
	}
}

func FuzzParseClaimCode(f *testing.F) {
	f.Add("7GQ2-M0XR-94T1")
	f.Add("il-o")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := enrol.ParseClaimCode(text)
		if err != nil {
			return
		}
		if again, err := enrol.ParseClaimCode(code.String()); err != nil || again != code || len(code) != 12 {
			t.Errorf("%q: %s, then %s, %v", text, code, again, err)
		}
	})
}

func TestAnswersAreForOneRequest(t *testing.T) {
	newKey := func() *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	key, other := newKey(), newKey()
	cluster := strings.Repeat("ab", 32)
	good := enrol.Answer{Status: enrol.Pending, Cluster: cluster, KeyID: "k", Nonce: "n"}
	sealed := func(a enrol.Answer, key *ecdsa.PrivateKey) string {
		text, err := enrol.Seal(a, key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if a, err := enrol.Open(sealed(good, key), cluster, &key.PublicKey, "k", "n"); err != nil || a.Status != enrol.Pending {
		t.Errorf("%+v, %v", a, err)
	}
	elsewhere, anothers, replayed := good, good, good
	elsewhere.Cluster, anothers.KeyID, replayed.Nonce = strings.Repeat("cd", 32), "x", "x"
	kind, err := seal.Seal([]byte(`{"status":"enrolled","cluster":"`+cluster+`","key_id":"k","nonce":"n"}`), "picket-desired+jws", cluster, key)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(sealed(good, key), ".")
	for name, tc := range map[string]struct {
		text string
		want error
	}{
		"another cluster's key":    {sealed(good, other), seal.ErrSignature},
		"another cluster's answer": {sealed(elsewhere, key), seal.ErrStranger},
		"another box's answer":     {sealed(anothers, key), seal.ErrStranger},
		"an answer of before":      {sealed(replayed, key), seal.ErrStranger},
		"another kind":             {kind, seal.ErrForm},
		"no signature":             {parts[0] + "." + parts[1] + ".", seal.ErrSignature},
		"payload of another":       {parts[0] + "." + strings.Split(sealed(anothers, key), ".")[1] + "." + parts[2], seal.ErrSignature},
		"nothing":                  {"", seal.ErrForm},
		"too long":                 {strings.Repeat("A", 40<<10), seal.ErrForm},
	} {
		if a, err := enrol.Open(tc.text, cluster, &key.PublicKey, "k", "n"); !errors.Is(err, tc.want) || a.Status != "" {
			t.Errorf("%s: %+v, %v, want %v", name, a, err, tc.want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	good := enrol.Answer{Status: enrol.Enrolled, Cluster: strings.Repeat("ab", 32), KeyID: "k", Nonce: "n"}
	text, err := enrol.Seal(good, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := enrol.Open(text, good.Cluster, &key.PublicKey, "k", "n"); err == nil && (a.Status != good.Status || a.TapID != "") {
			t.Errorf("%q opens as %+v", text, a)
		}
	})
}
