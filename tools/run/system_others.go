//go:build !linux

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// lock does not lock on this system.
func lock(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return func() {}, nil
}

func rightsOf(string) rights {
	return rights{why: "not capturing: live capture is Linux's, and this is " + runtime.GOOS}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
