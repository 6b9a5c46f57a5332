package nl80211

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// eventBuffer is what the kernel may hold back for a subscription while its owner
// is busy, in octets. An adapter that is unplugged makes a handful of events of
// some hundred octets; the kernel's default, 208 KiB, also holds every other
// program's scan results.
const eventBuffer = 1 << 20

// A Subscription delivers events until it is closed. Next is for one goroutine;
// Close may be called from any.
type Subscription struct {
	conn    *netlink.Conn
	family  uint16
	pending []Event
	closed  atomic.Bool
}

// Subscribe joins the kernel's groups of wiphys and interfaces and of regulatory
// changes, with a socket of its own. Whoever lists after Subscribe has returned
// misses nothing.
func (c *Client) Subscribe() (*Subscription, error) {
	conn, err := c.dial()
	if err != nil {
		return nil, fmt.Errorf("subscribe to events: %w", err)
	}
	_ = conn.SetReadBuffer(eventBuffer) // a smaller one overruns more often, and says so
	for _, name := range []string{unix.NL80211_MULTICAST_GROUP_CONFIG, unix.NL80211_MULTICAST_GROUP_REG} {
		if err := c.join(conn, name); err != nil {
			conn.Close()
			return nil, fmt.Errorf("subscribe to events %q: %w", name, err)
		}
	}
	return &Subscription{conn: conn, family: c.family.ID}, nil
}

func (c *Client) join(conn *netlink.Conn, name string) error {
	for _, g := range c.family.Groups {
		if g.Name == name {
			return conn.JoinGroup(g.ID)
		}
	}
	return os.ErrNotExist
}

// Close ends the subscription and wakes Next.
func (s *Subscription) Close() error {
	s.closed.Store(true)
	return s.conn.Close()
}

// Next waits for the next event. The error is os.ErrClosed after Close; any other
// ends the subscription too, and its owner subscribes anew.
func (s *Subscription) Next() (Event, error) {
	for len(s.pending) == 0 {
		messages, err := s.conn.Receive()
		switch {
		case s.closed.Load():
			return Event{}, os.ErrClosed
		case errors.Is(err, unix.ENOBUFS):
			return Event{Kind: Overrun, Wiphy: NoWiphy}, nil
		case err != nil:
			return Event{}, fmt.Errorf("receive events: %w", err)
		}
		for _, m := range messages {
			if m.Header.Type != netlink.HeaderType(s.family) {
				continue
			}
			if e, ok := s.event(m.Data); ok {
				s.pending = append(s.pending, e)
			}
		}
	}
	e := s.pending[0]
	s.pending = s.pending[1:]
	return e, nil
}

// Run calls handle with each event until ctx is done, and then closes the
// subscription and returns nil.
func (s *Subscription) Run(ctx context.Context, handle func(Event)) error {
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	for {
		e, err := s.Next()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		handle(e)
	}
}

// event reads one message of a group; false is one that does not matter here. A
// message that cannot be read has told of something nonetheless.
func (s *Subscription) event(b []byte) (Event, bool) {
	var g genetlink.Message
	err := g.UnmarshalBinary(b)
	if err == nil {
		var e Event
		var ok bool
		if e, ok, err = parseEvent(Command(g.Header.Command), g.Data); err == nil {
			return e, ok
		}
	}
	return Event{Kind: Overrun, Wiphy: NoWiphy}, true
}

// parseEvent reads what a group tells. Commands of no interest give false.
func parseEvent(command Command, b []byte) (Event, bool, error) {
	var e Event
	var err error
	switch command {
	case CommandNewWiphy:
		e, err = parseWiphyEvent(NewWiphy, b)
	case CommandDelWiphy:
		e, err = parseWiphyEvent(DelWiphy, b)
	case CommandNewInterface:
		e, err = parseInterfaceEvent(NewInterface, b)
	case CommandDelInterface:
		e, err = parseInterfaceEvent(DelInterface, b)
	case CommandSetInterface:
		e, err = parseInterfaceEvent(SetInterface, b)
	case CommandRegulatoryChange, CommandWiphyRegChange:
		e, err = parseRegulatoryEvent(b)
	default:
		return Event{}, false, nil
	}
	return e, err == nil, err
}

func parseWiphyEvent(kind EventKind, b []byte) (Event, error) {
	index, err := wiphyIndex(b)
	if err != nil {
		return Event{}, err
	}
	e := Event{Kind: kind, Wiphy: index}
	err = attributes(b, func(ad *netlink.AttributeDecoder) {
		if ad.Type() == unix.NL80211_ATTR_WIPHY_NAME {
			e.WiphyName = ad.String()
		}
	})
	return e, err
}

func parseInterfaceEvent(kind EventKind, b []byte) (Event, error) {
	i, err := parseInterface(b)
	if err != nil {
		return Event{}, err
	}
	return Event{Kind: kind, Wiphy: i.Wiphy, Interface: &i}, nil
}

// parseRegulatoryEvent reads nl80211_reg_change_event_fill (nl80211.c). A type
// that is no country stands for the kernel's own names of such domains.
func parseRegulatoryEvent(b []byte) (Event, error) {
	e := Event{Kind: RegulatoryChange, Wiphy: NoWiphy}
	var kind uint8
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_WIPHY:
			e.Wiphy = ad.Uint32()
		case unix.NL80211_ATTR_REG_INITIATOR:
			e.Initiator = Initiator(ad.Uint8())
		case unix.NL80211_ATTR_REG_TYPE:
			kind = ad.Uint8()
		case unix.NL80211_ATTR_REG_ALPHA2:
			e.Country = parseCountry(ad)
		}
	})
	switch kind {
	case unix.NL80211_REGDOM_TYPE_WORLD:
		e.Country = "00"
	case unix.NL80211_REGDOM_TYPE_INTERSECTION:
		e.Country = "98"
	case unix.NL80211_REGDOM_TYPE_CUSTOM_WORLD:
		e.Country = "99"
	}
	return e, err
}
