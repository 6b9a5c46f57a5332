package main

import (
	"os/exec"
	"strings"
	"syscall"
	"time"

	"picket/tools/lab/protocol"
)

// holdDelay is how long the output of a process is waited for after its end: what
// it forked may hold the pipe open.
const holdDelay = 500 * time.Millisecond

// searchPath is where programs are looked for.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// command prepares a program, in a process group of its own.
func command(c protocol.Command) (*exec.Cmd, error) {
	if len(c.Argv) == 0 || c.Argv[0] == "" {
		return nil, coded(protocol.BadAsk, "no program")
	}
	argv := c.Argv
	if c.User != "" {
		user, group, ok := strings.Cut(c.User, ":")
		if !ok {
			return nil, coded(protocol.BadAsk, "user %q is not UID:GID", c.User)
		}
		wrap := []string{"setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups"}
		if len(c.Ambient) > 0 {
			capabilities := "+" + strings.Join(c.Ambient, ",+")
			wrap = append(wrap, "--inh-caps="+capabilities, "--ambient-caps="+capabilities)
		}
		argv = append(append(wrap, "--"), argv...)
	}
	if c.Namespace != "" {
		argv = append([]string{"ip", "netns", "exec", c.Namespace}, argv...)
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil, coded(protocol.Absent, "%w", err)
	}
	return &exec.Cmd{
		Path: path, Args: argv, Dir: c.Dir,
		Env:         append([]string{"PATH=" + searchPath, "HOME=/root", "LANG=C.UTF-8", "TERM=dumb"}, c.Env...),
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
		WaitDelay:   holdDelay,
	}, nil
}

// killGroup signals a process group. That it is gone already is no matter.
func killGroup(pid int, sig syscall.Signal) {
	_ = syscall.Kill(-pid, sig)
}

// signalsByName are those that a request may name.
func signalsByName() map[string]syscall.Signal {
	return map[string]syscall.Signal{
		"SIGHUP": syscall.SIGHUP, "SIGINT": syscall.SIGINT, "SIGQUIT": syscall.SIGQUIT, "SIGKILL": syscall.SIGKILL,
		"SIGTERM": syscall.SIGTERM, "SIGUSR1": syscall.SIGUSR1, "SIGUSR2": syscall.SIGUSR2,
		"SIGSTOP": syscall.SIGSTOP, "SIGCONT": syscall.SIGCONT, "SIGABRT": syscall.SIGABRT,
		"SIGSEGV": syscall.SIGSEGV, "SIGPIPE": syscall.SIGPIPE,
	}
}

func signalNamed(name string, unsaid syscall.Signal) (syscall.Signal, error) {
	if name == "" && unsaid != 0 {
		return unsaid, nil
	}
	if sig, ok := signalsByName()[name]; ok {
		return sig, nil
	}
	return 0, coded(protocol.BadAsk, "%q is no signal known here", name)
}

func signalName(sig syscall.Signal) string {
	for name, s := range signalsByName() {
		if s == sig {
			return name
		}
	}
	return sig.String()
}
