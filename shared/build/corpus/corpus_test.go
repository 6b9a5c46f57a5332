package corpus_test

import (
	"os"
	"path/filepath"
	"testing"

	"picket/shared/build/corpus"
)

// capture is a pcap file of one Ethernet record of three octets.
var capture = []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00abc")

// made returns a corpus of one capture.
func made(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string][]byte{"MANIFEST.tsv": nil, "ethernet/a.pcap": capture, "ethernet/b.txt": []byte("no capture")} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDirIsWhatTheEnvironmentNames(t *testing.T) {
	want := made(t)
	t.Setenv("PICKET_CORPUS", want)
	if got := corpus.Dir(t); got != want {
		t.Errorf("Dir is %s, want %s", got, want)
	}
}

func TestAbsentCorpusIsASkip(t *testing.T) {
	t.Setenv("PICKET_CORPUS", t.TempDir())
	t.Setenv("PICKET_REQUIRE_REAL", "1") // says nothing about the corpus
	skipped := false
	t.Run("inside", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		corpus.Dir(t)
	})
	if !skipped {
		t.Error("a test without corpus was not skipped")
	}
}

func TestFramesOfTheCorpusAreSeeds(t *testing.T) {
	t.Setenv("PICKET_CORPUS", made(t))
	count := func() (n int) {
		corpus.Frames(t, "ethernet", 5, func(linkType int, frame []byte) {
			if linkType != 1 || string(frame) != "abc" {
				t.Errorf("a frame of link type %d: %q", linkType, frame)
			}
			n++
		})
		return n
	}
	t.Setenv("PICKET_FUZZ_SEEDS", "")
	if n := count(); n != 0 {
		t.Errorf("%d seeds outside of a campaign", n)
	}
	t.Setenv("PICKET_FUZZ_SEEDS", "corpus")
	if n := count(); n != 1 {
		t.Errorf("%d seeds in a campaign, want 1", n)
	}
}
