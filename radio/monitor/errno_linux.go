package monitor

import "golang.org/x/sys/unix"

// errRFKill is what opening an interface says while its radio is blocked.
const errRFKill = unix.ERFKILL
