package capture_test

import (
	"os"
	"path/filepath"
	"testing"

	"picket/appliance/capture"
)

// benchFile is a large capture: that of PICKET_BENCH_CAPTURE, or one made here
// of 200,000 packets of 100 to 1,400 octets.
func benchFile(b *testing.B) string {
	b.Helper()
	if path := os.Getenv("PICKET_BENCH_CAPTURE"); path != "" {
		return path
	}
	file := classicFile(1)
	payload := make([]byte, 1400)
	for i := range 200_000 {
		file = file.packet(uint32(i), 0, payload[:100+i%1300])
	}
	path := filepath.Join(b.TempDir(), "bench.pcap")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func BenchmarkFile(b *testing.B) {
	path := benchFile(b)
	b.ReportAllocs()
	packets := 0
	var p capture.Packet
	for b.Loop() {
		f, err := capture.OpenFile(path)
		if err != nil {
			b.Fatal(err)
		}
		for f.Next(&p) == nil {
			packets++
		}
		f.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}
