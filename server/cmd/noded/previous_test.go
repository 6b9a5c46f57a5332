package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// previousCommit is the release before: what testdata/previous.tar.zst holds of it.
const previousCommit = "4d33763040602252011453a26f58c80631a5ee44"

// previousPrograms builds noded, nodectl, tapd and the reporter of the release before,
// from the sources that testdata/previous.tar.zst holds. Where the history is there the
// sources are compared with it.
func previousPrograms(t *testing.T) string {
	t.Helper()
	tree := t.TempDir()
	files := unpackPrevious(t, tree)
	comparePrevious(t, files)
	copyFile(t, filepath.Join("testdata", "reporter", "main.go"), filepath.Join(tree, "reporter", "main.go"))
	// 418 kB that are not kept twice: any release's register of vendors will do.
	copyFile(t, filepath.Join("..", "..", "oui", "registry.bin"), filepath.Join(tree, "server", "oui", "registry.bin"))
	bin := t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-mod=mod", "-o", bin+"/", "-ldflags", "-X main.version=0.1.0",
		"./server/cmd/noded", "./server/cmd/nodectl", "./appliance/cmd/tapd", "./reporter")
	build.Dir = tree
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the release before: %v\n%s", err, out)
	}
	return bin
}

// unpackPrevious returns the git blob id of each file.
func unpackPrevious(t *testing.T, tree string) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "previous.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(tree, filepath.FromSlash(h.Name)), b)
		sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(b)), b...)) // git hash-object
		files[h.Name] = hex.EncodeToString(sum[:])
	}
}

// comparePrevious fails where a file is not as the release has it.
func comparePrevious(t *testing.T, files map[string]string) {
	t.Helper()
	if out, err := exec.Command("git", "rev-parse", "--verify", "-q", previousCommit+"^{commit}").CombinedOutput(); err != nil {
		t.Logf("this clone has no commit %.7s (%v %s): the %d files of testdata/previous.tar.zst are taken as they are", previousCommit, err, bytes.TrimSpace(out), len(files))
		return
	}
	out, err := exec.Command("git", "ls-tree", "-r", "--full-tree", previousCommit).Output()
	if err != nil {
		t.Fatal(err)
	}
	blobs := map[string]string{}
	for line := range strings.Lines(string(out)) {
		about, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		blobs[name] = strings.Fields(about)[2]
	}
	for name, blob := range files {
		if blobs[name] != blob {
			t.Errorf("testdata/previous.tar.zst: %s is not that of commit %.7s", name, previousCommit)
		}
	}
	t.Logf("the %d files of testdata/previous.tar.zst are those of commit %.7s", len(files), previousCommit)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, to, b)
}

func writeFile(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
