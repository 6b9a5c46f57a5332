package node

import "syscall"

// ownGroup puts noded into a process group of its own and has it stopped when the
// thread that started it ends, as when this program is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
