package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"picket/server/embedded"
)

// childEnv makes the test binary a node of its own: see TestChild.
const childEnv = "PICKET_TEST_EMBEDDED_DATA"

// TestChild is no test: it is the node that TestAKilledNode… kills.
func TestChild(t *testing.T) {
	data := os.Getenv(childEnv)
	if data == "" {
		t.Skip("runs as a child of TestAKilledNodeLosesNothing only")
	}
	s, err := embedded.Start(context.Background(), embedded.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, "CREATE SCHEMA kept")
	fmt.Printf("\nready %d\n", s.PID())
	select {} // until killed
}

func TestAKilledNodeLosesNothing(t *testing.T) {
	data := dataDir(t)
	start(t, data).Stop() // skips where there is no PostgreSQL
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), childEnv+"="+data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	pid := 0
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "ready %d", &pid)
	}
	if pid == 0 {
		t.Fatal("the child did not get ready")
	}
	// The server must not hear of its node's death: it is to be found running.
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	mustExec(t, start(t, data), "DROP SCHEMA kept")
}
