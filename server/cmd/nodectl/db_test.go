package main

import (
	"testing"
	"time"
)

func TestKeepTime(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		text string
		want time.Duration // 0: refused
	}{
		{"48h", 48 * time.Hour}, {"30d", 30 * day}, {"5y", 5 * 365 * day}, {"100y", 36_500 * day},
		{"", 0}, {"h", 0}, {"3", 0}, {"3m", 0}, {"-3d", 0}, {"1.5d", 0}, {"101y", 0}, {"99999999999999999999h", 0}, {"1048575y", 0},
	}
	for _, tt := range tests {
		got, err := keepTime(tt.text)
		if got != tt.want || (err != nil) != (tt.want == 0) {
			t.Errorf("keepTime(%q): %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestSizesAreReadable(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 5 << 40: "5.0 TiB", 5 << 50: "5120.0 TiB"} {
		if got := octets(n); got != want {
			t.Errorf("octets(%d): %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "for ever", 48 * time.Hour: "2 d", 50 * time.Hour: "50 h"} {
		if got := kept(d); got != want {
			t.Errorf("kept(%v): %q, want %q", d, got, want)
		}
	}
}
