package hwsim

import (
	"errors"
	"fmt"
	"os"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// A Client makes and removes radios. It is in the network namespace of the thread
// that dialled.
type Client struct {
	conn   *genetlink.Conn
	family genetlink.Family
}

// Dial returns a client. The error is os.ErrNotExist when mac80211_hwsim is not
// loaded.
func Dial() (*Client, error) {
	conn, err := genetlink.Dial(nil)
	if err != nil {
		return nil, fmt.Errorf("dial generic netlink: %w", err)
	}
	_ = conn.SetOption(netlink.ExtendedAcknowledge, true) // says more when something is refused
	found, err := conn.GetFamily(family)
	if err != nil {
		conn.Close()
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%w: is mac80211_hwsim loaded?", err)
		}
		return nil, fmt.Errorf("find hwsim in the kernel: %w", err)
	}
	return &Client{conn, found}, nil
}

// Close closes the socket. Radios stay.
func (c *Client) Close() error { return c.conn.Close() }

// Add makes a radio. It is in the client's namespace, with one managed interface
// unless it was asked to have none.
func (c *Client) Add(r Radio) error {
	ae := netlink.NewAttributeEncoder()
	ae.Bytes(attrRadioName, []byte(r.Name)) // without the NUL that String would end it with: the kernel counts
	ae.Bytes(attrPermanent, r.Address[:])
	ae.Uint32(attrChannels, uint32(max(r.Channels, 1)))
	ae.Flag(attrMLO, r.MLO)
	ae.Flag(attrStrict, r.Strict)
	ae.Flag(attrNoInterface, r.NoInterface)
	if err := c.do(cmdNewRadio, ae); err != nil {
		return fmt.Errorf("add radio %s: %w", r.Name, err)
	}
	return nil
}

// Remove removes a radio that is in the client's namespace, by the name of its
// wiphy. The error is os.ErrNotExist when there is none.
func (c *Client) Remove(name string) error {
	ae := netlink.NewAttributeEncoder()
	ae.Bytes(attrRadioName, []byte(name))
	err := c.do(cmdDelRadio, ae)
	if errors.Is(err, unix.ENODEV) {
		err = os.ErrNotExist
	}
	if err != nil {
		return fmt.Errorf("remove radio %s: %w", name, err)
	}
	return nil
}

// do sends a command and waits for the kernel's acknowledgement. NEW_RADIO returns
// the radio's number, which reaches us as an acknowledgement that is not zero and
// is no failure: netlink's errors are negative numbers.
func (c *Client) do(command uint8, ae *netlink.AttributeEncoder) error {
	b, err := ae.Encode()
	if err != nil {
		return err
	}
	_, err = c.conn.Execute(
		genetlink.Message{Header: genetlink.Header{Command: command, Version: c.family.Version}, Data: b},
		c.family.ID, netlink.Request|netlink.Acknowledge,
	)
	if errno := unix.Errno(0); errors.As(err, &errno) && int32(errno) < 0 {
		return nil // the number of a new radio, which the library turned round
	}
	return err
}
