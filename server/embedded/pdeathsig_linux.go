package embedded

import "syscall"

// endWithParent makes the kernel stop the server when the thread that started it
// ends, which Server keeps for as long as it wants the server.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
