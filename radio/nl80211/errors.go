package nl80211

import (
	"os"
	"strings"
	"syscall"
)

// An Error is the kernel's refusal of a request.
type Error struct {
	// Request says what was asked, with its values: "tune ifindex 7 to 5180 MHz".
	Request string

	// Errno is the kernel's error number, which errors.Is finds.
	Errno syscall.Errno

	// Text is the kernel's extended acknowledgement, "" where it gave none.
	Text string

	// Attribute is the type of the top-level attribute that Text is about, 0
	// where the kernel did not say.
	Attribute uint16
}

// Error returns "tune ifindex 7 to 5180 MHz: invalid argument (Unknown channel)".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Request)
	b.WriteString(": ")
	b.WriteString(e.Errno.Error())
	if e.Text != "" {
		b.WriteString(" (")
		b.WriteString(e.Text)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap returns the error number.
func (e *Error) Unwrap() error { return e.Errno }

// Is reports that what is gone does not exist: the kernel says ENODEV for a wiphy
// or interface that is gone or never was.
func (e *Error) Is(target error) bool {
	return target == os.ErrNotExist && (e.Errno == syscall.ENODEV || e.Errno == syscall.ENXIO)
}
