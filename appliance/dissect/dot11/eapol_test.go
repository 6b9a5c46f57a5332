package dot11_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
)

// key returns an EAPOL-Key frame with a MIC of so many octets.
func key(descriptor byte, info uint16, mic int, data string) string {
	body := fmt.Sprintf("%02x%04x0010", descriptor, info) + strings.Repeat("00", 72) + strings.Repeat("55", mic)
	data = strings.ReplaceAll(data, " ", "")
	body += fmt.Sprintf("%04x", len(data)/2) + data
	return fmt.Sprintf("0203%04x", len(body)/2) + body
}

const (
	m1, m2, m3, m4 = 0x008a, 0x010a, 0x13ca, 0x030a
	pmkid          = "dd14 000fac04 000102030405060708090a0b0c0d0e0f"
	rsnElement     = "3014 0100 000fac04 0100 000fac04 0100 000fac02 0000"
)

var keys = []struct {
	name, hex string
	want      dot11.EAPOL
	err       error
}{
	{name: "message 1", hex: key(2, m1, 16, ""), want: dot11.EAPOL{Type: 3, Message: 1}},
	{name: "message 1 with a PMKID", hex: key(2, m1, 16, pmkid), want: dot11.EAPOL{Type: 3, Message: 1, PMKID: true}},
	{name: "message 1 with a PMKID of nothing", hex: key(2, m1, 16, "dd14 000fac04"+strings.Repeat("00", 16)), want: dot11.EAPOL{Type: 3, Message: 1}},
	{name: "message 1 with another's element", hex: key(2, m1, 16, "dd14 0050f204"+strings.Repeat("11", 16)), want: dot11.EAPOL{Type: 3, Message: 1}},
	{name: "message 1 with key data cut short", hex: key(2, m1, 16, pmkid)[:2*110], want: dot11.EAPOL{Type: 3, Message: 1}, err: dissect.ErrTruncated},
	{name: "message 2", hex: key(2, m2, 16, rsnElement), want: dot11.EAPOL{Type: 3, Message: 2}},
	{name: "message 2 of a rekey that says secure", hex: key(2, m2|0x0200, 16, rsnElement), want: dot11.EAPOL{Type: 3, Message: 2}},
	{name: "message 3", hex: key(2, m3, 16, strings.Repeat("aa", 56)), want: dot11.EAPOL{Type: 3, Message: 3}},
	{name: "message 4", hex: key(2, m4, 16, ""), want: dot11.EAPOL{Type: 3, Message: 4}},
	{name: "message 2 with a MIC of 24 octets", hex: key(2, m2, 24, rsnElement), want: dot11.EAPOL{Type: 3, Message: 2}},
	{name: "message 4 with a MIC of 24 octets", hex: key(2, m4, 24, ""), want: dot11.EAPOL{Type: 3, Message: 4}},
	{name: "message 4 with a MIC of 32 octets", hex: key(2, m4, 32, ""), want: dot11.EAPOL{Type: 3, Message: 4}},
	{name: "message 1 with a MIC of 32 octets", hex: key(2, m1, 32, pmkid), want: dot11.EAPOL{Type: 3, Message: 1, PMKID: true}},
	{name: "message 1 without a MIC", hex: key(2, m1, 0, pmkid), want: dot11.EAPOL{Type: 3, Message: 1, PMKID: true}},
	{name: "WPA1", hex: key(254, 0x0109, 16, "dd16 0050f201 0100 0050f202 0100 0050f202 0100 0050f202"), want: dot11.EAPOL{Type: 3, Message: 2}},
	{name: "a group key", hex: key(2, 0x1382, 16, strings.Repeat("aa", 40)), want: dot11.EAPOL{Type: 3, Group: true}},
	{name: "a station that reports a Michael failure", hex: key(2, 0x0f0a, 16, ""), want: dot11.EAPOL{Type: 3}},
	{name: "RC4", hex: key(1, m1, 16, ""), want: dot11.EAPOL{Type: 3}},
	{name: "behind the frame there is padding", hex: key(2, m4, 16, "") + "0000000000", want: dot11.EAPOL{Type: 3, Message: 4}},
	{name: "Start", hex: "01010000", want: dot11.EAPOL{Type: dot11.EAPOLStart}},
	{name: "a packet cut short", hex: "01000005 01", want: dot11.EAPOL{Type: dot11.EAPOLPacket}, err: dissect.ErrTruncated},
	{name: "a key cut short", hex: "0203005f 02", want: dot11.EAPOL{Type: 3}, err: dissect.ErrTruncated},
	{name: "nothing", hex: "0203", err: dissect.ErrTruncated},
}

func TestEAPOLDecode(t *testing.T) {
	for _, c := range keys {
		t.Run(c.name, func(t *testing.T) {
			var got dot11.EAPOL
			if err := got.Decode(octets(t, c.hex)); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestEAPOLDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range keys {
		b := octets(t, c.hex)
		var e dot11.EAPOL
		seeds.NoAllocation(t, func() { _ = e.Decode(b) })
	}
}

func FuzzEAPOL(f *testing.F) {
	for _, c := range keys {
		f.Add(octets(f, c.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		decode := func(b []byte, e *dot11.EAPOL) error { return e.Decode(b) }
		seeds.Promises(t, b, decode, seeds.Itself)
		var e dot11.EAPOL
		if _ = e.Decode(b); e.Message > 4 || e.Message != 0 && e.Group {
			t.Errorf("%+v", e)
		}
	})
}

func BenchmarkEAPOLDecode(b *testing.B) {
	frame := octets(b, keys[1].hex)
	var e dot11.EAPOL
	b.ReportAllocs()
	for b.Loop() {
		_ = e.Decode(frame)
	}
}
