package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Ring captures from an interface, through memory shared with the kernel
// (Documentation/networking/packet_mmap.rst, TPACKET_V3). Its packets lie in that
// memory until the next call of Next. It is used by one goroutine.
type Ring struct {
	name     string
	linkType LinkType
	socket   int
	memory   []byte
	poll     [1]unix.PollFd

	block  int    // index of the block being read, or next
	held   bool   // it is ours
	left   uint32 // packets of it not yet handed out
	offset uint32 // of the next of them in memory
	err    error  // sticky
}

// Offsets in the descriptor of a block (struct tpacket_block_desc).
const (
	blockStatus      = 8
	blockPackets     = 12
	blockFirstPacket = 16
)

// LinkType says what every packet of r starts with.
func (r *Ring) LinkType() LinkType { return r.linkType }

// Name is that of the interface.
func (r *Ring) Name() string { return r.name }

// Next returns the next packet, or ErrIdle after 100 ms without one. The error
// is unix.ENETDOWN after the interface went down, and os.ErrNotExist after it
// went away.
func (r *Ring) Next(p *Packet) error {
	for {
		if r.left > 0 {
			r.take(p)
			return nil
		}
		if r.err != nil {
			return r.err
		}
		if r.held {
			r.release()
		}
		status := r.status()
		if atomic.LoadUint32(status)&unix.TP_STATUS_USER == 0 {
			if err := r.wait(); err != nil {
				return err
			}
			if atomic.LoadUint32(status)&unix.TP_STATUS_USER == 0 {
				return ErrIdle
			}
		}
		r.held = true
		start := uint32(r.block * blockOctets)
		r.left = binary.NativeEndian.Uint32(r.memory[start+blockPackets:])
		r.offset = start + binary.NativeEndian.Uint32(r.memory[start+blockFirstPacket:])
	}
}

// take hands out the packet at r.offset (struct tpacket3_hdr).
func (r *Ring) take(p *Packet) {
	header := r.memory[r.offset : r.offset+unix.SizeofTpacket3Hdr]
	next := binary.NativeEndian.Uint32(header)
	seconds, nanoseconds := binary.NativeEndian.Uint32(header[4:]), binary.NativeEndian.Uint32(header[8:])
	captured, length := binary.NativeEndian.Uint32(header[12:]), binary.NativeEndian.Uint32(header[16:])
	status := binary.NativeEndian.Uint32(header[20:])
	start := r.offset + uint32(binary.NativeEndian.Uint16(header[24:]))

	if status&unix.TP_STATUS_VLAN_VALID != 0 && r.linkType == Ethernet && captured >= 12 {
		// The kernel took the outermost tag off; the reserve in front of the
		// frame has room to move both addresses down and put it back.
		tag, protocol := binary.NativeEndian.Uint32(header[32:]), uint16(0x8100)
		if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
			protocol = binary.NativeEndian.Uint16(header[36:])
		}
		copy(r.memory[start-vlanTagOctets:], r.memory[start:start+12])
		start -= vlanTagOctets
		binary.BigEndian.PutUint16(r.memory[start+12:], protocol)
		binary.BigEndian.PutUint16(r.memory[start+14:], uint16(tag))
		captured += vlanTagOctets
		length += vlanTagOctets
	}
	p.Data = r.memory[start : start+captured : start+captured]
	p.Length = int(max(length, captured))
	p.Time = int64(seconds)*1e9 + int64(nanoseconds)
	p.LinkType = r.linkType
	r.left--
	r.offset += next
}

// release gives the block that was read back to the kernel.
func (r *Ring) release() {
	atomic.StoreUint32(r.status(), unix.TP_STATUS_KERNEL)
	r.held = false
	if r.block++; r.block == len(r.memory)/blockOctets {
		r.block = 0
	}
}

// status is the word by which kernel and we hand the current block to each other.
func (r *Ring) status() *uint32 {
	return (*uint32)(unsafe.Pointer(&r.memory[r.block*blockOctets+blockStatus])) // aligned: blocks are pages
}

// wait returns nil when there may be a packet.
func (r *Ring) wait() error {
	n, err := unix.Poll(r.poll[:], int(idleTimeout/time.Millisecond))
	switch {
	case errors.Is(err, unix.EINTR) || err == nil && n == 0:
		return ErrIdle
	case err != nil:
		r.err = fmt.Errorf("capture %s: poll: %w", r.name, err)
		return r.err
	case r.poll[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0:
		r.err = fmt.Errorf("capture %s: %w", r.name, r.cause())
		return r.err
	}
	return nil
}

// cause finds out why the socket reports an error.
func (r *Ring) cause() error {
	code, err := unix.GetsockoptInt(r.socket, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if _, err := interfaceIndex(r.socket, r.name); err != nil {
		return err
	}
	if code == 0 {
		return unix.ENETDOWN
	}
	return unix.Errno(code)
}

// Stats returns what the kernel dropped since the last call.
func (r *Ring) Stats() (Stats, error) {
	s, err := unix.GetsockoptTpacketStatsV3(r.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return Stats{}, fmt.Errorf("capture %s: statistics: %w", r.name, err)
	}
	return Stats{Drops: uint64(s.Drops)}, nil
}

// Close gives the memory back; packets that r gave become invalid. It must not
// be called while Next runs.
func (r *Ring) Close() error {
	r.left, r.held = 0, false
	r.err = fmt.Errorf("capture %s: %w", r.name, unix.EBADF)
	return errors.Join(unix.Munmap(r.memory), unix.Close(r.socket))
}
