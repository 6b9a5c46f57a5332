//go:build !linux

package link

import (
	"context"
	"fmt"
	"runtime"

	"picket/shared/wlan"
)

var errNotHere = fmt.Errorf("rtnetlink does not exist on %s", runtime.GOOS)

// Client reads and changes the links of one network namespace, on Linux.
type Client struct{}

// Dial fails: there is no rtnetlink here.
func Dial() (*Client, error) { return nil, errNotHere }

// Close ends the client.
func (*Client) Close() error { return nil }

// Links fails.
func (*Client) Links() ([]Link, error) { return nil, errNotHere }

// Link fails.
func (*Client) Link(uint32) (Link, error) { return Link{}, errNotHere }

// ByName fails.
func (*Client) ByName(string) (Link, error) { return Link{}, errNotHere }

// SetUp fails.
func (*Client) SetUp(uint32) error { return errNotHere }

// SetDown fails.
func (*Client) SetDown(uint32) error { return errNotHere }

// SetName fails.
func (*Client) SetName(uint32, string) error { return errNotHere }

// SetMAC fails.
func (*Client) SetMAC(uint32, wlan.MAC) error { return errNotHere }

// Addresses fails.
func (*Client) Addresses() ([]Address, error) { return nil, errNotHere }

// Routes fails.
func (*Client) Routes() ([]Route, error) { return nil, errNotHere }

// Watcher tells of changes of the links of one network namespace, on Linux.
type Watcher struct{}

// NewWatcher fails.
func NewWatcher() (*Watcher, error) { return nil, errNotHere }

// Close ends the watcher.
func (*Watcher) Close() error { return nil }

// Run fails.
func (*Watcher) Run(context.Context, func(Event)) error { return errNotHere }
