package nl80211test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"syscall"

	"github.com/mdlayher/netlink"

	"picket/radio/nl80211"
)

// A Request is what a client sent.
type Request struct {
	Command    nl80211.Command
	Flags      netlink.HeaderFlags
	Attributes []byte
}

// String shows the request as a trace does.
func (r Request) String() string {
	return fmt.Sprintf("%v flags %v attributes %s", r.Command, r.Flags, hex.EncodeToString(r.Attributes))
}

// Uint32 returns the value of a top-level attribute, and false where there is
// none of that size.
func (r Request) Uint32(attribute uint16) (uint32, bool) {
	ad, err := netlink.NewAttributeDecoder(r.Attributes)
	if err != nil {
		return 0, false
	}
	for ad.Next() {
		if ad.Type() == attribute {
			v := ad.Uint32()
			return v, ad.Err() == nil
		}
	}
	return 0, false
}

// Text returns the value of a top-level string, "" where there is none.
func (r Request) Text(attribute uint16) string {
	ad, err := netlink.NewAttributeDecoder(r.Attributes)
	if err != nil {
		return ""
	}
	for ad.Next() {
		if ad.Type() == attribute {
			return ad.String()
		}
	}
	return ""
}

// Has reports whether a top-level attribute is there.
func (r Request) Has(attribute uint16) bool {
	ad, err := netlink.NewAttributeDecoder(r.Attributes)
	if err != nil {
		return false
	}
	for ad.Next() {
		if ad.Type() == attribute {
			return true
		}
	}
	return false
}

// A Message is one that the kernel sends.
type Message struct {
	Command    nl80211.Command
	Flags      netlink.HeaderFlags // besides those that the protocol sets: netlink.DumpInterrupted
	Attributes []byte
}

// A Handler answers requests. A dump may be answered by any number of messages, a
// request that asks for an acknowledgement by none. An error that wraps a
// syscall.Errno is the kernel's refusal; ErrSilence is no answer at all; any other
// breaks the connection, and the client's user sees it.
type Handler func(Request) ([]Message, error)

// ErrSilence is a kernel that does not answer.
var ErrSilence = errors.New("the kernel does not answer")

// A RefusalError is a refusal with a text.
type RefusalError struct {
	Errno syscall.Errno
	Text  string // the extended acknowledgement

	// Attribute is the one that Text is about; 0 for none.
	Attribute uint16
}

// Error returns what the kernel would say.
func (r *RefusalError) Error() string { return fmt.Sprintf("%v (%s)", r.Errno, r.Text) }

// Unwrap returns the error number.
func (r *RefusalError) Unwrap() error { return r.Errno }
