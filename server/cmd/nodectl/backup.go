package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"picket/server/database"
	"picket/server/embedded"
	"picket/server/seal"
	"picket/server/store"
)

// Files of a backup, which is a directory.
const (
	manifestFile = "manifest.json"
	dumpFile     = "database.dump"
	backupFormat = 1
)

// manifest says what a backup is. It holds no secret.
type manifest struct {
	Format   int              `json:"format"`
	MadeAt   time.Time        `json:"made_at"`
	Version  string           `json:"version"` // of nodectl
	Schema   int64            `json:"schema"`
	Server   string           `json:"server"` // PostgreSQL
	Key      string           `json:"key"`    // with which the dump is sealed; empty: it is not
	DumpSize int64            `json:"dump_size"`
	DumpSum  string           `json:"dump_sha256"`
	Tables   []store.TableSum `json:"tables"`
}

// backup copies the database at one moment into a directory, or verifies one.
func backup(ctx context.Context, t *tool, args []string) error {
	f := t.flags("backup", "copy everything that the database holds, as it is at one moment; nodes may run meanwhile")
	to := f.String("to", "", "`directory` to make; it must not exist")
	verify := f.String("verify", "", "`directory` with a backup to restore into a private database of the moment and compare")
	keys := f.String("secret-keys", "", "`file` with keys; the backup is sealed with the first. Empty: it is not")
	if err := parse(f, args); err != nil {
		return err
	}
	ring, err := backupKeys(*keys)
	if err != nil {
		return err
	}
	switch {
	case (*to == "") == (*verify == ""):
		return errors.New("one of -to and -verify is needed")
	case *verify != "":
		return verifyBackup(ctx, t, *verify, ring)
	}
	return t.withDatabase(ctx, func(d *database.Database) error { return makeBackup(ctx, t, d.Config, *to, ring) })
}

func backupKeys(file string) (*seal.Keyring, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // not sealed
	}
	return seal.Load(file)
}

func makeBackup(ctx context.Context, t *tool, cfg store.Config, dir string, ring *seal.Keyring) (err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("-to: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	return store.HoldSnapshot(ctx, cfg, func(s store.Snapshot) error {
		m := manifest{Format: backupFormat, MadeAt: s.At.UTC(), Version: version, Schema: s.Version, Server: s.Server, Tables: s.Tables}
		dump, err := postgres(ctx, "pg_dump", cfg.Direct, cfg.Owner,
			"--format=custom", "--schema=picket", "--role="+store.RoleOwner, "--snapshot="+s.ID, "--no-sync", "--enable-row-security", "--lock-wait-timeout=60s")
		if err != nil {
			return err
		}
		if err := writeDump(dump, filepath.Join(dir, dumpFile), ring, &m); err != nil {
			return err
		}
		text, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, manifestFile), append(text, '\n'), 0o600); err != nil {
			return err
		}
		var rows int64
		for _, table := range m.Tables {
			rows += table.Rows
		}
		_, err = fmt.Fprintf(t.out, "%s has %d rows of %d tables as of %s, %d octets; nodectl backup -verify %s proves it\n", dir, rows, len(m.Tables), m.MadeAt.Format(time.RFC3339), m.DumpSize, dir)
		return err
	})
}

// writeDump runs a command and keeps its output, sealed where there is a keyring.
func writeDump(dump *exec.Cmd, file string, ring *seal.Keyring, m *manifest) (err error) {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Sync(), out.Close()) }()
	var said strings.Builder
	dump.Stderr = &said
	sum := sha256.New()
	w := &counted{w: io.MultiWriter(out, sum)}
	pipe, err := dump.StdoutPipe()
	if err != nil {
		return err
	}
	if err := dump.Start(); err != nil {
		return err
	}
	if ring.CanSeal() {
		err = ring.SealStream(w, dumpPurpose, pipe)
	} else {
		_, err = io.Copy(w, pipe)
	}
	if waited := dump.Wait(); waited != nil {
		return fmt.Errorf("pg_dump: %w: %s", waited, strings.TrimSpace(said.String()))
	}
	m.DumpSize, m.DumpSum = w.n, hex.EncodeToString(sum.Sum(nil))
	if ring.CanSeal() {
		m.Key = ring.Active()
	}
	return err
}

const dumpPurpose = "backup"

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// readManifest reads and checks a backup's own word, and the dump's sum.
func readManifest(dir string) (m manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%s: %w", manifestFile, err)
	}
	if m.Format != backupFormat {
		return m, fmt.Errorf("%s: format %d, this nodectl reads %d", manifestFile, m.Format, backupFormat)
	}
	f, err := os.Open(filepath.Join(dir, dumpFile))
	if err != nil {
		return m, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return m, err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != m.DumpSum {
		return m, fmt.Errorf("%s is damaged: its SHA-256 is %s, the manifest says %s", dumpFile, got, m.DumpSum)
	}
	return m, nil
}

// verifyBackup restores into a private database that is made and thrown away.
func verifyBackup(ctx context.Context, t *tool, dir string, ring *seal.Keyring) (err error) {
	scratch, err := os.MkdirTemp("", "picket-verify-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	if err := os.Chmod(scratch, 0o711); err != nil { //nolint:gosec // the database's user passes through
		return err
	}
	server, err := embedded.Start(ctx, embedded.Options{Data: filepath.Join(scratch, "data"), Log: t.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	cfg := store.Config{Owner: server.URL(store.RoleOwner), Ingest: server.URL(store.RoleIngest), API: server.URL(store.RoleAPI), Log: t.log}
	m, err := restoreInto(ctx, cfg, dir, ring)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s is good: restored, and all %d tables are as they were\n", dir, len(m.Tables))
	return err
}

// compare says how a database differs from what a manifest has.
func compare(want, got []store.TableSum) error {
	var wrong []string
	for _, w := range want {
		i := slices.IndexFunc(got, func(g store.TableSum) bool { return g.Name == w.Name })
		switch {
		case i < 0:
			wrong = append(wrong, w.Name+" is missing")
		case got[i] != w:
			wrong = append(wrong, fmt.Sprintf("%s has %d rows of sum %s, not %d of %s", w.Name, got[i].Rows, got[i].Sum, w.Rows, w.Sum))
		}
	}
	if len(got) != len(want) {
		wrong = append(wrong, fmt.Sprintf("there are %d tables, not %d", len(got), len(want)))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("what was restored differs: %s", strings.Join(wrong, "; "))
	}
	return nil
}
