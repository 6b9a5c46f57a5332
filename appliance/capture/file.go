package capture

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File is a capture file. Its packets point into its read buffer.
type File struct {
	name    string
	file    *os.File
	size    int64 // octets on disk, 0 where unknown
	read    int64 // octets read from disk
	records records
	count   uint64
	err     error // sticky
}

// records is what a file format gives: classic pcap or pcapng.
type records interface {
	// next fills p with the next packet. Its errors are io.EOF between
	// records, io.ErrUnexpectedEOF within one, and others.
	next(p *Packet) error
}

// OpenFile opens a pcap or pcapng file, plain or gzip; "-" is standard input.
// The error wraps ErrFormat when it is neither.
func OpenFile(path string) (*File, error) {
	f := &File{name: filepath.Base(path), file: os.Stdin}
	if path == "-" {
		f.name = "standard input"
	} else {
		var err error
		if f.file, err = os.Open(path); err != nil {
			return nil, fmt.Errorf("open capture: %w", err)
		}
	}
	if info, err := f.file.Stat(); err == nil && info.Mode().IsRegular() {
		f.size = info.Size()
	}
	records, err := openRecords((*counter)(f))
	if err != nil {
		_ = f.Close() // only read from
		return nil, fmt.Errorf("open capture %s: %w", path, err)
	}
	f.records = records
	return f, nil
}

// Next returns the next packet of the file.
func (f *File) Next(p *Packet) error {
	if f.err != nil {
		return f.err
	}
	err := f.records.next(p)
	if err == nil {
		f.count++
		return nil
	}
	if err != io.EOF { //nolint:errorlint // own reader, and on the way of every packet
		err = fmt.Errorf("capture %s: after packet %d: %w", f.name, f.count, err)
	}
	f.err = err
	return err
}

// Stats is always zero: a file loses nothing.
func (f *File) Stats() (Stats, error) { return Stats{}, nil }

// Name is the last element of the path.
func (f *File) Name() string { return f.name }

// Progress returns how many octets of the file on disk were read, and how many
// it has: 0 where that is unknown, as with a pipe.
func (f *File) Progress() (read, size int64) { return f.read, f.size }

// Close closes the file; packets that it gave become invalid.
func (f *File) Close() error {
	f.err = fmt.Errorf("capture %s: %w", f.name, os.ErrClosed)
	if f.file == os.Stdin {
		return nil
	}
	return f.file.Close()
}

// counter reads from disk and counts.
type counter File

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	c.read += int64(n)
	return n, err
}

// Magic numbers as read in the byte order of who wrote them.
const (
	magicMicroseconds = 0xa1b2c3d4 // pcap-savefile(5)
	magicNanoseconds  = 0xa1b23c4d
	magicSection      = 0x0a0d0d0a // the same in both byte orders; pcapng, 4.1
	magicGzip         = 0x1f8b     // RFC 1952, 2.3.1
)

// openRecords tells by the first octets what r is.
func openRecords(r io.Reader) (records, error) {
	buf := newBuffer(r)
	head, err := buf.peek(4)
	if err != nil {
		return nil, shortHeader(err)
	}
	if binary.BigEndian.Uint16(head) == magicGzip {
		unzip, err := gzip.NewReader((*rest)(buf))
		if err != nil {
			return nil, fmt.Errorf("%w: gzip: %w", ErrFormat, err)
		}
		buf = newBuffer(unzip)
		if head, err = buf.peek(4); err != nil {
			return nil, shortHeader(err)
		}
	}
	little, big := binary.LittleEndian.Uint32(head), binary.BigEndian.Uint32(head)
	switch {
	case big == magicSection:
		return openNG(buf), nil
	case little == magicMicroseconds || little == magicNanoseconds:
		return openClassic(buf, false, little == magicNanoseconds)
	case big == magicMicroseconds || big == magicNanoseconds:
		return openClassic(buf, true, big == magicNanoseconds)
	}
	return nil, fmt.Errorf("%w: neither pcap nor pcapng: starts with % x", ErrFormat, head)
}

// rest reads on where a buffer stands.
type rest buffer

func (r *rest) Read(p []byte) (int, error) {
	b := (*buffer)(r)
	if _, err := b.peek(1); err != nil {
		return 0, err
	}
	n := copy(p, b.buf[b.start:b.end])
	b.start += n
	return n, nil
}

// ReadByte keeps gzip from putting a buffer of its own in between.
func (r *rest) ReadByte() (byte, error) {
	c, err := (*buffer)(r).peek(1)
	if err != nil {
		return 0, err
	}
	r.start++
	return c[0], nil
}

func shortHeader(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: too short for a header: %w", ErrFormat, io.ErrUnexpectedEOF)
	}
	return err
}
