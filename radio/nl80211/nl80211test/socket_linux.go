package nl80211test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
)

// familyID is what nl80211 is numbered here; real kernels number it at boot.
const familyID = 28

// groups are the multicast groups of nl80211, in the kernel's order, with the
// numbers they have here.
var groups = []struct {
	id   uint32
	name string
}{
	{3, unix.NL80211_MULTICAST_GROUP_CONFIG},
	{4, unix.NL80211_MULTICAST_GROUP_SCAN},
	{5, unix.NL80211_MULTICAST_GROUP_REG},
	{6, unix.NL80211_MULTICAST_GROUP_MLME},
	{7, unix.NL80211_MULTICAST_GROUP_VENDOR},
	{8, unix.NL80211_MULTICAST_GROUP_NAN},
}

// A datagram is what one recvmsg returns.
type datagram []netlink.Message

// A socket is the kernel's end and the client's end of a netlink socket in one.
type socket struct {
	port   uint32
	absent bool // the kernel has no nl80211
	handle func(*socket, Request) ([]Message, error)
	gone   func(*socket) // called once, after Close

	wake   chan struct{} // something changed for a reader; holds one
	closed chan struct{}

	mu       sync.Mutex
	queue    []datagram
	joined   map[uint32]bool
	overrun  bool
	deadline time.Time
	broken   error // of the handler, for the next read
}

func newSocket(port uint32, handle func(*socket, Request) ([]Message, error), gone func(*socket)) *socket {
	return &socket{
		port: port, handle: handle, gone: gone,
		wake: make(chan struct{}, 1), closed: make(chan struct{}), joined: make(map[uint32]bool),
	}
}

// Close wakes readers.
func (s *socket) Close() error {
	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		return os.ErrClosed
	default:
	}
	close(s.closed)
	s.mu.Unlock()
	s.gone(s)
	return nil
}

// Send carries a request out at once, as the kernel does.
func (s *socket) Send(m netlink.Message) error {
	select {
	case <-s.closed:
		return os.ErrClosed
	default:
	}
	if m.Header.Type == unix.GENL_ID_CTRL {
		s.push(s.family(m))
		return nil
	}
	if m.Header.Type != familyID || len(m.Data) < unix.GENL_HDRLEN {
		return fmt.Errorf("message of type %d with %d octets is none of nl80211", m.Header.Type, len(m.Data))
	}
	r := Request{Command: nl80211.Command(m.Data[0]), Flags: m.Header.Flags, Attributes: m.Data[unix.GENL_HDRLEN:]}
	answers, err := s.handle(s, r)
	var errno syscall.Errno
	switch {
	case errors.Is(err, ErrSilence):
	case errors.As(err, &errno):
		s.push(datagram{s.refusal(m, errno, err)})
	case err != nil:
		s.mu.Lock()
		s.broken = err
		s.mu.Unlock()
		s.signal()
	default:
		s.answer(m, answers)
	}
	return nil
}

// answer sends messages the way that the request's flags ask for.
func (s *socket) answer(m netlink.Message, answers []Message) {
	if m.Header.Flags&netlink.Dump == netlink.Dump {
		const perDatagram = 4 // real ones fill a page or more; several datagrams a dump are what matters
		for len(answers) > 0 {
			n := min(perDatagram, len(answers))
			var d datagram
			for _, a := range answers[:n] {
				d = append(d, s.pack(m.Header.Sequence, netlink.Multi|a.Flags, a))
			}
			s.push(d)
			answers = answers[n:]
		}
		s.push(datagram{s.control(m, netlink.Done, netlink.Multi, make([]byte, 4))})
		return
	}
	for _, a := range answers {
		s.push(datagram{s.pack(m.Header.Sequence, a.Flags, a)})
	}
	if m.Header.Flags&netlink.Acknowledge != 0 {
		// struct nlmsgerr without an error: zero and the request's header.
		s.push(datagram{s.control(m, netlink.Error, netlink.Capped, make([]byte, 4+unix.NLMSG_HDRLEN))})
	}
}

// pack frames a message of nl80211; sequence 0 is one of a group.
func (s *socket) pack(sequence uint32, flags netlink.HeaderFlags, m Message) netlink.Message {
	data := append([]byte{byte(m.Command), 1, 0, 0}, m.Attributes...)
	return netlink.Message{
		Header: netlink.Header{Length: uint32(unix.NLMSG_HDRLEN + len(data)), Type: familyID, Flags: flags, Sequence: sequence, PID: s.port},
		Data:   data,
	}
}

func (s *socket) control(request netlink.Message, t netlink.HeaderType, flags netlink.HeaderFlags, data []byte) netlink.Message {
	return netlink.Message{
		Header: netlink.Header{Length: uint32(unix.NLMSG_HDRLEN + len(data)), Type: t, Flags: flags, Sequence: request.Header.Sequence, PID: s.port},
		Data:   data,
	}
}

// refusal is struct nlmsgerr: the number, the whole request, and the extended
// acknowledgement.
func (s *socket) refusal(request netlink.Message, errno syscall.Errno, err error) netlink.Message {
	data := binary.NativeEndian.AppendUint32(nil, uint32(-int32(errno)))
	whole, marshal := request.MarshalBinary()
	if marshal != nil {
		whole = make([]byte, unix.NLMSG_HDRLEN)
	}
	data = append(data, whole...)
	var flags netlink.HeaderFlags
	var r *RefusalError
	if errors.As(err, &r) && r.Text != "" {
		ae := netlink.NewAttributeEncoder()
		ae.String(unix.NLMSGERR_ATTR_MSG, r.Text)
		if offset := offsetOf(request.Data[unix.GENL_HDRLEN:], r.Attribute); offset != 0 {
			ae.Uint32(unix.NLMSGERR_ATTR_OFFS, offset)
		}
		if b, err := ae.Encode(); err == nil {
			data, flags = append(data, b...), netlink.AcknowledgeTLVs
		}
	}
	return s.control(request, netlink.Error, flags, data)
}

// offsetOf returns where an attribute lies from the start of its message, 0 where
// it does not.
func offsetOf(b []byte, attribute uint16) uint32 {
	at := unix.NLMSG_HDRLEN + unix.GENL_HDRLEN
	for len(b) >= unix.NLA_HDRLEN && attribute != 0 {
		if binary.NativeEndian.Uint16(b[2:])&^unix.NLA_F_NESTED == attribute {
			return uint32(at)
		}
		n := (int(binary.NativeEndian.Uint16(b)) + 3) &^ 3
		if n < unix.NLA_HDRLEN || n > len(b) {
			break
		}
		at, b = at+n, b[n:]
	}
	return 0
}

// family answers CTRL_CMD_GETFAMILY.
func (s *socket) family(request netlink.Message) datagram {
	r := Request{Attributes: request.Data[min(unix.GENL_HDRLEN, len(request.Data)):]}
	if name := r.Text(unix.CTRL_ATTR_FAMILY_NAME); name != unix.NL80211_GENL_NAME || s.absent {
		return datagram{s.refusal(request, unix.ENOENT, unix.ENOENT)}
	}
	ae := netlink.NewAttributeEncoder()
	ae.String(unix.CTRL_ATTR_FAMILY_NAME, unix.NL80211_GENL_NAME)
	ae.Uint16(unix.CTRL_ATTR_FAMILY_ID, familyID)
	ae.Uint32(unix.CTRL_ATTR_VERSION, 1)
	nest(ae, unix.CTRL_ATTR_MCAST_GROUPS, func(ae *netlink.AttributeEncoder) {
		for i, g := range groups {
			nest(ae, uint16(i+1), func(ae *netlink.AttributeEncoder) {
				ae.Uint32(unix.CTRL_ATTR_MCAST_GRP_ID, g.id)
				ae.String(unix.CTRL_ATTR_MCAST_GRP_NAME, g.name)
			})
		}
	})
	m := s.pack(request.Header.Sequence, 0, Message{Command: unix.CTRL_CMD_NEWFAMILY, Attributes: encoded(ae)})
	m.Header.Type = unix.GENL_ID_CTRL
	return datagram{m}
}

// SendMessages sends one after the other.
func (s *socket) SendMessages(ms []netlink.Message) error {
	for _, m := range ms {
		if err := s.Send(m); err != nil {
			return err
		}
	}
	return nil
}

// Receive waits for a datagram.
func (s *socket) Receive() ([]netlink.Message, error) {
	for {
		s.mu.Lock()
		overrun, broken, deadline := s.overrun, s.broken, s.deadline
		var d datagram
		if !overrun && broken == nil && len(s.queue) > 0 {
			d, s.queue = s.queue[0], s.queue[1:]
		}
		s.overrun, s.broken = false, nil
		s.mu.Unlock()
		switch {
		case overrun:
			return nil, os.NewSyscallError("recvmsg", unix.ENOBUFS)
		case broken != nil:
			return nil, broken
		case d != nil:
			return d, nil
		}
		var timeout <-chan time.Time
		var timer *time.Timer
		if !deadline.IsZero() {
			timer = time.NewTimer(time.Until(deadline))
			timeout = timer.C
		}
		select {
		case <-s.wake:
		case <-timeout:
			return nil, os.ErrDeadlineExceeded
		case <-s.closed:
			return nil, os.ErrClosed
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// ReceiveIter is Receive, message by message.
func (s *socket) ReceiveIter() iter.Seq2[netlink.Message, error] {
	return func(yield func(netlink.Message, error) bool) {
		ms, err := s.Receive()
		if err != nil {
			yield(netlink.Message{}, err)
			return
		}
		for _, m := range ms {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (s *socket) push(d datagram) {
	s.mu.Lock()
	s.queue = append(s.queue, d)
	s.mu.Unlock()
	s.signal()
}

func (s *socket) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// JoinGroup subscribes to a group.
func (s *socket) JoinGroup(group uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.joined[group] = true
	return nil
}

// LeaveGroup is JoinGroup undone.
func (s *socket) LeaveGroup(group uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.joined, group)
	return nil
}

// SetOption accepts all options.
func (s *socket) SetOption(netlink.ConnOption, bool) error { return nil }

// SetDeadline is SetReadDeadline: a Send never waits.
func (s *socket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetReadDeadline bounds how long Receive waits.
func (s *socket) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	s.deadline = t
	s.mu.Unlock()
	s.signal()
	return nil
}

// SetWriteDeadline has no effect: a Send never waits.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }
