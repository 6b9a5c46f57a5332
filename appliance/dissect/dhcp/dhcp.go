// Package dhcp reads DHCPv4 messages (RFC 2131, RFC 2132).
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

// Message is a DHCP message. Options alias the buffer until the next Decode.
type Message struct {
	Reply       bool // op is BOOTREPLY
	Type        uint8
	Client      wlan.MAC // chaddr
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

// Text is an option's octets as sent, at most 255.
type Text struct {
	b [255]byte
	n uint8
}

// Bytes returns the octets; they alias t.
func (t *Text) Bytes() []byte { return t.b[:t.n] }

func (t *Text) set(v []byte) { t.n = uint8(copy(t.b[:], v)) }

const (
	fixed  = 236
	cookie = 0x63825363 // RFC 2131, 3
)

// Decode reads the message in b into m, replacing all of m. BOOTP messages
// without options have Type 0 and no error.
func Decode(b []byte, m *Message) error {
	m.Type, m.LeaseS, m.HasServer = 0, 0, false
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
	m.Client = wlan.MAC(b[28:34])
	if len(b) < fixed+4 || binary.BigEndian.Uint32(b[fixed:]) != cookie {
		return nil
	}
	return m.options(b[fixed+4:])
}

func (m *Message) options(b []byte) error {
	for len(b) > 0 {
		code := b[0]
		if code == 255 {
			return nil
		}
		if code == 0 {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return dissect.ErrTruncated
		}
		v := b[2 : 2+int(b[1])]
		b = b[2+len(v):]
		switch {
		case code == 12:
			m.HostName.set(v)
		case code == 50 && len(v) == 4:
			m.Requested = [4]byte(v)
		case code == 51 && len(v) == 4:
			m.LeaseS = binary.BigEndian.Uint32(v)
		case code == 53 && len(v) == 1:
			m.Type = v[0]
		case code == 54 && len(v) == 4:
			m.Server, m.HasServer = [4]byte(v), true
		case code == 55:
			m.Parameters.set(v)
		case code == 60:
			m.VendorClass.set(v)
		}
	}
	return nil
}
