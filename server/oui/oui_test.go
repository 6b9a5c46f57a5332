package oui

import (
	"testing"

	"picket/shared/wlan"
)

func TestVendor(t *testing.T) {
	r, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Len(); got < 50_000 {
		t.Errorf("%d blocks, want the whole registry", got)
	}
	tests := []struct{ name, mac, want string }{
		{"the first block of the registry", "00:00:00:12:34:56", "XEROX CORPORATION"},
		{"24 bits", "00:00:5e:00:53:01", "ICANN, IANA Department"},
		{"locally administered addresses have no holder", "02:00:5e:00:53:01", ""},
		{"group addresses have no holder", "01:00:5e:00:00:01", ""},
		{"broadcast has no holder", "ff:ff:ff:ff:ff:ff", ""},
	}
	for _, tt := range tests {
		m, err := wlan.ParseMAC(tt.mac)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Vendor(m); got != tt.want {
			t.Errorf("%s: Vendor(%s) = %q, want %q", tt.name, tt.mac, got, tt.want)
		}
	}
}

// TestLongestBlockWins: the holder of a 28 or 36 bit block sits inside a 24 bit
// block that the IEEE itself holds.
func TestLongestBlockWins(t *testing.T) {
	r, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, bits := range lengths[:2] {
		if len(r.prefixes[i]) < 1000 {
			t.Fatalf("%d blocks of %d bits, want thousands", len(r.prefixes[i]), bits)
		}
		for at := 0; at < len(r.prefixes[i]); at += 97 {
			address := r.prefixes[i][at]<<(48-bits) | 1
			var m wlan.MAC
			for o := range m {
				m[o] = byte(address >> (40 - 8*o))
			}
			if got, want := r.Vendor(m), r.names[r.holders[i][at]]; got != want {
				t.Errorf("Vendor(%s) = %q, want %q", m, got, want)
			}
		}
	}
}

func TestDamagedRegistryIsAnError(t *testing.T) {
	for _, b := range [][]byte{nil, {1, 2, 3}, registry[:len(registry)/2]} {
		if r, err := parse(b); err == nil && r.Len() > 0 {
			t.Errorf("parse of %d octets: no error", len(b))
		}
	}
}

func BenchmarkVendor(b *testing.B) {
	r, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	m := wlan.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}
	for b.Loop() {
		r.Vendor(m)
	}
}
