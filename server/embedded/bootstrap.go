package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
)

// Superuser owns the cluster. No system user is mapped to it.
const Superuser = "picket_admin"

// Database is the name of the node's database.
const Database = "picket"

// Roles are those that noded may be.
func Roles() []string { return []string{"picket_owner", "picket_ingest", "picket_api"} }

// bootstrapSQL makes roles and database. In single-user mode a command ends with
// its line.
const bootstrapSQL = `CREATE ROLE picket_owner LOGIN
CREATE ROLE picket_ingest LOGIN
CREATE ROLE picket_api LOGIN
CREATE DATABASE picket OWNER picket_owner
REVOKE ALL ON DATABASE picket FROM PUBLIC
GRANT CONNECT ON DATABASE picket TO picket_api
GRANT CONNECT, TEMPORARY ON DATABASE picket TO picket_ingest
`

// bootstrap makes the cluster in dir, which does not exist.
func bootstrap(ctx context.Context, b Binaries, a account, dir string) error {
	made := dir + ".new"
	if err := os.RemoveAll(made); err != nil {
		return err
	}
	if err := a.makeDir(made); err != nil {
		return err
	}
	if out, err := a.command(ctx, made, b.path("initdb"), "--pgdata", made, "--username", Superuser,
		"--encoding", "UTF8", "--locale", "C", "--auth-local", "reject", "--auth-host", "reject",
		"--data-checksums", "--no-instructions").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	cmd := a.command(ctx, made, b.path("postgres"), "--single", "-D", made, "-c", "exit_on_error=true", "postgres")
	cmd.Stdin = strings.NewReader(bootstrapSQL)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make roles and database: %w: %s", err, lastLine(out))
	}
	if err := os.Rename(made, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// writeAccess writes who may connect: the system user of this process, by peer
// authentication, as one of Roles.
func writeAccess(a account, dir string) error {
	me, err := user.Current()
	if err != nil {
		return fmt.Errorf("name of the user of this process: %w", err)
	}
	var ident strings.Builder
	for _, role := range Roles() {
		fmt.Fprintf(&ident, "picket %q %s\n", me.Username, role)
	}
	for name, text := range map[string]string{
		"pg_ident.conf": "# written by noded at each start\n" + ident.String(),
		"pg_hba.conf":   "# written by noded at each start\nlocal " + Database + " all peer map=picket\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		if a.switched {
			if err := os.Lchown(path, a.uid, a.gid); err != nil {
				return err
			}
		}
	}
	return nil
}

// command prepares a program of PostgreSQL, as the account, in dir.
func (a account) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + dir}
	cmd.SysProcAttr = a.sysProcAttr()
	return cmd
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// lastLine returns the last line of a program's output that says something.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.Contains(lines[i], "ERROR") || strings.Contains(lines[i], "FATAL") || strings.Contains(lines[i], "error:") {
			return lines[i]
		}
	}
	return lines[len(lines)-1]
}
