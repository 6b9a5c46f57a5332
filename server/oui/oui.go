package oui

import (
	"bytes"
	_ "embed" // for registry
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"picket/shared/wlan"
)

//go:embed registry.bin
var registry []byte

// lengths of blocks in bits, longest first.
var lengths = [3]uint{36, 28, 24}

// Registry is the IEEE's list of assigned blocks. It is immutable, and its
// methods may be called concurrently.
type Registry struct {
	prefixes [3][]uint64 // of the lengths in lengths, ascending
	holders  [3][]uint32 // index of names, of the prefix at the same place
	names    []string
}

var errDamaged = errors.New("registry of address blocks is damaged")

// Load returns the embedded registry: about 3 MB of memory and 10 ms.
func Load() (*Registry, error) { return parse(registry) }

// maxDecoded bounds what a damaged registry can make Load allocate, in octets.
const maxDecoded = 16 << 20

func parse(packed []byte) (*Registry, error) {
	z, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDecoded))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	defer z.Close()
	b, err := io.ReadAll(io.LimitReader(z, maxDecoded))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	var r Registry
	for i, bits := range lengths {
		if b, err = r.parseBlocks(b, i, bits); err != nil {
			return nil, err
		}
	}
	for line := range bytes.Lines(b) {
		r.names = append(r.names, string(bytes.TrimSuffix(line, []byte("\n"))))
	}
	for _, holders := range r.holders {
		if len(holders) > 0 && int(slices.Max(holders)) >= len(r.names) {
			return nil, errDamaged
		}
	}
	return &r, nil
}

func (r *Registry) parseBlocks(b []byte, i int, bits uint) ([]byte, error) {
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	count := next()
	if count > uint64(len(b)) {
		return nil, errDamaged
	}
	r.prefixes[i] = make([]uint64, 0, count)
	r.holders[i] = make([]uint32, 0, count)
	prefix := uint64(0)
	for range count {
		prefix += next()
		holder := next()
		if b == nil || prefix >= 1<<bits || holder > maxDecoded {
			return nil, errDamaged
		}
		r.prefixes[i] = append(r.prefixes[i], prefix)
		r.holders[i] = append(r.holders[i], uint32(holder))
	}
	return b, nil
}

// Vendor returns who holds the block of m, and "" where nobody does: unassigned,
// locally administered or group addresses.
func (r *Registry) Vendor(m wlan.MAC) string {
	if m.LocallyAdministered() || m.Group() {
		return ""
	}
	address := binary.BigEndian.Uint64([]byte{0, 0, m[0], m[1], m[2], m[3], m[4], m[5]})
	for i, bits := range lengths {
		at, found := slices.BinarySearch(r.prefixes[i], address>>(48-bits))
		if found {
			return r.names[r.holders[i][at]]
		}
	}
	return ""
}

// Len returns the number of blocks.
func (r *Registry) Len() int {
	return len(r.prefixes[0]) + len(r.prefixes[1]) + len(r.prefixes[2])
}
