package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup puts a child into a process group of its own and has it stopped when
// the thread that started it ends, as when this program is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// lock takes the lock of a folder, so that two runs do not share its data.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another run uses %s: %w", filepath.Dir(path), err)
	}
	return func() { _ = f.Close() }, nil
}

// rights are what the program at path may do when this user starts it.
func rightsOf(path string) rights {
	has := func(n int) bool { return rootHas(n) || fileHas(path, n) }
	r := rights{capture: has(unix.CAP_NET_RAW), tune: has(unix.CAP_NET_ADMIN)}
	if r.capture && r.tune || os.Geteuid() == 0 {
		if !r.capture {
			r.why = "not capturing: this system gives root no CAP_NET_RAW (in a container: --cap-add NET_RAW)"
		}
		return r
	}
	const both = "cap_net_raw,cap_net_admin+ep"
	if exec.Command("sudo", "-n", "setcap", both, path).Run() == nil {
		r.capture, r.tune = fileHas(path, unix.CAP_NET_RAW), fileHas(path, unix.CAP_NET_ADMIN)
	}
	if !r.capture {
		r.why = fmt.Sprintf("not capturing: %s lacks the right; give it by: sudo setcap %s %s", filepath.Base(path), both, path)
	}
	return r
}

// rootHas reports whether children of this process have a capability as root has.
func rootHas(capability int) bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || os.Geteuid() != 0 {
		return false
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return err == nil && set&(1<<capability) != 0
		}
	}
	return false
}

// fileHas reports whether the file at path gives a capability, one of the first
// 32, to who executes it: a bit of the permitted set (linux/capability.h,
// vfs_cap_data).
func fileHas(path string, capability int) bool {
	var b [24]byte
	n, err := unix.Getxattr(path, "security.capability", b[:])
	return err == nil && n >= 8 && binary.LittleEndian.Uint32(b[4:])&(1<<capability) != 0
}

// alive reports whether there is a process of that id.
func alive(pid int) bool { return !errors.Is(unix.Kill(pid, 0), unix.ESRCH) }
