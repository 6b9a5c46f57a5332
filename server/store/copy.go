package store

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Object identifiers of built-in types (pg_type.dat); they never change.
const (
	oidBool    = 16
	oidBytea   = 17
	oidInt8    = 20
	oidInt2    = 21
	oidInt4    = 23
	oidText    = 25
	oidMACAddr = 829
	oidInet    = 869
)

// postgresEpoch is the time that a timestamptz counts from.
const postgresEpochUS = 946_684_800_000_000 // 2000-01-01 in microseconds since 1970

// copyBuffer holds rows in the binary format of COPY (PostgreSQL manual, COPY,
// "Binary Format"). pgx's own encoder looks up a codec per value; observations
// have ten thousand values a report.
type copyBuffer struct {
	b    []byte
	rows int
}

func (c *copyBuffer) reset() { c.b, c.rows = c.b[:0], 0 }

// begin starts a row of n fields.
func (c *copyBuffer) begin(n int) {
	if c.rows == 0 {
		c.b = append(c.b, "PGCOPY\n\xff\r\n\x00"...)
		c.b = append(c.b, 0, 0, 0, 0, 0, 0, 0, 0) // flags, header extension
	}
	c.rows++
	c.b = binary.BigEndian.AppendUint16(c.b, uint16(n))
}

// reader returns the finished stream.
func (c *copyBuffer) reader() *bytes.Reader {
	c.b = append(c.b, 0xff, 0xff)
	return bytes.NewReader(c.b)
}

func (c *copyBuffer) null()           { c.b = append(c.b, 0xff, 0xff, 0xff, 0xff) }
func (c *copyBuffer) length(n int)    { c.b = binary.BigEndian.AppendUint32(c.b, uint32(n)) }
func (c *copyBuffer) uint16(v uint16) { c.b = binary.BigEndian.AppendUint16(c.b, v) }
func (c *copyBuffer) uint32(v uint32) { c.b = binary.BigEndian.AppendUint32(c.b, v) }
func (c *copyBuffer) uint64(v uint64) { c.b = binary.BigEndian.AppendUint64(c.b, v) }

func (c *copyBuffer) uuid(v uuid.UUID) { c.length(16); c.b = append(c.b, v[:]...) }
func (c *copyBuffer) int2(v int16)     { c.length(2); c.uint16(uint16(v)) }
func (c *copyBuffer) int4(v int32)     { c.length(4); c.uint32(uint32(v)) }
func (c *copyBuffer) int8(v int64)     { c.length(8); c.uint64(uint64(v)) }
func (c *copyBuffer) text(v string)    { c.length(len(v)); c.b = append(c.b, v...) }

func (c *copyBuffer) bool(v bool) {
	c.length(1)
	c.b = append(c.b, octet(v))
}

func (c *copyBuffer) time(v time.Time) { c.int8(v.UnixMicro() - postgresEpochUS) }

// array starts an array of n elements of one dimension and returns where its
// length goes (end). fixed is the size of an element, for the capacity.
func (c *copyBuffer) array(oid uint32, n int, hasNull bool) (start int) {
	start = len(c.b)
	c.uint32(0) // length of the field, set by end
	c.uint32(1) // dimensions
	c.uint32(uint32(octet(hasNull)))
	c.uint32(oid)
	c.uint32(uint32(n))
	c.uint32(1) // lower bound
	return start
}

func (c *copyBuffer) end(start int) {
	binary.BigEndian.PutUint32(c.b[start:], uint32(len(c.b)-start-4))
}

func octet(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// number is what the columns of a report are made of.
type number interface {
	~uint32 | ~int32 | ~uint64 | ~int64
}

func allZero[T comparable](col []T) bool {
	var zero T
	for _, v := range col {
		if v != zero {
			return false
		}
	}
	return true
}

// int2s, int4s and int8s write a column, or NULL where it is all zero.
func int2s[T number](c *copyBuffer, col []T) {
	if allZero(col) {
		c.null()
		return
	}
	at := c.array(oidInt2, len(col), false)
	for _, v := range col {
		c.uint32(2)
		c.uint16(uint16(v))
	}
	c.end(at)
}

func int4s[T number](c *copyBuffer, col []T) {
	if allZero(col) {
		c.null()
		return
	}
	at := c.array(oidInt4, len(col), false)
	for _, v := range col {
		c.uint32(4)
		c.uint32(uint32(v))
	}
	c.end(at)
}

func int8s[T number](c *copyBuffer, col []T) {
	if allZero(col) {
		c.null()
		return
	}
	at := c.array(oidInt8, len(col), false)
	for _, v := range col {
		c.uint32(8)
		c.uint64(uint64(v))
	}
	c.end(at)
}

func (c *copyBuffer) bools(col []bool) {
	if allZero(col) {
		c.null()
		return
	}
	at := c.array(oidBool, len(col), false)
	for _, v := range col {
		c.uint32(1)
		c.b = append(c.b, octet(v))
	}
	c.end(at)
}

func (c *copyBuffer) texts(col []string) {
	at := c.array(oidText, len(col), false)
	for _, v := range col {
		c.text(v)
	}
	c.end(at)
}

// octets writes a bytea[] column, or NULL where all are empty and it is not
// required.
func (c *copyBuffer) octets(n int, required bool, value func(i int) []byte) {
	start := len(c.b)
	at := c.array(oidBytea, n, false)
	some := required
	for i := range n {
		v := value(i)
		some = some || len(v) > 0
		c.length(len(v))
		c.b = append(c.b, v...)
	}
	c.end(at)
	if !some {
		c.b = c.b[:start]
		c.null()
	}
}

// macs writes the addresses of dict to which index points, 0 being a NULL
// element, or NULL where all are 0 and it is not required.
func (c *copyBuffer) macs(dict []byte, index []uint32, required bool) {
	if !required && allZero(index) {
		c.null()
		return
	}
	at := c.array(oidMACAddr, len(index), true)
	for _, i := range index {
		if i == 0 {
			c.null()
			continue
		}
		c.uint32(6)
		c.b = append(c.b, dict[6*i-6:6*i]...)
	}
	c.end(at)
}

// ips is macs for IP addresses: those of ipv6 follow those of ipv4.
func (c *copyBuffer) ips(ipv4, ipv6 []byte, index []uint32, required bool) {
	if !required && allZero(index) {
		c.null()
		return
	}
	n4 := uint32(len(ipv4) / 4)
	at := c.array(oidInet, len(index), true)
	for _, i := range index {
		switch {
		case i == 0:
			c.null()
		case i <= n4:
			c.uint32(8)
			c.b = append(c.b, 2, 32, 0, 4) // family, bits, is_cidr, octets (network.c)
			c.b = append(c.b, ipv4[4*i-4:4*i]...)
		default:
			i -= n4
			c.uint32(20)
			c.b = append(c.b, 3, 128, 0, 16)
			c.b = append(c.b, ipv6[16*i-16:16*i]...)
		}
	}
	c.end(at)
}
