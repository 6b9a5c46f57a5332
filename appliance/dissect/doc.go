// Package dissect turns octets into fields. One package a protocol lies below
// it; all of them keep the same promises:
//
//   - Pure: no sockets, files, clocks or logs.
//   - Decode fills a structure of the caller's, replacing all of it, keeps no
//     reference to the buffer and allocates nothing.
//   - Every octet comes from a stranger: each offset is checked before it is
//     used, and a claim that the buffer does not hold is an error of this
//     package, not a guess.
//   - Fields that precede the damage stay readable: a beacon that is cut short
//     in its last element still has its SSID.
package dissect

import "errors"

var (
	// ErrTruncated says that a structure claims more octets than there are.
	ErrTruncated = errors.New("truncated")
	// ErrMalformed says that a structure contradicts its specification.
	ErrMalformed = errors.New("malformed")
)
