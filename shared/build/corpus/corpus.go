// Package corpus finds the corpus: captures of third parties, with the counts
// that are expected of them. They are no part of the project; tests compare
// with them where they are, and say so where they are not.
package corpus

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/gopacket/pcapgo"
)

// Dir returns the corpus' folder: PICKET_CORPUS, from the module's root when it is
// relative, or ../shared/corpus beside the module. It skips the test when there
// is none, in CI too.
func Dir(t testing.TB) string {
	t.Helper()
	dir := find(t)
	if dir == "" {
		t.Skip("the corpus of captures is not here (PICKET_CORPUS names its folder): nothing compared")
	}
	return dir
}

// Frames calls add with frames of the corpus' folder as seeds for a fuzz target,
// at most perFile of each file; linkType is the LINKTYPE_ value. It does so only
// during a long campaign, PICKET_FUZZ_SEEDS=corpus: seeds that are committed are
// the project's own.
func Frames(f testing.TB, folder string, perFile int, add func(linkType int, frame []byte)) {
	f.Helper()
	for _, b := range Files(f, folder) {
		source, linkType, err := open(b)
		if err != nil {
			continue // a kind of file, or damage, that the library does not read
		}
		for range perFile {
			frame, err := source()
			if err != nil {
				break
			}
			add(linkType, frame)
		}
	}
}

// Files returns the contents of the files of the corpus' folder that are small
// enough for a fuzz target of whole files, under the condition of Frames.
func Files(f testing.TB, folder string) [][]byte {
	f.Helper()
	dir := find(f)
	if dir == "" || os.Getenv("PICKET_FUZZ_SEEDS") != "corpus" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, folder, "*"))
	if err != nil {
		f.Fatal(err)
	}
	var contents [][]byte
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		contents = append(contents, b)
	}
	return contents
}

// open returns a function that reads the next frame of a capture file.
func open(b []byte) (next func() ([]byte, error), linkType int, err error) {
	if r, err := pcapgo.NewReader(bytes.NewReader(b)); err == nil {
		return func() ([]byte, error) { frame, _, err := r.ReadPacketData(); return frame, err }, int(r.LinkType()), nil
	}
	r, err := pcapgo.NewNgReader(bytes.NewReader(b), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		return nil, 0, err
	}
	return func() (frame []byte, err error) {
		defer func() { // the library panics on some damaged files
			if recover() != nil {
				frame, err = nil, io.ErrUnexpectedEOF
			}
		}()
		frame, _, err = r.ReadPacketData()
		return frame, err
	}, int(r.LinkType()), nil
}

// find returns the folder, "" when there is none.
func find(t testing.TB) string {
	t.Helper()
	root := moduleRoot(t)
	dir := os.Getenv("PICKET_CORPUS")
	switch {
	case dir == "":
		dir = filepath.Join(root, "..", "shared", "corpus")
	case !filepath.IsAbs(dir):
		dir = filepath.Join(root, dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
		return ""
	}
	return dir
}

// moduleRoot returns the folder of go.mod, above the one that the test runs in.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
