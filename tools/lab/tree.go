package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"picket/tools/lab/image"
)

// A Tree is the project's source: what is tested is built from it.
type Tree struct{ Dir string }

// FindTree returns the tree that holds the folder dir.
func FindTree(dir string) (Tree, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return Tree{}, err
	}
	for at := start; ; at = filepath.Dir(at) {
		b, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && bytes.HasPrefix(b, []byte("module picket\n")) {
			return Tree{at}, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Tree{}, err
		}
		if at == filepath.Dir(at) {
			return Tree{}, fmt.Errorf("the laboratory builds what it tests from source: %s is not in Picket's repository", start)
		}
	}
}

// LockFile is the path of the lock.
func (t Tree) LockFile() string { return filepath.Join(t.Dir, "tools/lab/lab.lock") }

// Lock reads the lock.
func (t Tree) Lock() (image.Lock, error) {
	f, err := os.Open(t.LockFile())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lock, err := image.ParseLock(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.LockFile(), err)
	}
	return lock, nil
}

// build builds programs or, with test, one package's tests, into a folder. Those
// that are up to date take a moment.
func (t Tree) build(ctx context.Context, forGuest bool, out string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{args[0], "-trimpath", "-o", out}, args[1:]...)...)
	cmd.Dir = t.Dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if forGuest {
		cmd.Env = append(cmd.Env, "GOOS=linux", "GOARCH="+image.Architecture)
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w: %s", strings.Join(cmd.Args[1:], " "), err, bytes.TrimSpace(said))
	}
	return nil
}

// programs are where build has put them.
func (t Tree) programs(where string) string { return filepath.Join(t.Dir, ".tools/lab", where) }

// buildPrograms builds the guest's programs into programs("guest") and the host's
// into programs("host").
func (t Tree) buildPrograms(ctx context.Context) error {
	for _, where := range []string{"guest", "host"} {
		if err := os.MkdirAll(t.programs(where), 0o755); err != nil {
			return err
		}
	}
	return errors.Join(
		t.build(ctx, true, t.programs("guest")+"/", "build", "./tools/lab/init", "./tools/lab/agent", "./appliance/cmd/tapd"),
		t.build(ctx, false, t.programs("host")+"/", "build", "./tools/lab/forward", "./server/cmd/noded", "./server/cmd/nodectl"),
	)
}
