package lab

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"picket/tools/lab/image"
)

// pcap returns a capture file with a frame of that many octets at each time, in µs.
func pcap(times ...int64) []byte {
	var b bytes.Buffer
	le := binary.LittleEndian
	b.Write(le.AppendUint32(nil, 0xa1b2c3d4))
	b.Write(make([]byte, 20))
	for n, at := range times {
		for _, v := range []uint32{uint32(at / 1e6), uint32(at % 1e6), uint32(n), uint32(n)} {
			b.Write(le.AppendUint32(nil, v))
		}
		b.Write(make([]byte, n))
	}
	return b.Bytes()
}

func TestShapeOfACaptureIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(path, pcap(1_500_000, 2_000_000, 4_750_000), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := readShape(path)
	if err != nil || s.frames != 3 || s.first != 1.5 || s.last != 4.75 || s.bytes != 24+3*16+3 {
		t.Errorf("%+v: %v", s, err)
	}
	for _, b := range [][]byte{nil, make([]byte, 24), pcap(1, 2, 3)[:70]} {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := readShape(path); err == nil {
			t.Errorf("%d octets are a capture of %d frames", len(b), s.frames)
		}
	}
}

func TestALabelTakesThePlaceOfItsPredecessor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels.tsv")
	for _, line := range [][]string{{"a", "old"}, {"b", "other"}, {"a", "new"}} {
		if err := putLabel(path, line); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	want := strings.Join(labelColumns(), "\t") + "\nb\tother\na\tnew\n"
	if err != nil || string(got) != want {
		t.Errorf("%q, want %q: %v", got, want, err)
	}
}

func TestALabelHasNoTabs(t *testing.T) {
	got := clean([]string{"a\tb\nc", "", "  d "})
	if strings.Join(got, "|") != "a b c|-|d" {
		t.Errorf("%q", got)
	}
}

func TestVersionsComeFromTheLock(t *testing.T) {
	lock := image.Lock{{Name: "hostapd", Version: "2:2.10-24"}}
	if got := versions(lock, []string{"hostapd", "ours"}); got != "hostapd 2:2.10-24 + ours" {
		t.Errorf("%q", got)
	}
}
