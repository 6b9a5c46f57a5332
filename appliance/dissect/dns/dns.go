// Package dns reads DNS messages (RFC 1035) as far as a summary needs: who is
// asked for what, and how the answer went. It is on the hot path of every
// packet to port 53, so it allocates nothing and follows compression pointers
// only backwards.
package dns

import (
	"encoding/binary"

	"picket/appliance/dissect"
)

// RCODEs (RFC 1035, 4.1.1).
const (
	NoError  = 0
	ServFail = 2
	NXDomain = 3
	Refused  = 5
)

// Types of records (RFC 1035, 3.2.2; RFC 3596).
const (
	TypeA    = 1
	TypeAAAA = 28
)

// MaxName is the longest name in text, without the last dot (RFC 1035, 3.1).
const MaxName = 253

// Message is a DNS message.
type Message struct {
	Response bool
	Opcode   uint8
	RCODE    uint8
	ID       uint16

	// HasQuestion reports whether the first question could be read.
	HasQuestion bool
	Type        uint16
	name        [MaxName + 1]byte // with the last dot
	nameLen     int

	// Address is the last A or AAAA record of the answers: AddressLen is 4 or 16,
	// and 0 when there is none.
	Address    [16]byte
	AddressLen uint8
}

// Name returns the first question's name: lower case, with dots between labels,
// none at the end; the root is empty. Octets below 0x21, dots and backslashes
// within labels stand as sent. It aliases m.
func (m *Message) Name() []byte { return m.name[:m.nameLen] }

// Decode reads the message in b into m, replacing all of m. On an error m has
// what precedes the damage.
func Decode(b []byte, m *Message) error {
	m.HasQuestion, m.Type, m.nameLen, m.AddressLen = false, 0, 0, 0
	m.Response, m.Opcode, m.RCODE, m.ID = false, 0, 0, 0
	if len(b) < 4 {
		return dissect.ErrTruncated
	}
	m.ID = binary.BigEndian.Uint16(b)
	m.Response = b[2]&0x80 != 0
	m.Opcode = b[2] >> 3 & 0x0f
	m.RCODE = b[3] & 0x0f
	if len(b) < 12 {
		return dissect.ErrTruncated
	}
	questions, answers := binary.BigEndian.Uint16(b[4:]), int(binary.BigEndian.Uint16(b[6:]))
	at := 12
	for i := range questions {
		var err error
		if i == 0 {
			at, err = m.question(b, at)
		} else {
			at, err = skipName(b, at)
			at += 4
		}
		if err != nil {
			return err
		}
		if at > len(b) {
			return dissect.ErrTruncated
		}
	}
	return m.answers(b, at, answers)
}

// Plausible reports whether b, from a port that is not DNS's, is a message all
// the same: one question in class IN, a name of plain labels, and counts that a
// datagram can hold. Resolvers on odd ports are worth knowing; noise is not.
func Plausible(b []byte) bool {
	const most = 64                                      // records in a section
	if len(b) < 17 || b[2]&0x78 != 0 || b[3]&0x40 != 0 { // opcode QUERY, Z clear
		return false
	}
	response := b[2]&0x80 != 0
	answers, authorities := binary.BigEndian.Uint16(b[6:]), binary.BigEndian.Uint16(b[8:])
	if binary.BigEndian.Uint16(b[4:]) != 1 || answers > most || authorities > most || binary.BigEndian.Uint16(b[10:]) > most {
		return false
	}
	if !response && answers+authorities != 0 {
		return false
	}
	at := 12
	for at < len(b) && b[at] != 0 {
		size := int(b[at])
		if size > 63 || at+1+size >= len(b) {
			return false
		}
		for _, c := range b[at+1 : at+1+size] {
			if c <= ' ' || c >= 0x7f {
				return false
			}
		}
		at += 1 + size
	}
	const in = 1
	return at > 12 && at+5 <= len(b) && binary.BigEndian.Uint16(b[at+3:]) == in
}

func (m *Message) question(b []byte, at int) (int, error) {
	end, err := m.readName(b, at)
	if err != nil {
		return end, err
	}
	if end+4 > len(b) {
		return end, dissect.ErrTruncated
	}
	m.Type = binary.BigEndian.Uint16(b[end:])
	m.HasQuestion = true
	return end + 4, nil
}

// readName reads the name at offset at and returns the offset behind it. A
// pointer must point before the label that holds it, so that the walk ends
// (RFC 1035, 4.1.4: "a prior occurrence").
func (m *Message) readName(b []byte, at int) (int, error) {
	n, end, limit := 0, -1, at
	for {
		if at >= len(b) {
			return at, dissect.ErrTruncated
		}
		size := int(b[at])
		switch size >> 6 {
		case 0:
			if size == 0 {
				m.nameLen = max(n-1, 0)
				if end < 0 {
					end = at + 1
				}
				return end, nil
			}
			if at+1+size > len(b) {
				return at, dissect.ErrTruncated
			}
			if n+size+1 > len(m.name) {
				return at, dissect.ErrMalformed
			}
			for _, c := range b[at+1 : at+1+size] {
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				m.name[n] = c
				n++
			}
			m.name[n] = '.'
			n++
			at += 1 + size
		case 3:
			if at+2 > len(b) {
				return at, dissect.ErrTruncated
			}
			to := int(binary.BigEndian.Uint16(b[at:]) & 0x3fff)
			if to >= limit {
				return at, dissect.ErrMalformed
			}
			if end < 0 {
				end = at + 2
			}
			at, limit = to, to
		default:
			return at, dissect.ErrMalformed
		}
	}
}

// skipName returns the offset behind the name at offset at.
func skipName(b []byte, at int) (int, error) {
	for {
		if at >= len(b) {
			return at, dissect.ErrTruncated
		}
		switch size := int(b[at]); size >> 6 {
		case 0:
			if size == 0 {
				return at + 1, nil
			}
			at += 1 + size
		case 3:
			return at + 2, nil
		default:
			return at, dissect.ErrMalformed
		}
	}
}

func (m *Message) answers(b []byte, at, n int) error {
	for ; n > 0; n-- {
		end, err := skipName(b, at)
		if err != nil {
			return err
		}
		if end+10 > len(b) {
			return dissect.ErrTruncated
		}
		kind := binary.BigEndian.Uint16(b[end:])
		size := int(binary.BigEndian.Uint16(b[end+8:]))
		at = end + 10 + size
		if at > len(b) {
			return dissect.ErrTruncated
		}
		if kind == TypeA && size == 4 || kind == TypeAAAA && size == 16 {
			m.Address = [16]byte{}
			m.AddressLen = uint8(copy(m.Address[:], b[end+10:at]))
		}
	}
	return nil
}
