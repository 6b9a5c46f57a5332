package testdb

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
)

// Tap enrols a tap at the default tenant's main site.
func (db *DB) Tap(t testing.TB, s *store.Store, name string) store.TapIdentity {
	t.Helper()
	tenant, err := s.TenantBySlug(t.Context(), "default")
	if err != nil {
		t.Fatal(err)
	}
	return db.TapAt(t, s, tenant.ID, "main", name)
}

// TapAt enrols a tap at a site.
func (db *DB) TapAt(t testing.TB, s *store.Store, tenant uuid.UUID, site, name string) store.TapIdentity {
	t.Helper()
	var secret, key [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	_, _ = rand.Read(key[:])
	request := store.TokenRequest{SecretHash: sha256.Sum256(secret[:]), Site: site, Uses: 1, Lifetime: time.Hour}
	if _, _, err := s.AddToken(t.Context(), tenant, request); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(key[:])
	keyID := base64.RawURLEncoding.EncodeToString(sum[:])
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	_, err := s.Enrol(t.Context(), store.Enrolment{
		Signed: store.Signed{
			KeyID: keyID, Nonce: base64.StdEncoding.EncodeToString(nonce[:]), Created: time.Now(), Expires: time.Now().Add(time.Minute),
		},
		Token: &request.SecretHash, PublicKey: key[:], Name: name, Version: "1.0.0", Arch: "amd64",
	})
	if err != nil {
		t.Fatal(err)
	}
	tap, err := s.TapByKey(t.Context(), keyID)
	if err != nil {
		t.Fatal(err)
	}
	return tap
}

// AddTenant makes another tenant with a site "main".
func (db *DB) AddTenant(t testing.TB, slug string) uuid.UUID {
	t.Helper()
	conn := db.Conn(t, store.RoleOwner)
	tenant, site := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	const tenantSQL = `INSERT INTO tenant (id, organisation_id, slug, name) SELECT $1, id, $2, $2 FROM organisation LIMIT 1`
	if _, err := conn.Exec(t.Context(), tenantSQL, tenant, slug); err != nil {
		t.Fatal(err)
	}
	const siteSQL = `INSERT INTO site (tenant_id, id, slug, name) VALUES ($1, $2, 'main', 'Main site')`
	if _, err := conn.Exec(t.Context(), siteSQL, tenant, site); err != nil {
		t.Fatal(err)
	}
	return tenant
}
