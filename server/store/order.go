package store

import "bytes"

// compare orders taps as the database orders their keys: uuids by octets.
func (k tapKey) compare(o tapKey) int {
	if c := bytes.Compare(k.tenant[:], o.tenant[:]); c != 0 {
		return c
	}
	return bytes.Compare(k.tap[:], o.tap[:])
}

func (k bootKey) compare(o bootKey) int {
	if c := k.tapKey.compare(o.tapKey); c != 0 {
		return c
	}
	return bytes.Compare(k.boot[:], o.boot[:])
}
