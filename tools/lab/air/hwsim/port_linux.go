package hwsim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"picket/shared/wlan"
)

const (
	batch       = 64       // datagrams read at once
	datagram    = 8 << 10  // the largest that hwsim makes is a page
	queue       = 16 << 20 // octets that the kernel keeps for us while we are late
	flushAt     = 64 << 10 // octets that are sent at once
	pollTimeout = 100      // milliseconds
)

// ErrIdle is what Next returns when nothing came for 100 ms.
var ErrIdle = errors.New("nothing sent for 100 ms")

// A Port is the medium's end of the air: it is told every frame that a radio of its
// network namespace sends, and says who hears it. It is used by one goroutine, but
// for Close.
type Port struct {
	socket   int
	family   uint16
	sequence uint32

	in      [batch][datagram]byte
	vectors [batch]unix.Iovec
	headers [batch]mmsghdr
	filled  int    // datagrams of the last read
	current int    // the one being taken apart
	rest    []byte // of it

	out      []byte
	overruns uint64
}

// mmsghdr is struct mmsghdr (recvmmsg(2)).
type mmsghdr struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// Open registers as the medium of the calling thread's network namespace. Radios
// that are made later are its too. unix.EOPNOTSUPP: a radio has more than one
// channel; unix.EBUSY: there is another medium.
func Open() (*Port, error) {
	control, err := Dial()
	if err != nil {
		return nil, err
	}
	id := control.family.ID
	control.Close()
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, fmt.Errorf("netlink socket: %w", err)
	}
	p := &Port{socket: socket, family: id, out: make([]byte, 0, 2*flushAt)}
	for i := range p.in {
		p.vectors[i] = unix.Iovec{Base: &p.in[i][0]}
		p.vectors[i].SetLen(datagram)
		p.headers[i].header.Iov = &p.vectors[i]
		p.headers[i].header.SetIovlen(1)
	}
	if err := p.register(); err != nil {
		unix.Close(socket)
		return nil, fmt.Errorf("register as the medium: %w", err)
	}
	return p, nil
}

func (p *Port) register() error {
	if err := p.bind(); err != nil {
		return err
	}
	for _, option := range []struct{ level, name, value int }{
		{unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, queue},
		{unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 1 << 20},
		{unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1}, // refusals do not bring the frame back
	} {
		if err := unix.SetsockoptInt(p.socket, option.level, option.name, option.value); err != nil {
			return err
		}
	}
	start := len(p.out)
	p.sequence++
	p.out = finish(appendMessage(p.out, p.family, cmdRegister, p.sequence), start)
	p.out[6] |= unix.NLM_F_ACK
	if err := p.Flush(); err != nil {
		return err
	}
	// The acknowledgement is the first that comes; frames follow it.
	var b [512]byte
	n, _, err := unix.Recvfrom(p.socket, b[:], 0)
	if err != nil {
		return err
	}
	var f Frame
	if kind, _, err := decode(b[:n], p.family, &f); err != nil {
		return err
	} else if kind == Refused {
		return unix.Errno(f.Errno)
	}
	return nil
}

// bind takes a port that nobody had before. The one that the kernel would give is
// the process's number, which the socket that was closed just now had too; and when
// hwsim is told of that one's end, it takes the medium for gone.
func (p *Port) bind() error {
	const tries = 16
	var err error
	for range tries {
		err = unix.Bind(p.socket, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Pid: 1<<30 | rand.Uint32()>>2})
		if !errors.Is(err, unix.EADDRINUSE) {
			break
		}
	}
	return err
}

// Close gives the air back to the kernel. Next must not run.
func (p *Port) Close() error { return unix.Close(p.socket) }

// Overruns counts how often the kernel had no room for what it would tell.
func (p *Port) Overruns() uint64 { return p.overruns }

// Pending reports whether Next has more without asking the kernel: the time to
// Flush is when it has not.
func (p *Port) Pending() bool { return len(p.rest) > 0 || p.current+1 < p.filled }

// Next fills f with what happened next. Its Data is valid until the call after.
func (p *Port) Next(f *Frame) (Kind, error) {
	for {
		for len(p.rest) == 0 {
			if p.current+1 < p.filled {
				p.current++
			} else if err := p.read(); err != nil {
				return Other, err
			}
			p.rest = p.in[p.current][:min(p.headers[p.current].length, datagram)]
		}
		kind, rest, err := decode(p.rest, p.family, f)
		p.rest = rest
		if err != nil {
			continue // of the kernel's making: not for us to mend
		}
		if kind != Other {
			return kind, nil
		}
	}
}

// read waits for datagrams and takes as many as there are.
func (p *Port) read() error {
	poll := [1]unix.PollFd{{Fd: int32(p.socket), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll[:], pollTimeout); errors.Is(err, unix.EINTR) || err == nil && n == 0 {
		return ErrIdle
	} else if err != nil {
		return fmt.Errorf("poll: %w", err)
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(p.socket), uintptr(unsafe.Pointer(&p.headers[0])), batch, unix.MSG_DONTWAIT, 0, 0)
	runtime.KeepAlive(p)
	switch {
	case errno == unix.ENOBUFS:
		p.overruns++
		return ErrIdle
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return ErrIdle
	case errno != 0:
		return fmt.Errorf("read: %w", errno)
	}
	p.filled, p.current = int(n), 0
	return nil
}

// Deliver lets a radio hear f at a signal. Nothing leaves before Flush.
func (p *Port) Deliver(to wlan.MAC, f *Frame, signal wlan.DBm) error {
	p.sequence++
	p.out = appendDelivery(p.out, p.family, p.sequence, to, f, signal)
	return p.flushFull()
}

// Report tells the sender of f what became of it.
func (p *Port) Report(f *Frame, acked bool, signal wlan.DBm) error {
	p.sequence++
	p.out = appendReport(p.out, p.family, p.sequence, f, acked, signal)
	return p.flushFull()
}

func (p *Port) flushFull() error {
	if len(p.out) < flushAt {
		return nil
	}
	return p.Flush()
}

// Flush hands over what Deliver and Report have gathered: many messages in one
// datagram, which the kernel takes one after the other.
func (p *Port) Flush() error {
	if len(p.out) == 0 {
		return nil
	}
	_, err := unix.Write(p.socket, p.out)
	p.out = p.out[:0]
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}
