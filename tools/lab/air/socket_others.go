//go:build !linux

package air

import (
	"context"
	"errors"
)

// errNotHere is what everything here answers: packet sockets are Linux's.
var errNotHere = errors.New("frames are sent on Linux alone")

// Socket sends nothing here.
type Socket struct{}

// Open fails.
func Open(string) (*Socket, error) { return nil, errNotHere }

// OpenSender fails.
func OpenSender(string) (*Socket, error) { return nil, errNotHere }

// Close does nothing.
func (*Socket) Close() error { return nil }

// Send fails.
func (*Socket) Send([]byte) error { return errNotHere }

// SendMany fails.
func (*Socket) SendMany([][]byte) (int, error) { return 0, errNotHere }

// Receive fails.
func (*Socket) Receive(context.Context) ([]byte, error) { return nil, errNotHere }

func temporary(error) bool { return false }
