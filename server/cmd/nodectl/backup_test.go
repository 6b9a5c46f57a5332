package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picket/server/database"
	"picket/server/embedded"
	"picket/server/seal"
	"picket/server/store"
	"picket/server/testdb"
)

// ctl runs nodectl in this process.
func ctl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, errOut bytes.Buffer
	err := run(t.Context(), args, &out, &errOut)
	return out.String(), err
}

// roomFor is a directory that the database's user can pass through.
func roomFor(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "picket-nodectl-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestBackupIsRestoredElsewhere: made while taps report, sealed, verified, restored
// into another server's data directory, where everything is as it was.
func TestBackupIsRestoredElsewhere(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	if err := s.EnsurePartitions(t.Context()); err != nil {
		t.Fatal(err)
	}
	store1 := func(sequence uint64) {
		t.Helper()
		r := testdb.Report(testdb.ReportSpec{Boot: [16]byte{1}, Sequence: sequence, Start: time.Now().Add(-time.Hour).Truncate(10 * time.Second).Add(time.Duration(sequence) * 10 * time.Second), BSSs: 20, Definitions: true})
		if _, err := s.AddReports(t.Context(), []store.Incoming{{TenantID: tap.TenantID, TapID: tap.TapID, Report: r}}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint64(30) {
		store1(i + 1)
	}
	dir := roomFor(t)
	keys, at := filepath.Join(dir, "keys"), filepath.Join(dir, "backup")
	if err := os.WriteFile(keys, []byte(seal.NewKey(time.Now())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shared := "-database=" + db.URL(embedded.Superuser)
	if out, err := ctl(t, shared, "backup", "-to", at, "-secret-keys", keys); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cfg := store.FromURL(db.URL(embedded.Superuser), nil)
	want, err := store.SumTables(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	store1(31) // after the backup: not in it
	if after, err := store.SumTables(t.Context(), cfg); err != nil || cmp.Equal(want, after) {
		t.Fatalf("the sums do not see a report, %v", err)
	}
	dump, err := os.ReadFile(filepath.Join(at, dumpFile))
	if err != nil || bytes.Contains(dump, []byte("PGDMP")) {
		t.Errorf("the dump is in clear, %v", err)
	}
	if out, err := ctl(t, "backup", "-verify", at, "-secret-keys", keys); err != nil || !strings.Contains(out, "good") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if _, err := ctl(t, "backup", "-verify", at); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("verify without the key: %v", err)
	}

	// Another machine.
	data := filepath.Join(dir, "data")
	if out, err := ctl(t, "-data", data, "restore", "-from", at, "-secret-keys", keys); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d, err := database.Open(t.Context(), data, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.SumTables(t.Context(), d.Config)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	rows := int64(0)
	for _, table := range got {
		rows += table.Rows
	}
	t.Logf("%d rows of %d tables, %d octets", rows, len(got), len(dump))
	other, err := store.Open(t.Context(), d.Config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.TenantBySlug(t.Context(), "default"); err != nil {
		t.Error(err)
	}
	other.Close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}

	// What must not be done.
	if _, err := ctl(t, "-data", data, "restore", "-from", at, "-secret-keys", keys); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("restored over a cluster: %v", err)
	}
	dump[len(dump)/2] ^= 1
	if err := os.WriteFile(filepath.Join(at, dumpFile), dump, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ctl(t, "backup", "-verify", at, "-secret-keys", keys); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged backup: %v", err)
	}
}

func TestPasswordsStayOutOfArguments(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://u:secret@db.example/picket?sslmode=require": "postgres://u@db.example/picket?sslmode=require",
		"host=db.example password=secret user=u":                "host=db.example  user=u",
		`host=db.example password='a \' secret' user=u`:         "host=db.example  user=u",
	} {
		if got := withoutPassword(dsn); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
