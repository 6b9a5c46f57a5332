package spool

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"picket/shared/wire"
)

// A ReportID names a report within its tap: the node stores one id once.
type ReportID struct {
	Boot     [16]byte // random, new at each start of the tap
	Sequence uint64   // from 1
}

// A Record is a report in the spool.
type Record struct {
	ID   ReportID
	Body []byte // as encoded by wire; the caller's own
}

const (
	recordMagic  = "PKR1"
	recordHeader = 36              // octets before the body
	maxBody      = wire.MaxEncoded // octets
)

// appendRecord appends the octets of a record to b.
func appendRecord(b []byte, id ReportID, body []byte) []byte {
	start := len(b)
	b = append(b, recordMagic...)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, id.Boot[:]...)
	b = binary.LittleEndian.AppendUint64(b, id.Sequence)
	b = append(b, body...)
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(b[start+8:], castagnoli()))
	return b
}

// castagnoli is made once by package crc32.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// parseRecord reads the record at the start of b. The body is part of b. size is
// that of the record, and 0 when there is none.
func parseRecord(b []byte) (r Record, size int) {
	if len(b) < recordHeader || string(b[:4]) != recordMagic {
		return Record{}, 0
	}
	length := binary.LittleEndian.Uint32(b[8:])
	if length > maxBody || int(length) > len(b)-recordHeader {
		return Record{}, 0
	}
	size = recordHeader + int(length)
	if crc32.Checksum(b[8:size], castagnoli()) != binary.LittleEndian.Uint32(b[4:]) {
		return Record{}, 0
	}
	copy(r.ID.Boot[:], b[12:])
	r.ID.Sequence = binary.LittleEndian.Uint64(b[28:])
	r.Body = b[recordHeader:size:size]
	return r, size
}

// findRecord returns the first record at or behind offset in the octets of a
// segment, where it starts and ends; end is 0 when there is none.
func findRecord(b []byte, offset int) (r Record, start, end int) {
	for offset <= len(b) {
		i := bytes.Index(b[offset:], []byte(recordMagic))
		if i < 0 {
			break
		}
		offset += i
		if r, size := parseRecord(b[offset:]); size > 0 {
			return r, offset, offset + size
		}
		offset++ // a record cut short, or damaged: look for the next
	}
	return Record{}, 0, 0
}
