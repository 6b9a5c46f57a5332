package identity

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"picket/shared/enrol"
)

func look(t *testing.T, dir string) Standing {
	t.Helper()
	s, err := Look(dir)
	if err != nil {
		t.Error(err)
	}
	return s
}

// A box with a token for several shows its code to who stands before it, until it is
// let in.
func TestABoxThatWaitsByATokenShowsItsCode(t *testing.T) {
	a, dir, keys := newAuthority(t), t.TempDir(), map[string]bool{}
	if s := look(t, dir); s.TapID != "" || s.Code != "" || !s.KeyMade.IsZero() {
		t.Errorf("a new box: %+v", s)
	}
	if s := look(t, filepath.Join(dir, "none")); s.Cluster != "" {
		t.Errorf("no folder: %+v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := 0
	let := accept(t, a, keys)
	server := node(t, a.leaf(t, nil), func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			var q enrol.Request
			body, _ := io.ReadAll(r.Body)
			if err := json.Unmarshal(body, &q); err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusAccepted)
			_ = json.NewEncoder(w).Encode(enrol.Response{Cluster: a.token().Cluster(), CACertificate: a.pem()})
			return
		}
		s := look(t, dir)
		key, err := Key(dir)
		if err != nil {
			t.Error(err)
		}
		public, _ := key.Public().(ed25519.PublicKey)
		if want := enrol.Claim(public, a.hash()); s.Code != want || s.Cluster != a.token().Cluster() || s.TapID != "" {
			t.Errorf("while it waits: %+v, want the code %s", s, want)
		}
		if code, err := ClaimCode(dir); err != nil || code != s.Code {
			t.Errorf("claim code %s, %v", code, err)
		}
		let(w, r)
	})
	i, err := enroller(dir, a.token(), server.URL).Enrol(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := look(t, dir)
	if s.TapID != i.TapID || s.Code != "" || len(s.Nodes) == 0 || time.Since(s.KeyMade) > time.Minute || s.KeyIsOld(time.Now()) {
		t.Errorf("let in: %+v", s)
	}
	if !s.KeyIsOld(time.Now().Add(91 * 24 * time.Hour)) {
		t.Error("a key of 91 days is not old")
	}
	if _, err := os.Stat(filepath.Join(dir, claimName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the claim is kept: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, stateName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(dir); err == nil {
		t.Error("a damaged identity passes for one")
	}
}

func TestAKeyIsRenewedAtTwoThirdsOfItsLife(t *testing.T) {
	dir := t.TempDir()
	if _, err := Key(dir); err != nil {
		t.Fatal(err)
	}
	r := Renewal{Identity: &Identity{dir: dir}}
	now := time.Now()
	for age, want := range map[time.Duration]bool{
		0: false, 60*24*time.Hour - time.Minute: false, 60 * 24 * time.Hour: true, 200 * 24 * time.Hour: true,
		-time.Hour: false, -48 * time.Hour: true, // made while the clock was wrong
	} {
		if err := os.Chtimes(filepath.Join(dir, keyName), time.Time{}, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		if got := r.due(now); got != want {
			t.Errorf("a key of %v: due %v, want %v", age, got, want)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, keyName), time.Time{}, now); err != nil {
		t.Fatal(err)
	}
	if _, err := keyIn(dir, nextKey); err != nil {
		t.Fatal(err)
	}
	if !r.due(now) {
		t.Error("a renewal that was interrupted is not gone on with")
	}
}
