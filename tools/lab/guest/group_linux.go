package guest

import "syscall"

// ownGroup puts QEMU into a process group of its own and has it killed when the
// thread that started it ends, as when this program is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
