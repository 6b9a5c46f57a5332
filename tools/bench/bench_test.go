package main

import (
	"strings"
	"testing"
	"time"
)

func TestLineIsOfBenchstatsFormat(t *testing.T) {
	got := line(capture{name: "dot11", packets: 1_500_000}, "picket", 300*time.Millisecond, 450*time.Millisecond, 21.5)
	fields := strings.Split(got, "\t")
	if !strings.HasPrefix(fields[0], "BenchmarkCapture/dot11/picket-") {
		t.Errorf("name: %s", fields[0])
	}
	want := []string{"1500000", "200.0 ns/op", "300.0 cpu-ns/op", "3333333 packets/cpu-s", "21.5 peak-MB"}
	for i, w := range want {
		if fields[i+1] != w {
			t.Errorf("field %d: %s, want %s", i+1, fields[i+1], w)
		}
	}
}
