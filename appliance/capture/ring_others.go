//go:build !linux

package capture

import (
	"fmt"
	"runtime"
)

// Ring is a live capture. There is none on this system.
type Ring struct{}

// OpenInterface always returns an error: live capture needs Linux.
func OpenInterface(name string, _ LiveOptions) (*Ring, error) {
	return nil, fmt.Errorf("capture %s: live capture needs Linux, not %s", name, runtime.GOOS)
}

// Next is never called.
func (*Ring) Next(*Packet) error { return ErrIdle }

// Stats is never called.
func (*Ring) Stats() (Stats, error) { return Stats{}, nil }

// Name is never called.
func (*Ring) Name() string { return "" }

// LinkType is never called.
func (*Ring) LinkType() LinkType { return 0 }

// Close is never called.
func (*Ring) Close() error { return nil }
