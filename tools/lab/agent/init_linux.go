package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// mounts are what programs expect of a machine.
func mounts() []struct{ source, target, kind, options string } {
	return []struct{ source, target, kind, options string }{
		{"proc", "/proc", "proc", ""},
		{"sysfs", "/sys", "sysfs", ""},
		{"devtmpfs", "/dev", "devtmpfs", ""},
		{"devpts", "/dev/pts", "devpts", "gid=5,mode=620,ptmxmode=666"},
		{"tmpfs", "/dev/shm", "tmpfs", ""},
		{"tmpfs", "/run", "tmpfs", ""},
		{"tmpfs", "/tmp", "tmpfs", ""},
		{"debugfs", "/sys/kernel/debug", "debugfs", ""},
	}
}

// beInit is process 1: it buries orphans. The agent proper is its child, so that
// who waits for a program never competes with who waits for everyone.
func beInit(args []string, log *slog.Logger) error {
	for _, m := range mounts() {
		if err := mount(m.source, m.target, m.kind, m.options); err != nil {
			log.Warn("mount", "target", m.target, "err", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := &exec.Cmd{
		Path: self, Args: append([]string{self}, args...), Dir: "/",
		Env:   append(os.Environ(), guardedEnv+"=1", "PATH="+searchPath),
		Stdin: nil, Stdout: os.Stderr, Stderr: os.Stderr,
	}
	if err := child.Start(); err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid == child.Process.Pid {
			log.Info("the agent has ended", "status", int(status), "err", err)
			return powerOff()
		}
	}
}

// mount mounts, unless something is mounted there already.
func mount(source, target, kind, options string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	mounted, err := isMounted(target)
	if err == nil && mounted {
		return nil
	}
	if err := unix.Mount(source, target, kind, 0, options); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}

// isMounted compares a folder's device with that of the folder above.
func isMounted(target string) (bool, error) {
	var here, above unix.Stat_t
	if err := unix.Stat(target, &here); err != nil {
		return false, err
	}
	if err := unix.Stat(target+"/..", &above); err != nil {
		return false, err
	}
	return here.Dev != above.Dev, nil
}

func powerOff() error {
	unix.Sync()
	return unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}
