package rollup

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Rows returns the keys and rows of a family, in the order of the keys: the same
// for the same windows in any order.
func (b *Builder) Rows(id ID) ([]Key, []*Row) {
	keys := make([]Key, 0, len(b.tables[id]))
	for k := range b.tables[id] {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	rows := make([]*Row, len(keys))
	for i, k := range keys {
		rows[i] = b.tables[id][k]
	}
	return keys, rows
}

func compare(a, b Key) int {
	return cmp.Or(
		bytes.Compare(a.A[:], b.A[:]), bytes.Compare(a.B[:], b.B[:]), bytes.Compare(a.C[:], b.C[:]),
		strings.Compare(a.Text, b.Text), cmp.Compare(a.MHz, b.MHz), cmp.Compare(a.Reason, b.Reason),
		truth(a.Disassociation)-truth(b.Disassociation), truth(a.Protected)-truth(b.Protected))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Each calls do with the rows of a family, in no order.
func (b *Builder) Each(id ID, do func(Key, *Row)) {
	for k, r := range b.tables[id] {
		do(k, r)
	}
}

// Address returns one of the key's addresses: A, B or C.
func (k *Key) Address(p Part) *[6]byte {
	switch p {
	case B:
		return &k.B
	case C:
		return &k.C
	default:
		return &k.A
	}
}
