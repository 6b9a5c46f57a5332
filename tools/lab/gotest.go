package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"picket/tools/lab/protocol"
	"picket/tools/lab/scenario"
)

// guestEnv tells tests that they run in a guest, as root, with radios to play with.
const guestEnv = "PICKET_LAB_GUEST=1"

// goTest compiles a package's tests and runs them in the guest.
func (p *play) goTest(ctx context.Context, t scenario.GoTest) error {
	tree := p.session.options.Tree
	below := path.Join("tests", path.Clean(t.Package))
	dir := filepath.Join(p.session.share(), below)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := tree.build(ctx, true, filepath.Join(dir, "package.test"), "test", "-c", t.Package); err != nil {
		return err
	}
	source := filepath.Join(tree.Dir, filepath.FromSlash(t.Package))
	if err := copyTree(filepath.Join(dir, "testdata"), filepath.Join(source, "testdata")); err != nil {
		return err
	}
	argv := []string{"/lab/" + below + "/package.test", "-test.v", "-test.count=1"}
	if t.Run != "" {
		argv = append(argv, "-test.run", t.Run)
	}
	var e protocol.Exited
	err := p.session.guest.Call(ctx, protocol.DoExec, protocol.Exec{Command: protocol.Command{
		Argv: argv, Namespace: t.Namespace, Dir: "/lab/" + below, Env: append([]string{guestEnv}, t.Env...), MaxOutput: 1 << 20,
	}}, &e)
	if err != nil {
		return err
	}
	log := filepath.Join(p.session.Dir, p.scenario.Name+".log")
	if err := os.WriteFile(log, []byte(e.Stdout+e.Stderr), 0o644); err != nil {
		return err
	}
	what := "tests of " + t.Package + " in the guest: pass"
	if e.ExitCode != 0 {
		p.failed = true
		p.expected, p.seen = append(p.expected, what), append(p.seen, fmt.Sprintf("exit status %d", e.ExitCode))
		e.Stdout = failures(e.Stdout)
		return exitError(e)
	}
	passed := strings.Count(e.Stdout, "\n--- PASS")
	p.expected, p.seen = append(p.expected, what), append(p.seen, fmt.Sprintf("%d passed, %d skipped", passed, strings.Count(e.Stdout, "\n--- SKIP")))
	if passed == 0 {
		return errors.New("no test ran: " + lastLines(e.Stdout))
	}
	p.say("%s:\n%s", t.Package, lastLines(e.Stdout))
	if p.session.options.Record == "" {
		return nil
	}
	for _, file := range t.Out {
		to := filepath.Join(p.session.options.Record, filepath.FromSlash(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), copyFile(to, filepath.Join(dir, filepath.FromSlash(file)))); err != nil {
			return err
		}
	}
	return nil
}

// copyTree copies a folder where there is one.
func copyTree(to, from string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}

// failures are those parts of verbose tests' output that tell of a failure.
func failures(output string) string {
	var failed []string
	for part := range strings.SplitSeq(output, "=== RUN ") {
		if strings.Contains(part, "--- FAIL") || strings.Contains(part, "panic:") {
			failed = append(failed, part)
		}
	}
	return strings.Join(failed, "")
}
