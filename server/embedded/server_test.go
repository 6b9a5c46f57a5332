package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/shared/build/realpart"
)

// dataDir returns a directory through which PostgreSQL's user may pass.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "picket-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func start(t *testing.T, data string) *embedded.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := embedded.Start(ctx, embedded.Options{Data: data})
	if errors.Is(err, embedded.ErrNoBinaries) {
		realpart.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func connect(t *testing.T, s *embedded.Server, role string) (*pgx.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(role))
	if err == nil {
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
	}
	return conn, err
}

func mustExec(t *testing.T, s *embedded.Server, sql string) {
	t.Helper()
	var err error
	for range 100 { // while the server comes up again
		var conn *pgx.Conn
		if conn, err = connect(t, s, "picket_owner"); err == nil {
			if _, err = conn.Exec(t.Context(), sql); err == nil {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: %v", sql, err)
}

func TestServesItsRolesAndNobodyElse(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	for _, role := range embedded.Roles() {
		conn, err := connect(t, s, role)
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		var super, tcp string
		const sql = `SELECT current_setting('is_superuser'), current_setting('listen_addresses')`
		if err := conn.QueryRow(t.Context(), sql).Scan(&super, &tcp); err != nil {
			t.Fatal(err)
		}
		if super != "off" || tcp != "" {
			t.Errorf("%s: superuser %s, listens on %q", role, super, tcp)
		}
	}
	if _, err := connect(t, s, embedded.Superuser); err == nil {
		t.Error("the superuser may connect")
	}
	info, err := os.Stat(filepath.Join(data, "postgres.run"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket directory: %v, mode %v, want 0700", err, info.Mode())
	}
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.PID()), "status"))
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	if strings.Contains(string(status), "\nUid:\t0\t") {
		t.Error("PostgreSQL runs as root")
	}
}

func TestDataOutlivesAStop(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	mustExec(t, s, "CREATE SCHEMA kept")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "postgres", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("postmaster.pid after Stop: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopped twice: %v", err)
	}
	mustExec(t, start(t, data), "DROP SCHEMA kept")
}

func TestAServerThatDiesIsStartedAgain(t *testing.T) {
	s := start(t, dataDir(t))
	mustExec(t, s, "CREATE SCHEMA kept")
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, "DROP SCHEMA kept")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestASecondNodeIsRefusedAndTheFirstUnharmed(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	if _, err := embedded.Start(t.Context(), embedded.Options{Data: data}); !errors.Is(err, embedded.ErrInUse) {
		t.Errorf("second start: %v, want ErrInUse", err)
	}
	mustExec(t, s, "CREATE SCHEMA kept")
}

func TestALongPathGetsAShortSocket(t *testing.T) {
	s := start(t, filepath.Join(dataDir(t), strings.Repeat("long", 25)))
	mustExec(t, s, "CREATE SCHEMA kept")
	dir, _, _ := strings.Cut(strings.TrimPrefix(s.URL("picket_api"), "host="), " ")
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if len(dir) > 87 {
		t.Errorf("socket directory %s has %d octets", dir, len(dir))
	}
}

func TestAnotherMajorVersionIsRefusedWithWhatHelps(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	version := filepath.Join(data, "postgres", "PG_VERSION")
	was, err := os.ReadFile(version)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(version, []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = embedded.Start(t.Context(), embedded.Options{Data: data})
	var other *embedded.VersionError
	if !errors.As(err, &other) || other.DataMajor != 11 || !strings.Contains(err.Error(), "and start again") ||
		!strings.Contains(err.Error(), "postgresql-11") {
		t.Errorf("start: %v", err)
	}
	if err := os.WriteFile(version, was, 0o600); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, data), "SELECT 1")
}

func TestAHalfMadeClusterIsMadeAgain(t *testing.T) {
	data := dataDir(t)
	if err := os.MkdirAll(filepath.Join(data, "postgres.new", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, data), "SELECT 1")
}

func TestAStalePIDFileOfAnotherProcessIsPassedOver(t *testing.T) {
	data := dataDir(t)
	s := start(t, data)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	// As after a power cut, the number being this process's now.
	stale := strconv.Itoa(os.Getpid()) + "\n" + filepath.Join(data, "postgres") + "\n"
	if err := os.WriteFile(filepath.Join(data, "postgres", "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, data), "SELECT 1")
}
