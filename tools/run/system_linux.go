package main

import (
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

// mayCapture reports whether the program at path may open packet sockets when
// this user starts it. What is missing is the reason, as a sentence with the
// command that helps.
func mayCapture(path string) (bool, string) {
	if hasNetRaw() || fileHasNetRaw(path) {
		return true, ""
	}
	if os.Geteuid() == 0 {
		return false, "not capturing this machine's Ethernet: this system gives root no CAP_NET_RAW (in a container: --cap-add NET_RAW)"
	}
	if exec.Command("sudo", "-n", "setcap", "cap_net_raw+ep", path).Run() == nil && fileHasNetRaw(path) {
		return true, ""
	}
	return false, fmt.Sprintf("not capturing this machine's Ethernet: %s lacks the right; give it by: sudo setcap cap_net_raw+ep %s", filepath.Base(path), path)
}

// hasNetRaw reports whether children of this process have CAP_NET_RAW as root has.
func hasNetRaw() bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || os.Geteuid() != 0 {
		return false
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return err == nil && set&(1<<unix.CAP_NET_RAW) != 0
		}
	}
	return false
}

// fileHasNetRaw reports whether the file at path gives CAP_NET_RAW to who
// executes it: bit 13 of the permitted set (linux/capability.h, vfs_cap_data).
func fileHasNetRaw(path string) bool {
	var b [24]byte
	n, err := unix.Getxattr(path, "security.capability", b[:])
	return err == nil && n >= 8 && b[5]&(1<<(unix.CAP_NET_RAW-8)) != 0
}

// alive reports whether there is a process of that id.
func alive(pid int) bool { return !errors.Is(unix.Kill(pid, 0), unix.ESRCH) }
