//go:build !linux

package hwsim

import (
	"errors"

	"picket/shared/wlan"
)

// errNotHere is what everything here answers: hwsim is Linux's.
var errNotHere = errors.New("mac80211_hwsim: not on this system")

// Client makes nothing here.
type Client struct{}

// Dial fails.
func Dial() (*Client, error) { return nil, errNotHere }

// Close does nothing.
func (*Client) Close() error { return nil }

// Add fails.
func (*Client) Add(Radio) error { return errNotHere }

// Remove fails.
func (*Client) Remove(string) error { return errNotHere }

// ErrIdle is what Next never returns here.
var ErrIdle = errors.New("nothing sent for 100 ms")

// Port carries nothing here.
type Port struct{}

// Open fails.
func Open() (*Port, error) { return nil, errNotHere }

// Close does nothing.
func (*Port) Close() error { return nil }

// Overruns is 0.
func (*Port) Overruns() uint64 { return 0 }

// Pending is false.
func (*Port) Pending() bool { return false }

// Next fails.
func (*Port) Next(*Frame) (Kind, error) { return Other, errNotHere }

// Deliver fails.
func (*Port) Deliver(wlan.MAC, *Frame, wlan.DBm) error { return errNotHere }

// Report fails.
func (*Port) Report(*Frame, bool, wlan.DBm) error { return errNotHere }

// Flush fails.
func (*Port) Flush() error { return errNotHere }
