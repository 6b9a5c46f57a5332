//go:build !linux

package doctor

import (
	"errors"
	"os"

	"picket/appliance/identity"
	"picket/radio/link"
	"picket/radio/monitor"
)

// Host is this machine, of which there is little to say: a tap needs Linux.
func Host() System {
	return System{
		Files:        os.DirFS("/"),
		Radios:       func() ([]monitor.Radio, error) { return nil, os.ErrNotExist },
		Links:        func() ([]link.Link, []link.Route, error) { return nil, nil, errors.ErrUnsupported },
		Log:          func() ([]string, error) { return nil, errors.ErrUnsupported },
		Synchronised: func() (bool, error) { return false, errors.ErrUnsupported },
		Free:         func(string) (uint64, error) { return 0, errors.ErrUnsupported },
		Identity:     identity.Look,
	}
}
