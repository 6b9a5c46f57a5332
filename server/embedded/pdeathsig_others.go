//go:build !linux

package embedded

import "syscall"

// endWithParent does nothing where the kernel has no such signal: the next Start
// stops a server that was left running.
func endWithParent(*syscall.SysProcAttr) {}
