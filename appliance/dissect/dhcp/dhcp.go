// Package dhcp reads DHCPv4 messages (RFC 2131, RFC 2132), with options that
// overflow into the fields of file and server name (option 52) and options that
// are split (RFC 3396).
package dhcp

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// Ports of servers and clients (RFC 2131, 4.1).
const (
	ServerPort = 67
	ClientPort = 68
)

// Message types (RFC 2132, 9.6); 0 is BOOTP.
const (
	Discover = 1
	Offer    = 2
	Request  = 3
	Decline  = 4
	ACK      = 5
	NAK      = 6
	Release  = 7
	Inform   = 8
)

// Message is a DHCP message. It keeps no reference to the buffer.
type Message struct {
	Reply       bool // op is BOOTREPLY
	Type        uint8
	Client      wlan.MAC // chaddr; zero where that is not of 6 octets
	ClientIP    [4]byte  // ciaddr
	YourIP      [4]byte
	Server      [4]byte // option 54
	HasServer   bool
	Requested   [4]byte // option 50
	LeaseS      uint32  // option 51
	HostName    Text    // option 12
	VendorClass Text    // option 60
	Parameters  Text    // option 55
}

// Text is an option's octets as sent, at most 255; of a split option all parts
// that find room.
type Text struct {
	b [255]byte
	n uint8
}

// Bytes returns the octets; they alias t.
func (t *Text) Bytes() []byte { return t.b[:t.n] }

// add appends: an option that comes again goes on (RFC 3396, 5).
func (t *Text) add(v []byte) { t.n += uint8(copy(t.b[t.n:], v)) }

const (
	fixed  = 236
	cookie = 0x63825363 // RFC 2131, 3

	serverName, file = 44, 108 // offsets, to the next field
)

// Decode reads the message in b into m, replacing all of m. BOOTP messages
// without options have Type 0 and no error.
func Decode(b []byte, m *Message) error {
	m.Reply, m.Type, m.LeaseS, m.HasServer = false, 0, 0, false
	m.Client, m.ClientIP, m.YourIP = wlan.MAC{}, [4]byte{}, [4]byte{}
	m.Server, m.Requested = [4]byte{}, [4]byte{}
	m.HostName.n, m.VendorClass.n, m.Parameters.n = 0, 0, 0
	if len(b) < fixed {
		return dissect.ErrTruncated
	}
	if b[0] != 1 && b[0] != 2 {
		return dissect.ErrMalformed
	}
	m.Reply = b[0] == 2
	m.ClientIP, m.YourIP = [4]byte(b[12:16]), [4]byte(b[16:20])
	if b[2] == 6 { // hlen
		m.Client = wlan.MAC(b[28:34])
	}
	if len(b) < fixed+4 || binary.BigEndian.Uint32(b[fixed:]) != cookie {
		return nil
	}
	overload, err := m.options(b[fixed+4:])
	// Option 52 says which fields hold options; those of file come first (RFC
	// 3396, 5). It does not count within them.
	if overload&1 != 0 && err == nil {
		_, err = m.options(b[file:fixed])
	}
	if overload&2 != 0 && err == nil {
		_, err = m.options(b[serverName:file])
	}
	return err
}

// options reads the options in b and returns the value of option 52, or 0.
func (m *Message) options(b []byte) (overload byte, err error) {
	for len(b) > 0 {
		code := b[0]
		if code == 255 {
			return overload, nil
		}
		if code == 0 {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return overload, dissect.ErrTruncated
		}
		v := b[2 : 2+int(b[1])]
		b = b[2+len(v):]
		if code == 52 && len(v) == 1 {
			overload = v[0]
			continue
		}
		m.option(code, v)
	}
	return overload, nil
}

func (m *Message) option(code byte, v []byte) {
	switch {
	case code == 12:
		m.HostName.add(v)
	case code == 50 && len(v) == 4:
		m.Requested = [4]byte(v)
	case code == 51 && len(v) == 4:
		m.LeaseS = binary.BigEndian.Uint32(v)
	case code == 53 && len(v) == 1:
		m.Type = v[0]
	case code == 54 && len(v) == 4:
		m.Server, m.HasServer = [4]byte(v), true
	case code == 55:
		m.Parameters.add(v)
	case code == 60:
		m.VendorClass.add(v)
	}
}
