package doctor

import (
	"bytes"
	"io/fs"
	"strconv"

	"picket/appliance/identity"
	"picket/radio/link"
	"picket/radio/monitor"
)

// System is the machine as the doctor sees it. Host returns the real one.
type System struct {
	Files fs.FS // "/"

	// Radios lists the radios. os.ErrNotExist: the kernel has no nl80211.
	Radios func() ([]monitor.Radio, error)

	// Links lists interfaces and the ways out of the machine.
	Links func() ([]link.Link, []link.Route, error)

	// Log returns the kernel's messages of this boot, the oldest first.
	// os.ErrPermission: this user may not read them.
	Log func() ([]string, error)

	// Synchronised reports whether the kernel's clock is kept by somebody.
	Synchronised func() (bool, error)

	// Free returns how many octets a folder, or the one that it would be made in,
	// has left for this user.
	Free func(dir string) (uint64, error)

	// Identity returns who the tap with a state folder is. os.ErrPermission: this user
	// may not know.
	Identity func(dir string) (identity.Standing, error)
}

// read returns nothing for what is not there.
func (s System) read(name string) string {
	b, err := fs.ReadFile(s.Files, name)
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(b))
}

func (s System) exists(name string) bool {
	_, err := fs.Stat(s.Files, name)
	return err == nil
}

// number returns 0 for what is none.
func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
