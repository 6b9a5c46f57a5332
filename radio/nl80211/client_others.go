//go:build !linux

package nl80211

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/mdlayher/netlink"
)

// A Client asks the kernel about wiphys; only Linux has them.
type Client struct{}

// A Subscription delivers events; only Linux has them.
type Subscription struct{}

// errUnimplemented is os.ErrNotExist, as a kernel without nl80211 is.
func errUnimplemented() error {
	return fmt.Errorf("nl80211 on %s: %w", runtime.GOOS, os.ErrNotExist)
}

// Dial says that there is no nl80211.
func Dial() (*Client, error) { return nil, errUnimplemented() }

// New says that there is no nl80211.
func New(func() (*netlink.Conn, error)) (*Client, error) { return nil, errUnimplemented() }

// Close does nothing.
func (c *Client) Close() error { return nil }

// Observe does nothing.
func (c *Client) Observe(func(Exchange)) {}

// Wiphys says that there is no nl80211.
func (c *Client) Wiphys() ([]Wiphy, error) { return nil, errUnimplemented() }

// Wiphy says that there is no nl80211.
func (c *Client) Wiphy(uint32) (Wiphy, error) { return Wiphy{}, errUnimplemented() }

// Interfaces says that there is no nl80211.
func (c *Client) Interfaces() ([]Interface, error) { return nil, errUnimplemented() }

// Interface says that there is no nl80211.
func (c *Client) Interface(uint32) (Interface, error) { return Interface{}, errUnimplemented() }

// CreateInterface says that there is no nl80211.
func (c *Client) CreateInterface(uint32, string, InterfaceType, MonitorFlags) (Interface, error) {
	return Interface{}, errUnimplemented()
}

// CreateOwnedInterface says that there is no nl80211.
func (c *Client) CreateOwnedInterface(uint32, string, InterfaceType, MonitorFlags) (Interface, error) {
	return Interface{}, errUnimplemented()
}

// DeleteInterface says that there is no nl80211.
func (c *Client) DeleteInterface(uint32) error { return errUnimplemented() }

// SetInterfaceType says that there is no nl80211.
func (c *Client) SetInterfaceType(uint32, InterfaceType, MonitorFlags) error {
	return errUnimplemented()
}

// Tune says that there is no nl80211.
func (c *Client) Tune(uint32, ChannelDefinition) error { return errUnimplemented() }

// Regulatory says that there is no nl80211.
func (c *Client) Regulatory() (Regulatory, error) { return Regulatory{}, errUnimplemented() }

// SetRegulatory says that there is no nl80211.
func (c *Client) SetRegulatory(string) error { return errUnimplemented() }

// Subscribe says that there is no nl80211.
func (c *Client) Subscribe() (*Subscription, error) { return nil, errUnimplemented() }

// Close does nothing.
func (s *Subscription) Close() error { return nil }

// Next says that there is no nl80211.
func (s *Subscription) Next() (Event, error) { return Event{}, errUnimplemented() }

// Run says that there is no nl80211.
func (s *Subscription) Run(context.Context, func(Event)) error { return errUnimplemented() }
