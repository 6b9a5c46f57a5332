package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// watchBuffer is what the kernel may keep for a watcher that is late, in octets:
// the messages of some hundred changes.
const watchBuffer = 256 << 10

// Watcher tells of changes of the links of one network namespace.
type Watcher struct {
	client *Client
	socket *nl.NetlinkSocket
	known  map[uint32]Link // as told last
}

// NewWatcher opens a watcher for the network namespace of the calling thread. It
// tells what changes from now on: what there is already, Links says.
func NewWatcher() (*Watcher, error) {
	client, err := Dial()
	if err != nil {
		return nil, err
	}
	socket, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK)
	if err != nil {
		client.Close()
		return nil, fmt.Errorf("watch links: %w", err)
	}
	w := &Watcher{client: client, socket: socket, known: make(map[uint32]Link)}
	if err := socket.SetReceiveBufferSize(watchBuffer, false); err != nil {
		w.Close()
		return nil, fmt.Errorf("watch links: %w", err)
	}
	// Listed after subscribing: what changes in between is told, not lost.
	links, err := client.Links()
	if err != nil {
		w.Close()
		return nil, err
	}
	for _, l := range links {
		w.known[l.Index] = l
	}
	return w, nil
}

// Close ends the watcher, and Run if it runs.
func (w *Watcher) Close() error {
	w.socket.Close()
	return w.client.Close()
}

// Run tells changes one after the other until ctx is done, and then closes the
// watcher and returns nil. Called once.
func (w *Watcher) Run(ctx context.Context, tell func(Event)) error {
	stop := context.AfterFunc(ctx, w.socket.Close)
	defer w.client.Close()
	defer func() {
		if stop() {
			w.socket.Close()
		}
	}()
	for {
		messages, from, err := w.socket.Receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ENOBUFS):
			if err := w.again(tell); err != nil {
				return err
			}
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("watch links: %w", err)
		case from.Pid == nl.PidKernel:
			for _, m := range messages {
				w.message(m, tell)
			}
		}
	}
}

// again finds out what changed when messages were lost.
func (w *Watcher) again(tell func(Event)) error {
	links, err := w.client.Links()
	if err != nil {
		return err
	}
	tell(Event{Kind: Overrun})
	for _, l := range links {
		w.is(l, tell)
	}
	for index := range w.known {
		if !slices.ContainsFunc(links, func(l Link) bool { return l.Index == index }) {
			w.gone(index, tell)
		}
	}
	return nil
}

func (w *Watcher) message(m syscall.NetlinkMessage, tell func(Event)) {
	if len(m.Data) < unix.SizeofIfInfomsg || m.Header.Type != unix.RTM_NEWLINK && m.Header.Type != unix.RTM_DELLINK {
		return
	}
	info := nl.DeserializeIfInfomsg(m.Data)
	if info.Family != unix.AF_UNSPEC {
		return // AF_BRIDGE: a port left its bridge, and is still there
	}
	if m.Header.Type == unix.RTM_DELLINK {
		w.gone(uint32(info.Index), tell)
		return
	}
	attributes, err := nl.ParseRouteAttr(m.Data[unix.SizeofIfInfomsg:])
	if err != nil || slices.ContainsFunc(attributes, func(a syscall.NetlinkRouteAttr) bool { return a.Attr.Type == unix.IFLA_WIRELESS }) {
		return // an event of the wireless extensions names the link and tells nothing of it
	}
	header := unix.NlMsghdr(m.Header)
	l, err := netlink.LinkDeserialize(&header, m.Data)
	if err != nil {
		return
	}
	w.is(fromKernel(l), tell)
}

func (w *Watcher) is(l Link, tell func(Event)) {
	before, known := w.known[l.Index]
	if known && before == l {
		return
	}
	w.known[l.Index] = l
	switch {
	case !known:
		tell(Event{Appeared, l})
	case before.Up != l.Up && l.Up:
		tell(Event{Up, l})
	case before.Up != l.Up:
		tell(Event{Down, l})
	default:
		tell(Event{Changed, l})
	}
}

func (w *Watcher) gone(index uint32, tell func(Event)) {
	if l, known := w.known[index]; known {
		delete(w.known, index)
		tell(Event{Gone, l})
	}
}
