package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// classic walks a pcap file (pcap-savefile(5)).
type classic struct {
	buf      *buffer
	skip     int  // octets of the packet handed out last, still in buf
	swap     bool // the file is big-endian
	unit     int64
	linkType LinkType
}

const (
	classicHeader = 24 // of the file
	classicRecord = 16 // before each packet
)

func openClassic(buf *buffer, bigEndian, nanoseconds bool) (*classic, error) {
	head, err := buf.peek(classicHeader)
	if err != nil {
		return nil, shortHeader(err)
	}
	c := &classic{buf: buf, skip: classicHeader, swap: bigEndian, unit: 1000}
	if nanoseconds {
		c.unit = 1
	}
	major, minor := binary.LittleEndian.Uint16(head[4:]), binary.LittleEndian.Uint16(head[6:])
	network := binary.LittleEndian.Uint32(head[20:])
	if bigEndian {
		major, minor, network = bits.ReverseBytes16(major), bits.ReverseBytes16(minor), bits.ReverseBytes32(network)
	}
	if major != 2 { // of minor versions, 3 and older swapped lengths at times; 4 is of 1998
		return nil, fmt.Errorf("%w: pcap version %d.%d, want 2", ErrFormat, major, minor)
	}
	c.linkType = LinkType(network) // the upper 16 bits tell of an FCS
	return c, nil
}

func (c *classic) next(p *Packet) error {
	c.buf.start += c.skip
	c.skip = 0
	b, err := c.buf.peek(classicRecord)
	if err != nil {
		if len(b) == 0 && err == io.EOF { //nolint:errorlint // own reader
			return io.EOF
		}
		return cut(err)
	}
	seconds, fraction := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	captured, length := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
	if c.swap {
		seconds, fraction = bits.ReverseBytes32(seconds), bits.ReverseBytes32(fraction)
		captured, length = bits.ReverseBytes32(captured), bits.ReverseBytes32(length)
	}
	if captured > MaxPacket {
		return tooLong(captured)
	}
	end := classicRecord + int(captured)
	if b, err = c.buf.peek(end); err != nil {
		return cut(err)
	}
	c.skip = end
	p.Data = b[classicRecord:]
	p.Length = int(max(captured, length))
	p.Time = int64(seconds)*1e9 + int64(fraction)*c.unit
	p.LinkType = c.linkType
	return nil
}

// cut makes the end of a file within a record recognisable.
func cut(err error) error {
	if err == io.EOF { //nolint:errorlint // own reader
		return io.ErrUnexpectedEOF
	}
	return err
}

func tooLong(captured uint32) error {
	return fmt.Errorf("%w: packet of %d octets, at most %d", ErrFormat, captured, MaxPacket)
}
