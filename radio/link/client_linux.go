package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

// timeout bounds a request. The kernel answers within microseconds, but takes a
// lock that a driver in trouble may hold.
const timeout = 10 * time.Second

// attempts bounds how often a listing is repeated because something changed while
// the kernel wrote it.
const attempts = 5

// Client reads and changes the links of one network namespace.
type Client struct{ handle *netlink.Handle }

// Dial opens a client for the network namespace of the calling thread.
func Dial() (*Client, error) {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open rtnetlink: %w", err)
	}
	if err := handle.SetSocketTimeout(timeout); err != nil {
		handle.Close()
		return nil, fmt.Errorf("open rtnetlink: %w", err)
	}
	return &Client{handle}, nil
}

// Close ends the client; it must not be in use.
func (c *Client) Close() error {
	c.handle.Close()
	return nil
}

// Links returns all links, in the order of their ifindex.
func (c *Client) Links() ([]Link, error) {
	list, err := whole(c.handle.LinkList)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", translate(err))
	}
	links := make([]Link, 0, len(list))
	for _, l := range list {
		links = append(links, fromKernel(l))
	}
	return links, nil
}

// Link returns the link with that ifindex; os.ErrNotExist: there is none.
func (c *Client) Link(index uint32) (Link, error) {
	l, err := c.handle.LinkByIndex(int(index))
	if err != nil {
		return Link{}, fmt.Errorf("link %d: %w", index, translate(err))
	}
	return fromKernel(l), nil
}

// ByName returns the link of that name; os.ErrNotExist: there is none.
func (c *Client) ByName(name string) (Link, error) {
	l, err := c.handle.LinkByName(name)
	if err != nil {
		return Link{}, fmt.Errorf("link %q: %w", name, translate(err))
	}
	return fromKernel(l), nil
}

// SetUp switches a link on. unix.ERFKILL: its radio is blocked; unix.EBUSY: its
// driver cannot have it beside what else is up.
func (c *Client) SetUp(index uint32) error {
	if err := c.handle.LinkSetUp(device(index)); err != nil {
		return fmt.Errorf("link %d up: %w", index, translate(err))
	}
	return nil
}

// SetDown switches a link off.
func (c *Client) SetDown(index uint32) error {
	if err := c.handle.LinkSetDown(device(index)); err != nil {
		return fmt.Errorf("link %d down: %w", index, translate(err))
	}
	return nil
}

// SetName renames a link, which older kernels want to be down. os.ErrExist: the
// name is taken.
func (c *Client) SetName(index uint32, name string) error {
	if err := c.handle.LinkSetName(device(index), name); err != nil {
		return fmt.Errorf("name link %d %q: %w", index, name, translate(err))
	}
	return nil
}

// SetMAC gives a link another address; most drivers want it to be down.
func (c *Client) SetMAC(index uint32, mac wlan.MAC) error {
	if err := c.handle.LinkSetHardwareAddr(device(index), mac[:]); err != nil {
		return fmt.Errorf("address of link %d to %v: %w", index, mac, translate(err))
	}
	return nil
}

// Addresses returns the addresses of all links.
func (c *Client) Addresses() ([]Address, error) {
	list, err := whole(func() ([]netlink.Addr, error) { return c.handle.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", translate(err))
	}
	addresses := make([]Address, 0, len(list))
	for _, a := range list {
		if prefix, ok := toPrefix(a.IPNet); ok {
			addresses = append(addresses, Address{Link: uint32(a.LinkIndex), Prefix: prefix})
		}
	}
	return addresses, nil
}

// Routes returns the unicast routes of the main table, those of several ways once
// for each.
func (c *Client) Routes() ([]Route, error) {
	list, err := whole(func() ([]netlink.Route, error) { return c.handle.RouteList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return nil, fmt.Errorf("list routes: %w", translate(err))
	}
	var routes []Route
	for _, r := range list {
		if r.Type != unix.RTN_UNICAST {
			continue
		}
		destination, ok := toPrefix(r.Dst)
		if !ok { // a default route may come without a destination
			destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
			if r.Family == netlink.FAMILY_V6 {
				destination = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
			}
		}
		gateway, _ := netip.AddrFromSlice(r.Gw)
		one := Route{Destination: destination, Priority: r.Priority, Link: uint32(r.LinkIndex), Gateway: gateway.Unmap()}
		if len(r.MultiPath) == 0 {
			routes = append(routes, one)
		}
		for _, hop := range r.MultiPath {
			gateway, _ := netip.AddrFromSlice(hop.Gw)
			one.Link, one.Gateway = uint32(hop.LinkIndex), gateway.Unmap()
			routes = append(routes, one)
		}
	}
	return routes, nil
}

// device is a link of which only the index matters.
func device(index uint32) netlink.Link {
	return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: int(index)}}
}

func fromKernel(l netlink.Link) Link {
	a := l.Attrs()
	out := Link{
		Index: uint32(a.Index), Name: a.Name, Encap: a.EncapType, MTU: a.MTU, Master: uint32(a.MasterIndex),
		Up: a.RawFlags&unix.IFF_UP != 0, Running: a.RawFlags&unix.IFF_LOWER_UP != 0,
	}
	if kind := l.Type(); kind != "device" {
		out.Kind = kind
	}
	copy(out.MAC[:], a.HardwareAddr)
	return out
}

// whole repeats a listing during which something changed, so that it is of one moment.
func whole[T any](list func() ([]T, error)) ([]T, error) {
	for range attempts - 1 {
		all, err := list()
		if !errors.Is(err, netlink.ErrDumpInterrupted) {
			return all, err
		}
	}
	return list()
}

// translate makes absence, presence and missing rights tell-able without errnos.
func translate(err error) error {
	var notFound netlink.LinkNotFoundError
	if errors.As(err, &notFound) || errors.Is(err, unix.ENODEV) {
		return os.ErrNotExist
	}
	return err // a syscall.Errno is os.ErrExist, os.ErrPermission by itself
}

func toPrefix(n *net.IPNet) (netip.Prefix, bool) {
	if n == nil {
		return netip.Prefix{}, false
	}
	ip, ok := netip.AddrFromSlice(n.IP)
	ones, bits := n.Mask.Size()
	if !ok || bits == 0 {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(ip.Unmap(), ones), true
}
