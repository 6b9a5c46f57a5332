package capture

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// FuzzRecords reads whatever it is given as a file. Every packet must lie within
// bounds, and reading must come to an end.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		"d4c3b2a1020004000000000000000000000004007f000000" + "01000000020000000300000003000000616263",
		"a1b23c4d0002000400000000000000000000000400000001" + "00000001000000020000000200000005" + "6162",
		"0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000" + // section
			"0100000024000000010000000000000009000100090000000e00000000000000" + "24000000" + // interface, with options
			"060000002400000000000000000000000500000003000000030000006162630024000000" + // enhanced
			"030000001400000002000000646500001400000002000000200000000000000000000000000000000000000000000000" + "20000000",
		"0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c" + "0000000100000014007f0000000000600000001400000003",
	} {
		b, err := hex.DecodeString(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := openRecords(bytes.NewReader(b))
		if err != nil {
			return
		}
		var p Packet
		for n := 0; ; n++ {
			if err := r.next(&p); err != nil {
				return
			}
			if len(p.Data) > p.Length || len(p.Data) > MaxPacket {
				t.Fatalf("%d octets of %d", len(p.Data), p.Length)
			}
			if n > len(b)*1100/12 { // deflate makes at most 1,032 octets of one
				t.Fatalf("%d packets in %d octets", n, len(b))
			}
		}
	})
}
