package main

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"picket/shared/build/realpart"
)

const top = "../.." // the project's top folder

// date is some commit's.
func date() time.Time { return time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC) }

// builds compiles once for all tests of the binary. Packages of the tests are hardly
// compressed: that takes longest.
type builds struct {
	once     sync.Once
	dir      string
	licences []byte
	err      error
}

// built is shared by the tests; TestMain removes it.
var built builds

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// packed returns a package of this machine's architecture with real programs.
func packed(t *testing.T) pack {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the programs: not in the fast part")
	}
	realpart.Program(t, "dpkg-deb")
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "picket-deb-test-"); built.err != nil {
			return
		}
		if built.err = os.Chmod(built.dir, 0o755); built.err != nil {
			return
		}
		if built.licences, built.err = tapProduct().licences(t.Context(), top, runtime.GOARCH); built.err == nil {
			built.err = tapProduct().compile(t.Context(), top, "1.2.3", runtime.GOARCH, built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return pack{product: tapProduct(), root: top, bin: built.dir, licences: built.licences, version: "1.2.3", arch: runtime.GOARCH, date: date()}
}

// write makes the package in a new folder and returns its path.
func write(t *testing.T, p pack) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), p.fileName())
	if err := p.write(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s%s", name, args, err, out, errs.String())
	}
	return string(out)
}

func TestPackageHoldsWhatAServiceNeeds(t *testing.T) {
	deb := write(t, packed(t))
	listed := map[string]string{} // path: mode and owner
	for line := range strings.Lines(output(t, "dpkg-deb", "--contents", deb)) {
		fields := strings.Fields(line)
		listed[fields[5]] = fields[0] + " " + fields[1]
		if !strings.Contains(line, "2026-11-22 18:00") {
			t.Errorf("not the commit's time: %s", line)
		}
	}
	for path, want := range map[string]string{
		"./usr/bin/tapd":                                     "-rwxr-xr-x root/root",
		"./usr/bin/picket":                                   "-rwxr-xr-x root/root",
		"./usr/lib/picket-tap/configured":                    "-rwxr-xr-x root/root",
		"./usr/lib/systemd/system/picket-tap.service":        "-rw-r--r-- root/root",
		"./etc/picket/":                                      "drwxr-xr-x root/root",
		"./etc/picket/tap.conf":                              "-rw-r----- root/root", // it will hold a token
		"./usr/share/doc/picket-tap/copyright":               "-rw-r--r-- root/root",
		"./usr/share/doc/picket-tap/changelog.gz":            "-rw-r--r-- root/root",
		"./usr/share/doc/picket-tap/third-party-licences.gz": "-rw-r--r-- root/root",
		"./usr/share/man/man8/tapd.8.gz":                     "-rw-r--r-- root/root",
		"./usr/share/lintian/overrides/picket-tap":           "-rw-r--r-- root/root",
	} {
		if listed[path] != want {
			t.Errorf("%s: %q, want %q", path, listed[path], want)
		}
	}
	for field, want := range map[string]string{"Package": "picket-tap", "Version": "1.2.3", "Architecture": runtime.GOARCH} {
		if got := strings.TrimSpace(output(t, "dpkg-deb", "--field", deb, field)); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if got := output(t, "dpkg-deb", "--info", deb, "conffiles"); got != "/etc/picket/tap.conf\n" {
		t.Errorf("conffiles %q", got)
	}
	root := t.TempDir()
	output(t, "dpkg-deb", "--raw-extract", deb, root)
	sums := exec.CommandContext(t.Context(), "md5sum", "--check", "--quiet", "DEBIAN/md5sums")
	sums.Dir = root
	if out, err := sums.CombinedOutput(); err != nil {
		t.Errorf("md5sums: %v\n%s", err, out)
	}
	for program, want := range map[string]string{"tapd": "tapd 1.2.3", "picket": "picket 1.2.3"} {
		if got := strings.TrimSpace(output(t, filepath.Join(root, "usr/bin", program), "--version")); got != want {
			t.Errorf("%s --version: %q, want %q", program, got, want)
		}
	}
	if got := output(t, "gzip", "-dc", filepath.Join(root, tapProduct().doc(), "third-party-licences.gz")); !strings.Contains(got, "==== google.golang.org/protobuf v") ||
		!strings.Contains(got, "==== Go\n") || strings.Count(got, "====") < 8 {
		t.Errorf("licences of %d modules:\n%.300s", strings.Count(got, "===="), got)
	}
}

func TestPackageIsTheSameWhoeverBuildsIt(t *testing.T) {
	p := packed(t)
	before := sumOf(t, write(t, p))
	defer syscall.Umask(syscall.Umask(0o077))
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("SOURCE_DATE_EPOCH", "1")
	t.Setenv("DPKG_DEB_THREADS_MAX", "4")
	if after := sumOf(t, write(t, p)); after != before {
		t.Errorf("%x, before %x", after, before)
	}
}

func sumOf(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// dpkg runs on a system of its own, whose folder is returned; scripts run outside of
// it, with DPKG_ROOT telling them where it is (dpkg(1), --force-script-chrootless).
func dpkgRoot(t *testing.T) (root string, dpkg func(args ...string) string) {
	t.Helper()
	if os.Geteuid() != 0 {
		realpart.Skip(t, "installing a package needs root")
	}
	root = t.TempDir()
	for _, dir := range []string{"var/lib/dpkg/updates", "var/lib/dpkg/info", "var/log", "etc", "var/lib/systemd"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root, func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "dpkg", append([]string{"--root=" + root, "--force-script-chrootless", "--force-depends", "--force-confold"}, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("dpkg %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
}

func TestPackageLivesAndLeavesNothing(t *testing.T) {
	p := packed(t)
	realpart.Program(t, "deb-systemd-helper")
	root, dpkg := dpkgRoot(t)
	is := func(path string) bool {
		_, err := os.Lstat(filepath.Join(root, path))
		return err == nil
	}
	const enabled, conf, state = "etc/systemd/system/multi-user.target.wants/picket-tap.service", "etc/picket/tap.conf", "var/lib/private/picket-tap/spool"

	if said := dpkg("--install", write(t, p)); !strings.Contains(said, "set node in") {
		t.Errorf("an operator is not told what to do:\n%s", said)
	}
	if !is(enabled) || !is("usr/bin/tapd") {
		t.Error("the service is not enabled")
	}
	mine := []byte("node = https://192.0.2.1:8443\ntoken = picket1.x\n")
	if err := os.WriteFile(filepath.Join(root, conf), mine, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, state), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("private/picket-tap", filepath.Join(root, "var/lib/picket-tap")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(root, enabled)); err != nil { // the operator disables it
		t.Fatal(err)
	}

	p.version = "1.2.4"
	if said := dpkg("--install", write(t, p)); strings.Contains(said, "set node in") {
		t.Errorf("an upgrade forgot what was set:\n%s", said)
	}
	if got, err := os.ReadFile(filepath.Join(root, conf)); err != nil || !bytes.Equal(got, mine) {
		t.Errorf("an upgrade changed the configuration: %q, %v", got, err)
	}
	if is(enabled) {
		t.Error("an upgrade enabled what the operator had disabled")
	}

	dpkg("--remove", "picket-tap")
	if is("usr/bin/tapd") || !is(conf) || !is(state) {
		t.Errorf("removed: program %v, configuration %v, state %v; want the last two", is("usr/bin/tapd"), is(conf), is(state))
	}
	dpkg("--purge", "picket-tap")
	for _, path := range []string{conf, "etc/picket", state, "var/lib/private/picket-tap", "var/lib/picket-tap", enabled, "etc/systemd/system/picket-tap.service"} {
		if is(path) {
			t.Errorf("%s is left after a purge", path)
		}
	}
}

func TestWrongCommandLinesAreExplained(t *testing.T) {
	for _, tt := range []struct{ args, want string }{{"riscv64", "riscv64"}, {"-nonsense", "nonsense"}} {
		if err := run(t.Context(), strings.Fields(tt.args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("deb %s: %v", tt.args, err)
		}
	}
}
