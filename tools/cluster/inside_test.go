package cluster

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"picket/shared/build/realpart"
)

// insideEnv says that this process has namespaces of its own.
const insideEnv = "PICKET_CLUSTER_INSIDE"

// inside runs the test once more in namespaces of its own and returns false, or
// returns true where this is that.
func inside(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideEnv) != "" {
		for _, m := range []struct{ what, where, kind string }{
			{"none", "/", ""}, {"proc", "/proc", "proc"}, {"names", "/run/netns", "tmpfs"},
		} {
			flags := uintptr(0)
			if m.kind == "" {
				flags = syscall.MS_REC | syscall.MS_PRIVATE
			}
			if m.kind == "tmpfs" {
				if err := os.MkdirAll(m.where, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := syscall.Mount(m.what, m.where, m.kind, flags, ""); err != nil {
				t.Fatalf("mount %s: %v", m.where, err)
			}
		}
		return true
	}
	if os.Geteuid() != 0 {
		realpart.Skip(t, "the right to make network namespaces is missing: run as root")
	}
	for _, program := range []string{"ip", "bridge", "setpriv", "etcd", "patroni", "haproxy"} {
		realpart.Program(t, program)
	}
	args := []string{"-test.run", "^" + t.Name() + "$", "-test.count", "1"}
	flag.Visit(func(f *flag.Flag) {
		if f.Name == "test.v" || f.Name == "test.timeout" {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	// The namespace's first process inherits orphans, and must wait for them: Patroni
	// believes that a server which nobody waited for still stops. A shell does that.
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `"$@" & wait $!`, "sh", os.Args[0]}, args...)...)
	cmd.Env = append(os.Environ(), insideEnv+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	// Its death is that of every process in its namespace.
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := cmd.Run(); err != nil {
		t.Fatalf("the test in its namespaces: %v", err)
	}
	return false
}

// workDir is on a real disk, and others than root may enter it.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "picket-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Clean(dir)
}
