package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ring(t *testing.T, lines ...string) *Keyring {
	t.Helper()
	k, err := Parse(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWhatIsSealedOpensForItsPurposeAlone(t *testing.T) {
	k := ring(t, NewKey(time.Now()))
	secret := []byte("a secret")
	sealed, err := k.Seal("certificate:1", secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, secret) {
		t.Error("the secret can be read")
	}
	if got, err := k.Open("certificate:1", sealed); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := k.Open("certificate:2", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("for another purpose: %v", err)
	}
	again, err := k.Seal("certificate:1", secret)
	if err != nil || bytes.Equal(again, sealed) {
		t.Errorf("sealing twice gives the same, %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := k.Open("certificate:1", bent); err == nil {
			t.Errorf("octet %d may be changed", i)
		}
		if _, err := k.Open("certificate:1", sealed[:i]); err == nil {
			t.Errorf("the first %d octets are enough", i)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	first, second := NewKey(time.Now()), NewKey(time.Now())
	before := ring(t, "# the keys", first)
	sealed, err := before.Seal("x", []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	both, after := ring(t, second, first), ring(t, second)
	if got, err := both.Open("x", sealed); err != nil || string(got) != "a secret" {
		t.Errorf("with both: %q, %v", got, err)
	}
	if !both.Stale(sealed) || before.Stale(sealed) || !both.Stale([]byte("in clear")) {
		t.Error("what needs to be sealed anew is not told")
	}
	id, _, _ := strings.Cut(first, " ")
	if _, err := after.Open("x", sealed); !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), id) {
		t.Errorf("without its key: %v", err)
	}
	var none *Keyring
	if _, err := none.Seal("x", nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("no keyring seals: %v", err)
	}
	if _, err := none.Open("x", sealed); !errors.Is(err, ErrNoKey) || none.Stale(sealed) {
		t.Errorf("no keyring opens: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	const good = "a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for name, text := range map[string]string{
		"nothing":        "",
		"only a comment": "# a",
		"no id":          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"a short key":    "a AAAA",
		"no base64":      "a !!!",
		"an id twice":    good + "\n" + good,
		"a long id":      strings.Repeat("a", 33) + good[1:],
		"too many": strings.Repeat(good+"\n", 1) + func() (s string) {
			for i := range 16 {
				s += string(rune('b'+i)) + good[1:] + "\n"
			}
			return
		}(),
	} {
		if _, err := Parse(text); err == nil || strings.Contains(err.Error(), "AAAAA") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(good + ",b" + good[1:]); err != nil {
		t.Errorf("with a comma: %v", err)
	}
}

func TestLoadReadsFileThenEnvironment(t *testing.T) {
	t.Setenv(Environment, "")
	if k, err := Load(""); err != nil || k != nil {
		t.Errorf("%v, %v", k, err)
	}
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte(NewKey(time.Now())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := Load(file); err != nil || !k.CanSeal() {
		t.Errorf("file: %v", err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a file for everybody: %v", err)
	}
	t.Setenv(Environment, NewKey(time.Now()))
	if k, err := Load(""); err != nil || !k.CanSeal() {
		t.Errorf("environment: %v", err)
	}
}

func FuzzOpenNeverPanics(f *testing.F) {
	k, err := Parse(NewKey(time.Now()))
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := k.Seal("x", []byte("y"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte("PkS1\x01a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := k.Open("x", b); err == nil && !bytes.Equal(b, sealed) {
			t.Error("opens what was never sealed")
		}
		KeyID(b)
	})
}
