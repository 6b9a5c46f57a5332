package nl80211

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// refusal makes an Error of what the kernel answered to a request for what with
// the given attributes. Errors that are no answer keep their text.
func refusal(what string, attributes []byte, err error) error {
	var answer *netlink.OpError
	var errno syscall.Errno
	if !errors.As(err, &answer) || answer.Sequence == 0 || !errors.As(answer.Err, &errno) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return &Error{Request: what, Errno: errno, Text: answer.Message, Attribute: attributeAt(attributes, answer.Offset)}
}

// refusedSequence returns the sequence number of the request that an error is
// the kernel's answer to, and false for other errors.
func refusedSequence(err error) (uint32, bool) {
	var answer *netlink.OpError
	if !errors.As(err, &answer) || answer.Sequence == 0 {
		return 0, false
	}
	return answer.Sequence, true
}

// attributeAt returns the type of the top-level attribute that holds offset, which
// counts from the start of the request's netlink header as NLMSGERR_ATTR_OFFS
// does; 0 where none does.
func attributeAt(b []byte, offset int) uint16 {
	at := unix.NLMSG_HDRLEN + unix.GENL_HDRLEN
	for len(b) >= unix.NLA_HDRLEN {
		length := max(int(binary.NativeEndian.Uint16(b)), unix.NLA_HDRLEN)
		length = (length + unix.NLA_ALIGNTO - 1) &^ (unix.NLA_ALIGNTO - 1)
		if offset >= at && offset < at+length {
			return binary.NativeEndian.Uint16(b[2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
		}
		at += length
		b = b[min(length, len(b)):]
	}
	return 0
}
