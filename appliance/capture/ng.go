package capture

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng, 10.1).
const (
	blockInterface = 1
	blockObsolete  = 2 // Packet Block
	blockSimple    = 3
	blockEnhanced  = 6
	blockSection   = magicSection
)

// maxInterfaces bounds the memory that interface blocks can take.
const maxInterfaces = 1 << 16

// ng walks a pcapng file.
type ng struct {
	buf        *buffer
	skip       int // octets of the block handed out last, still in buf
	big        bool
	interfaces []ngInterface // of the current section
	last       int64         // time of the last packet, for blocks without one
}

func openNG(buf *buffer) *ng {
	return &ng{buf: buf} // the first block is read as any other section header
}

func (n *ng) next(p *Packet) error {
	for {
		n.buf.start += n.skip
		n.skip = 0
		head, err := n.buf.peek(8)
		if err != nil {
			if len(head) == 0 && err == io.EOF { //nolint:errorlint // own reader
				return io.EOF
			}
			return cut(err)
		}
		kind := n.uint32(head)
		if kind == blockSection {
			if err := n.setOrder(); err != nil {
				return err
			}
			head, _ = n.buf.peek(8)
		}
		total := n.uint32(head[4:])
		if total < 12 || total%4 != 0 {
			return fmt.Errorf("%w: block of type %#x has %d octets", ErrFormat, kind, total)
		}
		switch kind {
		case blockSection, blockInterface, blockObsolete, blockSimple, blockEnhanced:
		default: // names, statistics, secrets, custom blocks: of any length
			if err := n.buf.skip(int64(total)); err != nil {
				return cut(err)
			}
			continue
		}
		if total > bufferSize {
			return fmt.Errorf("%w: block of type %#x has %d octets, at most %d", ErrFormat, kind, total, bufferSize)
		}
		block, err := n.buf.peek(int(total))
		if err != nil {
			return cut(err)
		}
		if end := n.uint32(block[total-4:]); end != total {
			return fmt.Errorf("%w: block of type %#x has %d octets, or %d", ErrFormat, kind, total, end)
		}
		n.skip = int(total)
		done, err := n.block(kind, block[8:total-4], p)
		if done || err != nil {
			return err
		}
	}
}

// setOrder finds the byte order of the section that starts here.
func (n *ng) setOrder() error {
	head, err := n.buf.peek(12)
	if err != nil {
		return cut(err)
	}
	const magic = 0x1a2b3c4d // draft-ietf-opsawg-pcapng, 4.1
	switch {
	case binary.LittleEndian.Uint32(head[8:]) == magic:
		n.big = false
	case binary.BigEndian.Uint32(head[8:]) == magic:
		n.big = true
	default:
		return fmt.Errorf("%w: section with byte order % x", ErrFormat, head[8:])
	}
	return nil
}

// block reads the body of a block, and reports whether it filled p.
func (n *ng) block(kind uint32, body []byte, p *Packet) (bool, error) {
	switch kind {
	case blockSection:
		if len(body) < 16 {
			return false, fmt.Errorf("%w: section header of %d octets", ErrFormat, len(body))
		}
		if major := n.uint16(body[4:]); major != 1 {
			return false, fmt.Errorf("%w: pcapng version %d, want 1", ErrFormat, major)
		}
		n.interfaces = n.interfaces[:0]
		return false, nil
	case blockInterface:
		return false, n.addInterface(body)
	case blockSimple:
		return true, n.simple(body, p)
	case blockObsolete:
		if len(body) < 20 {
			return false, fmt.Errorf("%w: packet block of %d octets", ErrFormat, len(body))
		}
		return true, n.packet(uint32(n.uint16(body)), body, p)
	}
	if len(body) < 20 {
		return false, fmt.Errorf("%w: packet block of %d octets", ErrFormat, len(body))
	}
	return true, n.packet(n.uint32(body), body, p)
}

// packet reads an enhanced or obsolete packet block, which differ in the first
// four octets alone (draft-ietf-opsawg-pcapng, 4.3 and A).
func (n *ng) packet(index uint32, body []byte, p *Packet) error {
	if int64(index) >= int64(len(n.interfaces)) {
		return fmt.Errorf("%w: packet of interface %d of %d", ErrFormat, index, len(n.interfaces))
	}
	captured, length := n.uint32(body[12:]), n.uint32(body[16:])
	if captured > MaxPacket {
		return tooLong(captured)
	}
	if int(captured) > len(body)-20 {
		return fmt.Errorf("%w: packet of %d octets in a block of %d", ErrFormat, captured, len(body)+12)
	}
	i := &n.interfaces[index]
	p.Data = body[20 : 20+captured]
	p.Length = int(max(captured, length))
	p.Time = i.time(uint64(n.uint32(body[4:]))<<32 | uint64(n.uint32(body[8:])))
	p.LinkType = i.linkType
	n.last = p.Time
	return nil
}

// simple reads a block that has neither interface nor time: it is of the first
// interface, and gets the time of the packet before it.
func (n *ng) simple(body []byte, p *Packet) error {
	if len(body) < 4 {
		return fmt.Errorf("%w: simple packet block of %d octets", ErrFormat, len(body))
	}
	if len(n.interfaces) == 0 {
		return fmt.Errorf("%w: packet of interface 0 of 0", ErrFormat)
	}
	i := &n.interfaces[0]
	length := n.uint32(body)
	captured := length
	if i.snapLength != 0 {
		captured = min(captured, i.snapLength)
	}
	if captured > MaxPacket {
		return tooLong(captured)
	}
	if int(captured) > len(body)-4 {
		return fmt.Errorf("%w: packet of %d octets in a block of %d", ErrFormat, captured, len(body)+12)
	}
	p.Data, p.Length, p.Time, p.LinkType = body[4:4+captured], int(length), n.last, i.linkType
	return nil
}

func (n *ng) uint16(b []byte) uint16 {
	if n.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (n *ng) uint32(b []byte) uint32 {
	if n.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}
