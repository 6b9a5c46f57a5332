package air

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	receivePoll = 100     // milliseconds between looks at the context
	largest     = 4 << 10 // octets of a frame with its header
	queueOctets = 4 << 20 // frames heard and not yet looked at
)

// Socket sends and hears frames on a monitor interface. One goroutine may send
// while another receives.
type Socket struct {
	fd      int
	in      [largest]byte
	headers [batch]mmsghdr
	vectors [batch][2]unix.Iovec
	lead    []byte // the radiotap header of what is sent
}

// mmsghdr is struct mmsghdr (sendmmsg(2)).
type mmsghdr struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// protocolAll is ETH_P_ALL as the kernel wants it.
const protocolAll = unix.ETH_P_ALL&0xff<<8 | unix.ETH_P_ALL>>8

// Open opens a monitor interface of the calling thread's network namespace. It must
// be up, and tuned. A packet socket that is not bound cannot inject.
func Open(name string) (*Socket, error) { return open(name, protocolAll) }

// OpenSender is Open for who only sends: nothing is queued for it, which for a flood
// doubles what a machine can do, since every frame sent is also heard.
func OpenSender(name string) (*Socket, error) { return open(name, 0) }

func open(name string, protocol uint16) (*Socket, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	// Without room for it the kernel would refuse frames that hwsim still holds.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, queueOctets)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, queueOctets)
	_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1) // a monitor has no queue worth passing
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: protocol, Ifindex: i.Index}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind to %s: %w", name, err)
	}
	// Version 0, 8 octets, no fields (radiotap.org): the driver decides the rate.
	return &Socket{fd: fd, lead: []byte{0, 0, 8, 0, 0, 0, 0, 0}}, nil
}

// Close closes the socket. Nothing may be using it.
func (s *Socket) Close() error { return unix.Close(s.fd) }

// Send sends one frame.
func (s *Socket) Send(frame []byte) error {
	n, err := unix.Writev(s.fd, [][]byte{s.lead, frame})
	if err != nil {
		return fmt.Errorf("send a frame of %d octets: %w", len(frame), err)
	}
	if n != len(s.lead)+len(frame) {
		return fmt.Errorf("sent %d octets of %d", n, len(s.lead)+len(frame))
	}
	return nil
}

// SendMany sends up to 64 frames with one call.
func (s *Socket) SendMany(frames [][]byte) (int, error) {
	if len(frames) == 0 {
		return 0, nil
	}
	frames = frames[:min(len(frames), batch)]
	for i, frame := range frames {
		s.vectors[i] = [2]unix.Iovec{{Base: &s.lead[0]}, {Base: &frame[0]}}
		s.vectors[i][0].SetLen(len(s.lead))
		s.vectors[i][1].SetLen(len(frame))
		s.headers[i].header = unix.Msghdr{Iov: &s.vectors[i][0]}
		s.headers[i].header.SetIovlen(2)
	}
	n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.headers[0])), uintptr(len(frames)), 0, 0, 0)
	runtime.KeepAlive(frames)
	if errno != 0 {
		return 0, fmt.Errorf("send %d frames: %w", len(frames), errno)
	}
	return int(n), nil
}

// Receive returns the next frame, without its radiotap header; simulated radios add
// no FCS. Frames that others inject on this interface are among them.
func (s *Socket) Receive(ctx context.Context) ([]byte, error) {
	poll := [1]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if n, err := unix.Poll(poll[:], receivePoll); err != nil && !errors.Is(err, unix.EINTR) {
			return nil, fmt.Errorf("poll: %w", err)
		} else if n <= 0 {
			continue
		}
		n, _, err := unix.Recvfrom(s.fd, s.in[:], unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("receive: %w", err)
		}
		if n < 8 {
			continue
		}
		size := int(binary.LittleEndian.Uint16(s.in[2:]))
		if size < 8 || size > n {
			continue
		}
		return s.in[size:n], nil
	}
}

// temporary reports whether a refused frame may be sent a moment later.
func temporary(err error) bool {
	return errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENOMEM) || errors.Is(err, unix.EINTR)
}
