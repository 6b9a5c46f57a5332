package store

import (
	"crypto/sha256"
	"encoding/binary"

	"picket/shared/wire/wirepb"
)

// Hash identifies an element or a fingerprint by content: the first 16 octets of
// a SHA-256.
type Hash [16]byte

// ElementHash covers all that an element says, its index aside.
func ElementHash(e *wirepb.Element) Hash {
	b := make([]byte, 0, 96)
	b = append(b, byte(e.GetId()), byte(e.GetIdExtension()), octet(e.GetIsVolatile()))
	b = binary.BigEndian.AppendUint32(b, e.GetVendorType())
	b = binary.BigEndian.AppendUint32(b, e.GetLength())
	b = binary.BigEndian.AppendUint64(b, e.GetContentHash())
	b = append(b, e.GetContent()...)
	return short(b)
}

// FingerprintHash covers the kind and the elements in their order. The
// capability information field is left out: it is kept beside the fingerprint,
// and some of its bits change by design.
func FingerprintHash(kind wirepb.Fingerprint_Kind, elements []Hash) Hash {
	b := make([]byte, 0, 1+16*len(elements))
	b = append(b, byte(kind))
	for _, e := range elements {
		b = append(b, e[:]...)
	}
	return short(b)
}

func short(b []byte) Hash {
	sum := sha256.Sum256(b)
	return Hash(sum[:16])
}
