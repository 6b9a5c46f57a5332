package ingest

import (
	"strconv"

	"picket/server/store"
)

// WantHeader names the definitions that the node lacks: "e12,e13,f4", elements
// and fingerprints of the boot.
const WantHeader = "Picket-Want-Definitions"

// maxWant bounds the header; the rest is asked for next time.
const maxWant = 1000

func wants(o store.Outcome) string {
	var b []byte
	for _, part := range []struct {
		kind    byte
		indexes []uint32
	}{{'f', o.WantFingerprints}, {'e', o.WantElements}} {
		for _, i := range part.indexes {
			if len(b) > maxWant-12 {
				return string(b)
			}
			if len(b) > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendUint(append(b, part.kind), uint64(i), 10)
		}
	}
	return string(b)
}
