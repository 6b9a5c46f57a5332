package monitor

import (
	"context"
	"io/fs"

	"picket/radio/link"
	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// Kernel is all that a Keeper needs of the machine. Host opens the real one; the
// interfaces exist so that tests can be the other.
type Kernel struct {
	Radios   radios
	Links    links
	Switches switches
	Devices  devices

	// Files is "/": /sys says which driver and device a wiphy is, /proc who holds it.
	Files fs.FS

	// Watch calls one of its functions for each change, radio for those of nl80211 and
	// other for links and switches, until ctx is done; then it returns nil. It may
	// call from any goroutine, and calls nothing after it has returned.
	Watch func(ctx context.Context, radio func(nl80211.Event), other func()) error

	// Close ends it all.
	Close func() error
}

// radios is nl80211, as *nl80211.Client has it.
type radios interface {
	Wiphys() ([]nl80211.Wiphy, error)
	Interfaces() ([]nl80211.Interface, error)
	Interface(ifindex uint32) (nl80211.Interface, error)
	Regulatory() (nl80211.Regulatory, error)
	SetRegulatory(country string) error
	CreateInterface(wiphy uint32, name string, t nl80211.InterfaceType, flags nl80211.MonitorFlags) (nl80211.Interface, error)
	CreateOwnedInterface(wiphy uint32, name string, t nl80211.InterfaceType, flags nl80211.MonitorFlags) (nl80211.Interface, error)
	DeleteInterface(ifindex uint32) error
	SetInterfaceType(ifindex uint32, t nl80211.InterfaceType, flags nl80211.MonitorFlags) error
	Tune(ifindex uint32, to nl80211.ChannelDefinition) error
}

// links is rtnetlink, as *link.Client has it.
type links interface {
	Links() ([]link.Link, error)
	Addresses() ([]link.Address, error)
	Routes() ([]link.Route, error)
	SetUp(index uint32) error
	SetDown(index uint32) error
	SetMAC(index uint32, mac wlan.MAC) error
}

// switches changes rfkill's soft switches; /sys shows them.
type switches interface {
	SetBlocked(index uint32, blocked bool) error
}

// devices resets the hardware behind a wiphy, after which the wiphy goes and, if
// all is well, another comes. errors.ErrUnsupported: not on this bus.
type devices interface {
	Reset(wiphy string) error
}
