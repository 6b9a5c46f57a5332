package capture_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"picket/appliance/capture"
	"picket/shared/build/corpus"
)

type zeroCopyReader interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// openPcapgo opens a file with gopacket's reader: the second opinion.
func openPcapgo(path string) (zeroCopyReader, *os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	buf := bufio.NewReaderSize(f, 1<<20)
	if head, _ := buf.Peek(4); bytes.Equal(head, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(buf, pcapgo.NgReaderOptions{WantMixedLinkType: true})
		return r, f, err
	}
	r, err := pcapgo.NewReader(buf)
	return r, f, err
}

// compareWithPcapgo reports whether pcapgo reads the file to the same end. As
// far as it reads, both must agree on every packet.
func compareWithPcapgo(t *testing.T, path string) (same bool) {
	t.Helper()
	second, file, err := openPcapgo(path)
	if file != nil {
		defer file.Close()
	}
	if err != nil {
		return false
	}
	own, err := capture.OpenFile(path)
	if err != nil {
		t.Errorf("%s: pcapgo opens it, we do not: %v", path, err)
		return false
	}
	defer own.Close()
	var p capture.Packet
	for n := 1; ; n++ {
		data, info, secondErr := readPcapgo(second)
		err := own.Next(&p)
		if secondErr != nil {
			return err != nil
		}
		if err != nil {
			t.Errorf("%s: pcapgo reads packet %d, we do not: %v", path, n, err)
			return false
		}
		if !bytes.Equal(data, p.Data) || info.Length != p.Length {
			t.Fatalf("%s: packet %d: %d of %d octets, pcapgo has %d of %d", path, n, len(p.Data), p.Length, len(data), info.Length)
		}
		if want := info.Timestamp.UnixNano(); p.Time != want && !info.Timestamp.IsZero() {
			t.Errorf("%s: packet %d: time %d, pcapgo has %d", path, n, p.Time, want)
			return false
		}
		if len(info.AncillaryData) == 1 {
			if want := uint8(info.AncillaryData[0].(layers.LinkType)); uint8(p.LinkType) != want {
				t.Errorf("%s: packet %d: link type %d, pcapgo has %d", path, n, p.LinkType, want)
			}
		}
	}
}

// readPcapgo turns the panics that hostile files cause in pcapgo into errors.
func readPcapgo(r zeroCopyReader) (data []byte, info gopacket.CaptureInfo, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return r.ZeroCopyReadPacketData()
}

func TestFileAgreesWithPcapgo(t *testing.T) {
	dir := corpus.Dir(t)
	files, same := 0, 0
	var shorter []string
	for name := range manifest(t, dir) {
		if strings.HasPrefix(name, "malformed/") {
			continue
		}
		files++
		if compareWithPcapgo(t, filepath.Join(dir, name)) {
			same++
		} else {
			shorter = append(shorter, name)
		}
	}
	t.Logf("%d of %d files read to the same end; pcapgo ends early in %v", same, files, shorter)
}

func BenchmarkPcapgo(b *testing.B) {
	path := benchFile(b)
	b.ReportAllocs()
	packets := 0
	for b.Loop() {
		r, f, err := openPcapgo(path)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, _, err := r.ZeroCopyReadPacketData(); err != nil {
				break
			}
			packets++
		}
		f.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}
