// Package testdb gives tests a real PostgreSQL: one private server a test binary,
// one migrated database a test.
//
//	func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		db := testdb.New(t)
//		s := db.Store(t)
//		…
//
// It works as root and not. Where no PostgreSQL is installed the tests are
// skipped, or fail where real parts are required (shared/build/realpart).
package testdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/goleak"

	"picket/server/embedded"
	"picket/server/store"
	"picket/shared/build/realpart"
)

// template is the migrated database of which each test gets a copy.
const template = "picket_template"

// shared is the server of the test binary, started by the first test that needs
// it and stopped by Main.
var shared struct {
	sync.Mutex

	server *embedded.Server
	dir    string
	err    error
	count  int
}

// Main runs the tests, stops the server, if one was started, and looks for
// goroutines that were left running. It returns what os.Exit takes.
func Main(m *testing.M, ignore ...goleak.Option) int {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "testdb:", err)
		code = max(code, 1)
	}
	if code == 0 {
		if err := goleak.Find(ignore...); err != nil {
			fmt.Fprintln(os.Stderr, "testdb:", err)
			return 1
		}
	}
	return code
}

func stop() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return nil
	}
	err := shared.server.Stop()
	shared.server = nil
	return errors.Join(err, os.RemoveAll(shared.dir))
}

// DB is a database of one test's own.
type DB struct {
	Name   string
	server *embedded.Server
}

// New returns a migrated database with the default tenant and site and today's
// partitions. It is dropped when the test ends.
func New(t testing.TB) *DB {
	t.Helper()
	db, err := newDB(t.Context())
	if errors.Is(err, embedded.ErrNoBinaries) {
		realpart.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		if err := db.drop(); err != nil {
			t.Errorf("testdb: drop %s: %v", db.Name, err)
		}
	})
	return db
}

// Server is the server on which the database is, to be killed by tests of that.
func (db *DB) Server() *embedded.Server { return db.server }

// URL connects as any role, the superuser embedded.Superuser included.
func (db *DB) URL(role string) string { return url(db.server, role, db.Name) }

// Config connects a store with the three roles.
func (db *DB) Config() store.Config {
	return store.Config{Owner: db.URL(store.RoleOwner), Ingest: db.URL(store.RoleIngest), API: db.URL(store.RoleAPI)}
}

// Store opens the database; it is closed when the test ends.
func (db *DB) Store(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), db.Config())
	if err != nil {
		t.Fatalf("testdb: open: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Conn connects as role, to look at what a store does not show; it is closed when
// the test ends.
func (db *DB) Conn(t testing.TB, role string) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(db.URL(role))
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	cfg.RuntimeParams["search_path"] = "picket"
	cfg.RuntimeParams["timezone"] = "UTC"
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	for try := 0; err != nil && t.Context().Err() == nil && isAway(err) && try < 600; try++ {
		time.Sleep(50 * time.Millisecond) // a test that killed the server: it is coming up again
		conn, err = pgx.ConnectConfig(t.Context(), cfg)
	}
	if err != nil {
		t.Fatalf("testdb: connect as %s: %v", role, err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func newDB(ctx context.Context) (*DB, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.err = start(ctx)
	}
	if shared.err != nil {
		return nil, shared.err
	}
	shared.count++
	db := &DB{Name: fmt.Sprintf("test_%d", shared.count), server: shared.server}
	for _, sql := range []string{ // as embedded does
		"CREATE DATABASE " + db.Name + " TEMPLATE " + template + " OWNER picket_owner",
		"REVOKE ALL ON DATABASE " + db.Name + " FROM PUBLIC",
		"GRANT CONNECT ON DATABASE " + db.Name + " TO picket_api",
		"GRANT CONNECT, TEMPORARY ON DATABASE " + db.Name + " TO picket_ingest",
	} {
		if err := db.admin(ctx, sql); err != nil {
			return nil, err
		}
	}
	return db, nil
}

func (db *DB) drop() error {
	shared.Lock()
	defer shared.Unlock()
	return db.admin(context.Background(), "DROP DATABASE "+db.Name+" WITH (FORCE)")
}

// admin runs a command as superuser. After a test killed the server, it may be
// coming up again.
func (db *DB) admin(ctx context.Context, sql string) error {
	for try := 0; ; try++ {
		err := exec(ctx, db.server, "postgres", sql)
		if err == nil || try == 600 || !isAway(err) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// isAway reports whether there is no server to answer, rather than one that
// refuses.
func isAway(err error) bool {
	var e *pgconn.PgError
	return !errors.As(err, &e) || strings.HasPrefix(e.Code, "57P0") // shutting down, crashed, starting up
}

// start makes the server and the template.
func start(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "picket-testdb-")
	if err != nil {
		return err
	}
	shared.dir = dir
	if err := os.Chmod(dir, 0o755); err != nil { // the server may run as another user
		return err
	}
	hba := filepath.Join(dir, "hba.conf")
	if err := os.WriteFile(hba, []byte("local all all trust\n"), 0o644); err != nil {
		return err
	}
	settings := map[string]string{"hba_file": hba, "fsync": "off"}
	if os.Getenv("PICKET_TESTDB_FSYNC") == "on" { // for figures
		settings["fsync"] = "on"
	}
	var log *slog.Logger
	if os.Getenv("PICKET_TESTDB_LOG") == "on" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	// The server outlives the test that starts it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	server, err := embedded.Start(ctx, embedded.Options{Data: filepath.Join(dir, "data"), Settings: settings, Log: log})
	if err != nil {
		return err
	}
	shared.server = server
	if err := exec(ctx, server, "postgres", "CREATE DATABASE "+template+" OWNER picket_owner"); err != nil {
		return err
	}
	return migrate(ctx, &DB{Name: template, server: server})
}

func migrate(ctx context.Context, db *DB) error {
	if err := store.Migrate(ctx, db.Config()); err != nil {
		return err
	}
	s, err := store.Open(ctx, db.Config())
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.EnsureDefaults(ctx); err != nil {
		return err
	}
	return s.EnsurePartitionsAhead(ctx, 1)
}

func exec(ctx context.Context, server *embedded.Server, database, sql string) error {
	conn, err := pgx.Connect(ctx, url(server, embedded.Superuser, database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func url(server *embedded.Server, role, database string) string {
	return server.URL(role) + " dbname=" + database
}
