package capture

import "errors"

// MaxPacket is the most octets that a packet of a file may have. It is the bound
// of tshark and tcpdump (WTAP_MAX_PACKET_SIZE_STANDARD, MAXIMUM_SNAPLEN).
const MaxPacket = 256 << 10

// ErrIdle is what Next of a live source returns when nothing came for 100 ms:
// time for its caller to look at the clock.
var ErrIdle = errors.New("no packet for 100 ms")

// ErrFormat marks a file that is no capture, or contradicts itself.
var ErrFormat = errors.New("malformed capture file")

// A Packet is what Next fills.
type Packet struct {
	Data     []byte   // captured octets; valid until the next call of Next
	Length   int      // octets on the air or wire, at least len(Data)
	Time     int64    // UTC, nanoseconds since 1970; of a file, what the file says
	LinkType LinkType // what Data starts with
}

// Stats tells what a source lost.
type Stats struct {
	Drops uint64 // packets that the kernel had no room for, since the last call
}

// A Source gives packets, one after another. It is used by one goroutine.
type Source interface {
	// Next replaces all of p. It returns io.EOF at the end, ErrIdle when a
	// live source has nothing, and otherwise an error after which every call
	// returns the same.
	Next(p *Packet) error

	// Stats returns the losses since the last call.
	Stats() (Stats, error)

	// Name is that of the interface or file, for people.
	Name() string

	Close() error
}
