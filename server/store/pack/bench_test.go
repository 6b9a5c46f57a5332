package pack_test

import (
	"syscall"
	"testing"
	"time"

	"picket/server/store/pack"
	"picket/shared/wire/wiretest"
)

func BenchmarkEncode(b *testing.B) {
	var packer pack.Packer
	r := office(b, wiretest.Office{BSSs: 60, Stations: 90, Seed: 1, StartUS: 1e15})
	var buf []byte
	b.ReportAllocs()
	before := ownCPU()
	for b.Loop() {
		buf = packer.Encode(buf[:0], pack.Air, r)
	}
	b.ReportMetric(float64((ownCPU()-before).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(len(buf)), "octets")
}

func BenchmarkDecode(b *testing.B) {
	var packer pack.Packer
	r := office(b, wiretest.Office{BSSs: 60, Stations: 90, Seed: 1, StartUS: 1e15})
	buf := packer.Encode(nil, pack.Air, r)
	b.ReportAllocs()
	before := ownCPU()
	for b.Loop() {
		if _, err := packer.Decode(pack.Air, pack.Format, buf, r.Header); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((ownCPU()-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// ownCPU is the processor time that this process used: unlike the time that passes
// it does not depend on who else uses the machine.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
