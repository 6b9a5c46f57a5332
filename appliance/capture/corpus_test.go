package capture_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"picket/appliance/capture"
	"picket/shared/build/corpus"
)

// manifest returns how many packets tshark counts in each file of the corpus.
func manifest(t testing.TB, dir string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		column := strings.Split(line, "\t")
		if n, err := strconv.Atoi(column[5]); err == nil {
			counts[column[0]] = n
		}
	}
	return counts
}

// drain counts the packets of a file, and returns the error that ended it.
func drain(t testing.TB, path string) (packets int, types map[capture.LinkType]int, err error) {
	t.Helper()
	f, err := capture.OpenFile(path)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	types = map[capture.LinkType]int{}
	var p capture.Packet
	for {
		if err := f.Next(&p); err != nil {
			if errors.Is(err, io.EOF) {
				return packets, types, nil
			}
			return packets, types, err
		}
		if len(p.Data) > p.Length || len(p.Data) > capture.MaxPacket {
			t.Fatalf("%s: packet of %d octets, %d on the wire", path, len(p.Data), p.Length)
		}
		packets++
		types[p.LinkType]++
	}
}

func TestFileGivesThePacketsThatTsharkCounts(t *testing.T) {
	dir := corpus.Dir(t)
	// tshark lists custom blocks as records; they are no packets.
	customBlocks := map[string]int{
		"malformed/gopacket__le__test017.pcapng": 4, "malformed/gopacket__le__test018.pcapng": 4,
		"malformed/gopacket__le__test202.pcapng": 3, "malformed/gopacket__be__test202.pcapng": 3,
	}
	checked := 0
	for name, want := range manifest(t, dir) {
		got, types, err := drain(t, filepath.Join(dir, name))
		checked++
		want -= customBlocks[name]
		if got != want {
			t.Errorf("%s: %d packets, tshark counts %d (%v)", name, got, want, err)
		}
		if err != nil {
			t.Logf("%s: ended by %v", name, err)
		}
		for linkType := range types {
			if strings.HasPrefix(linkType.String(), "link type") {
				t.Errorf("%s: no word for %v", name, linkType)
			}
		}
	}
	t.Logf("%d files", checked)
}

func TestMalformedFilesAreHarmless(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "malformed")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, _, _ = drain(t, path)
			files++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	each := (after.TotalAlloc - before.TotalAlloc) / uint64(max(files, 1))
	if each > 4<<20 {
		t.Errorf("%d octets allocated a file", each)
	}
	t.Logf("%d files, %d octets allocated a file", files, each)
}
