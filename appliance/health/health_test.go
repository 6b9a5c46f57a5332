package health

import (
	"runtime"
	"slices"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"picket/shared/wire/wirepb"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestFill(t *testing.T) {
	root := fstest.MapFS{
		"proc/stat":                            file("cpu  1 2 3 4\ncpu0 100 0 0 900 0 0 0 0 0 0\ncpu1 0 0 0 500 500 0 0 0 0 0\nintr 12 0\n"),
		"proc/self/stat":                       file("7 (tap) d) S 1 7 7 0 -1 4194560 1 0 0 0 40 10 0 0 20 0"),
		"proc/self/statm":                      file("30000 100 50 1 0 1 0\n"),
		"proc/meminfo":                         file("MemTotal:        1000 kB\nMemFree:  1 kB\nMemAvailable:    600 kB\n"),
		"sys/class/thermal/thermal_zone0/temp": file("41000\n"),
		"sys/class/hwmon/hwmon1/temp1_input":   file("52500\n"),
		"sys/class/hwmon/hwmon1/temp2_input":   file("-273000\n"), // not connected
		"sys/class/hwmon/hwmon2/temp1_input":   file("255000\n"),
	}
	synctest.Test(t, func(t *testing.T) {
		r := newReader(root)
		time.Sleep(10 * time.Second)
		root["proc/stat"] = file("cpu0 200 50 50 1700 0 0 0 0 0 0\ncpu1 100 100 100 500 1000 100 100 0 0 0\n")
		root["proc/self/stat"] = file("7 (tap) d) S 1 7 7 0 -1 4194560 1 0 0 0 140 60 0 0 20 0")
		var h wirepb.Health
		r.Fill(&h)
		if !slices.Equal(h.CpuPermille, []uint32{200, 500}) {
			t.Errorf("cores %v", h.CpuPermille)
		}
		if h.UptimeS != 10 || h.ProcessCpuPermille != 150 || h.ProcessMemoryBytes == 0 || h.MemoryTotalBytes != 1000<<10 || h.MemoryAvailableBytes != 600<<10 {
			t.Errorf("health %+v", &h)
		}
		if h.TemperatureMc == nil || *h.TemperatureMc != 52_500 {
			t.Errorf("temperature %v", h.TemperatureMc)
		}
		root["proc/stat"] = file("cpu0 1 1 1 1 1 1 1 1\ncpu1 100 100 100 500 1000 100 100 0\n") // came back, and idle
		r.Fill(&h)
		if !slices.Equal(h.CpuPermille, []uint32{0, 0}) {
			t.Errorf("cores %v", h.CpuPermille)
		}
	})
}

func TestASystemThatTellsNothing(t *testing.T) {
	var h wirepb.Health
	newReader(fstest.MapFS{"proc/stat": file("cpu0 x\ncpu1"), "proc/self/stat": file("7 (tap"), "proc/meminfo": file("MemTotal:")}).Fill(&h)
	if h.TemperatureMc != nil || h.MemoryTotalBytes != 0 || h.ProcessCpuPermille != 0 {
		t.Errorf("health %+v", &h)
	}
}

func TestThisMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc")
	}
	var h wirepb.Health
	NewReader().Fill(&h)
	if len(h.CpuPermille) == 0 || h.ProcessMemoryBytes < 1<<20 || h.MemoryTotalBytes < h.MemoryAvailableBytes || h.MemoryAvailableBytes == 0 {
		t.Errorf("health %+v", &h)
	}
	for _, share := range h.CpuPermille {
		if share > 1000 {
			t.Errorf("cores %v", h.CpuPermille)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	r := NewReader()
	b.ReportAllocs()
	for b.Loop() {
		var h wirepb.Health
		r.Fill(&h)
	}
}
