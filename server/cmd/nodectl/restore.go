package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"picket/server/database"
	"picket/server/embedded"
	"picket/server/seal"
	"picket/server/store"
)

// restore fills an empty database from a backup.
func restore(ctx context.Context, t *tool, args []string) error {
	f := t.flags("restore", "fill an empty database, or a new -data directory, from a backup; no node may run on it")
	from := f.String("from", "", "`directory` with the backup")
	keys := f.String("secret-keys", "", "`file` with the key that the backup is sealed with")
	if err := parse(f, args); err != nil {
		return err
	}
	if *from == "" {
		return errors.New("-from: a backup is needed")
	}
	ring, err := backupKeys(*keys)
	if err != nil {
		return err
	}
	if _, err := readManifest(*from); err != nil {
		return err // before anything is made
	}
	if t.url == "" && t.data == "" {
		return errors.New("-data DIR or -database URL is needed, before the command")
	}
	if t.url == "" {
		if err := os.MkdirAll(t.data, 0o700); err != nil {
			return err
		}
	}
	d, err := database.Open(ctx, t.data, t.url, t.log) // not Find: the directory may be new
	if err != nil {
		return err
	}
	return errors.Join(restoreAndMigrate(ctx, t, d.Config, *from, ring), d.Close())
}

func restoreAndMigrate(ctx context.Context, t *tool, cfg store.Config, from string, ring *seal.Keyring) error {
	m, err := restoreInto(ctx, cfg, from, ring)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "restored: all %d tables are as they were at %s\n", len(m.Tables), m.MadeAt.Format("2006-01-02 15:04:05 UTC"))
	if err := store.Migrate(ctx, cfg); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, "the schema is that of nodectl "+version+"; nodes need the same -secret-keys as before, if they had any")
	return err
}

// restoreInto fills an empty database and compares it with the manifest.
func restoreInto(ctx context.Context, cfg store.Config, dir string, ring *seal.Keyring) (manifest, error) {
	m, err := readManifest(dir)
	if err != nil {
		return m, err
	}
	if err := store.PrepareEmpty(ctx, cfg); err != nil {
		return m, err
	}
	work, err := os.MkdirTemp("", "picket-restore-")
	if err != nil {
		return m, err
	}
	defer func() { _ = os.RemoveAll(work) }() // the error that matters is another
	dump := filepath.Join(dir, dumpFile)
	if m.Key != "" {
		if dump, err = openDump(dump, work, ring); err != nil {
			return m, fmt.Errorf("the backup is sealed with key %q: %w", m.Key, err)
		}
	}
	list, err := contents(ctx, dump, work)
	if err != nil {
		return m, err
	}
	fill, err := postgres(ctx, "pg_restore", cfg.Direct, cfg.Owner, "--exit-on-error", "--single-transaction", "--no-owner", "--role="+store.RoleOwner, "--use-list="+list)
	if err != nil {
		return m, err
	}
	fill.Args = append(fill.Args, dump)
	if out, err := fill.CombinedOutput(); err != nil {
		return m, fmt.Errorf("pg_restore: %w: %s", err, strings.TrimSpace(string(out)))
	}
	got, err := store.SumTables(ctx, cfg)
	if err != nil {
		return m, err
	}
	return m, compare(m.Tables, got)
}

func openDump(sealed, work string, ring *seal.Keyring) (string, error) {
	in, err := os.Open(sealed)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(work, dumpFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	return out.Name(), errors.Join(ring.OpenStream(out, dumpPurpose, in), out.Close())
}

// contents writes what of a dump is restored: everything but the schema itself,
// which is there because its roles must be.
func contents(ctx context.Context, dump, work string) (string, error) {
	program, err := binary(ctx, "pg_restore")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, program, "--list", dump).Output()
	if err != nil {
		return "", fmt.Errorf("pg_restore --list: %w", err)
	}
	var keep []string
	for line := range strings.SplitSeq(string(out), "\n") {
		if !schemaEntry.MatchString(line) {
			keep = append(keep, line)
		}
	}
	file := filepath.Join(work, "list")
	return file, os.WriteFile(file, []byte(strings.Join(keep, "\n")), 0o600)
}

var schemaEntry = regexp.MustCompile(`^\d+; \d+ \d+ SCHEMA - picket `)

// binary finds a program of the newest PostgreSQL that is installed: a dump's is as
// new as the server's at least.
func binary(ctx context.Context, name string) (string, error) {
	if installed, err := embedded.FindBinaries(ctx); err == nil {
		for _, b := range installed {
			path := filepath.Join(b.Dir, name)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w (Debian and Ubuntu: apt-get install postgresql-client)", err)
	}
	return path, nil
}

// postgres is a call of one of PostgreSQL's programs on the database itself, not
// through a pooler. A password goes by the environment: others may read arguments.
func postgres(ctx context.Context, name, direct, owner string, args ...string) (*exec.Cmd, error) {
	program, err := binary(ctx, name)
	if err != nil {
		return nil, err
	}
	dsn := owner
	if direct != "" {
		dsn = direct
	}
	conf, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, program, append(args, "--no-password", "--dbname="+withoutPassword(dsn))...)
	c.Env = append(os.Environ(), "PGAPPNAME=nodectl "+name)
	if conf.Password != "" {
		c.Env = append(c.Env, "PGPASSWORD="+conf.Password)
	}
	return c, nil
}

var passwordSetting = regexp.MustCompile(`(?i)\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

func withoutPassword(dsn string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" && u.User != nil {
		u.User = url.User(u.User.Username())
		return u.String()
	}
	return passwordSetting.ReplaceAllString(dsn, "")
}
