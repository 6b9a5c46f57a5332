package store_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/embedded"
	"picket/server/seal"
	"picket/server/store"
	"picket/server/testdb"
)

func keyring(t *testing.T, lines ...string) *seal.Keyring {
	t.Helper()
	ring, err := seal.Parse(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// openWith opens db as a node with keys does.
func openWith(t *testing.T, db *testdb.DB, keys *seal.Keyring) *store.Store {
	t.Helper()
	cfg := db.Config()
	cfg.Keys = keys
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// dump is all that a backup has of db.
func dump(t *testing.T, db *testdb.DB) []byte {
	t.Helper()
	binaries, err := embedded.FindBinaries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(binaries[0].Dir, "pg_dump"), "--dbname", db.URL(embedded.Superuser)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10_000 {
		t.Fatalf("a dump of %d octets", len(out))
	}
	return out
}

// TestSecretsAreSealedInTheDatabase: what people and providers keep is not in a dump
// once nodes have a key, what was there before included, and keys can be changed.
func TestSecretsAreSealedInTheDatabase(t *testing.T) {
	db := testdb.New(t)
	conn := db.Conn(t, store.RoleOwner)
	one, two := seal.NewKey(time.Now()), seal.NewKey(time.Now())
	plain, sealing := db.Store(t), openWith(t, db, keyring(t, one))
	user := func(name string) string {
		t.Helper()
		id := uuid.New().String()
		if _, err := conn.Exec(t.Context(), `INSERT INTO user_account (id, name, password_hash, role) VALUES ($1, $2, 'none', 'member')`, id, name); err != nil {
			t.Fatal(err)
		}
		return id
	}
	old, fresh := user("old"), user("fresh")
	secrets := map[string][]byte{}
	for _, name := range []string{"old", "fresh", "provider old", "provider fresh"} {
		secrets[name] = make([]byte, 20)
		_, _ = rand.Read(secrets[name]) // never fails
	}
	provider := func(s *store.Store, slug string, secret []byte) string {
		t.Helper()
		id, err := s.Directory().PutProvider(t.Context(), store.Scope{Kind: store.ScopeInstallation}, auth.Provider{
			Slug: slug, Name: slug, Issuer: "https://id.example.org", ClientID: "picket", ClientSecret: secret, GroupClaim: "groups", Enabled: true,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	in := func(name string) bool {
		t.Helper()
		text, secret := dump(t, db), secrets[name]
		return bytes.Contains(text, secret) || bytes.Contains(text, []byte(hex.EncodeToString(secret)))
	}

	// Without a key, as before there was sealing.
	if err := plain.Users().BeginFactor(t.Context(), old, secrets["old"]); err != nil {
		t.Fatal(err)
	}
	providerID := provider(plain, "old", secrets["provider old"])
	if !in("old") || !in("provider old") {
		t.Fatal("secrets in clear are not found in a dump, so that the test proves nothing")
	}
	// With one.
	if err := sealing.Users().BeginFactor(t.Context(), fresh, secrets["fresh"]); err != nil {
		t.Fatal(err)
	}
	provider(sealing, "fresh", secrets["provider fresh"])
	if in("fresh") || in("provider fresh") {
		t.Error("secrets that were made with a key are in the dump")
	}
	check := func(s *store.Store) {
		t.Helper()
		for id, want := range map[string][]byte{old: secrets["old"], fresh: secrets["fresh"]} {
			if f, err := s.Users().Factor(t.Context(), id); err != nil || !bytes.Equal(f.Secret, want) {
				t.Errorf("second factor: %x, %v, want %x", f.Secret, err, want)
			}
		}
		for _, slug := range []string{"old", "fresh"} {
			if p, err := s.Users().Providers(t.Context(), slug); err != nil || len(p) != 1 || !bytes.Equal(p[0].ClientSecret, secrets["provider "+slug]) {
				t.Errorf("provider %s: %v, %v", slug, p, err)
			}
		}
	}
	check(sealing)
	for range 2 { // the job may run twice
		if err := sealing.SealSecrets(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check(sealing)
	for name := range secrets {
		if in(name) {
			t.Errorf("secret %q is in the dump", name)
		}
	}
	// A provider that is changed without a new secret keeps its own.
	if _, err := sealing.Directory().PutProvider(t.Context(), store.Scope{Kind: store.ScopeInstallation}, auth.Provider{
		ID: providerID, Slug: "old", Name: "renamed", Issuer: "https://id.example.org", ClientID: "picket", GroupClaim: "groups", Enabled: true,
	}, nil); err != nil {
		t.Fatal(err)
	}
	check(sealing)

	// A new key: nodes have both, all is sealed anew, nodes have the new one alone.
	both, second := openWith(t, db, keyring(t, two, one)), openWith(t, db, keyring(t, two))
	check(both)
	if n, err := both.ResealSecrets(t.Context(), keyring(t, two, one)); err != nil || n != 4 {
		t.Errorf("%d secrets sealed anew, %v, want 4", n, err)
	}
	check(second)
	if list, err := second.Secrets(t.Context()); err != nil || len(list) != 4 || list[0].KeyID != keyring(t, two).Active() {
		t.Errorf("%v, %v", list, err)
	}

	// Nobody without the key, and not another's value.
	for name, s := range map[string]*store.Store{"no key": plain, "the old key": sealing} {
		if _, err := s.Users().Factor(t.Context(), old); !errors.Is(err, seal.ErrNoKey) {
			t.Errorf("%s: %v", name, err)
		}
		if list, err := s.Users().Providers(t.Context(), ""); err != nil || len(list) != 2 || list[0].ClientSecret != nil {
			t.Errorf("%s: the names of providers: %v, %v", name, list, err)
		}
	}
	if _, err := conn.Exec(t.Context(), `UPDATE second_factor SET secret = (SELECT secret FROM second_factor WHERE user_id = $1) WHERE user_id = $2`, old, fresh); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Users().Factor(t.Context(), fresh); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("somebody else's second factor opens: %v", err)
	}
}
