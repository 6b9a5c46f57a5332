package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
)

// freshDatabase makes an empty database and a login, as a provider of databases
// would, and returns the login's connection string.
func freshDatabase(t *testing.T, db *testdb.DB, name string, statements ...string) string {
	t.Helper()
	admin := db.Conn(t, embedded.Superuser)
	for _, sql := range append([]string{
		"CREATE ROLE " + name + " LOGIN",
		"CREATE DATABASE " + name + " OWNER " + name,
	}, statements...) {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Cleanup(func() {
		for _, sql := range []string{"DROP DATABASE " + name + " WITH (FORCE)", "DROP ROLE " + name} {
			if _, err := admin.Exec(context.Background(), sql); err != nil { // t.Context is done
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
	return strings.Replace(db.URL(name), "dbname="+db.Name, "dbname="+name, 1)
}

func TestOneLoginThatIsNoSuperuserServesADatabaseOfItsOwn(t *testing.T) {
	db := testdb.New(t)
	url := freshDatabase(t, db, "managed", "GRANT picket_owner, picket_ingest, picket_api TO managed",
		"GRANT CREATE, TEMPORARY ON DATABASE managed TO picket_owner", "GRANT TEMPORARY ON DATABASE managed TO picket_ingest")
	cfg := store.FromURL(url, nil)
	var wg sync.WaitGroup
	for range 3 { // nodes that start together
		wg.Go(func() {
			if err := store.Migrate(t.Context(), cfg); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.EnsureDefaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	tap := db.Tap(t, s, "one")
	out, err := s.AddReports(t.Context(), []store.Incoming{incoming(t, tap, spec(1))})
	if err != nil || out[0].Status != store.Stored {
		t.Errorf("%v, %v", out, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestALoginWithoutRightsIsToldWhatToRun(t *testing.T) {
	db := testdb.New(t)
	url := freshDatabase(t, db, "plainlogin")
	err := store.Migrate(t.Context(), store.FromURL(url, nil))
	var roles *store.RolesError
	if !errors.As(err, &roles) || !strings.Contains(roles.SQL, `GRANT picket_owner, picket_ingest, picket_api TO "plainlogin"`) {
		t.Errorf("migrate: %v", err)
	}
}

func TestTheClusterAgreesOnOneCA(t *testing.T) {
	db := testdb.New(t)
	var wg sync.WaitGroup
	got := make([]string, 4)
	for i := range got {
		s := db.Store(t)
		wg.Go(func() {
			ca, err := s.EnsureClusterCA(t.Context(), func() (store.ClusterCA, error) {
				return store.ClusterCA{Certificate: []byte{byte(i)}, Key: []byte{byte(i)}}, nil
			})
			if err != nil {
				t.Error(err)
			}
			got[i] = string(ca.Certificate)
		})
	}
	wg.Wait()
	for _, c := range got {
		if c != got[0] {
			t.Errorf("nodes took different CAs: %q", got)
		}
	}
}
