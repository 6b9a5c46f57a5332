package delivery

import "errors"

// timeout is the errors of package net that tell one.
type timeout interface{ Timeout() bool }

func errorAs(err error) (timeout, bool) {
	var t timeout
	ok := errors.As(err, &t)
	return t, ok
}
