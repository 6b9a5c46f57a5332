//go:build !linux

package monitor

import "errors"

// errRFKill is never met here.
var errRFKill = errors.New("blocked by rfkill")
