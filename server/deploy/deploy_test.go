package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"picket/shared/build/realpart"
)

// TestHAProxyTakesItsExample. The one that ends TLS needs certificates, which
// server/cmd/noded gives it.
func TestHAProxyTakesItsExample(t *testing.T) {
	out, err := exec.Command(realpart.Program(t, "haproxy", "/usr/sbin/haproxy"), "-c", "-f", "haproxy.cfg").CombinedOutput()
	if err != nil || strings.Contains(string(out), "WARNING") {
		t.Errorf("haproxy -c: %v\n%s", err, out)
	}
}

// TestSystemdTakesTheService, with a program of this machine in place of noded.
func TestSystemdTakesTheService(t *testing.T) {
	program := realpart.Program(t, "systemd-analyze")
	b, err := os.ReadFile("picket-node.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "picket-node.service")
	text := strings.Replace(string(b), "/usr/bin/noded", "/bin/true", 1)
	if text == string(b) {
		t.Fatal("the service does not start /usr/bin/noded")
	}
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "verify", "--man=no", unit).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// TestPatroniTakesItsExample in every setting that can be judged here: the hosts are
// nobody's.
func TestPatroniTakesItsExample(t *testing.T) {
	out, _ := exec.Command(realpart.Program(t, "patroni"), "--validate-config", "patroni.yml").CombinedOutput() // fails for the hosts
	judged := 0
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		judged++
		switch {
		case strings.HasPrefix(line, "etcd3.hosts"), strings.Contains(line, "is not reachable"), strings.HasPrefix(line, "bootstrap.pg_hba"),
			strings.HasPrefix(line, "postgresql.data_dir"), strings.HasPrefix(line, "postgresql.bin_dir"), strings.Contains(line, "doesn't exist"),
			strings.Contains(line, "didn't pass validation: 'Cannot assign"), strings.Contains(line, "Port 5432 is already in use"):
		default:
			t.Errorf("patroni says %q", line)
		}
	}
	if judged == 0 {
		t.Error("patroni says nothing at all: it must miss the hosts")
	}
}
