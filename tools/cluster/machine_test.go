package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A machine is a network namespace with an address on the bridge.
type machine struct {
	name, ip, mac string
	dir           string // of its files
	root          bool   // the observer's own, which is not entered

	mu        sync.Mutex
	processes map[string]*process
}

// A process is one program of a machine.
type process struct {
	cmd   *exec.Cmd
	log   string // file
	ended chan struct{}
}

// network is the machines and what joins them.
type network struct {
	t        *testing.T
	dir      string
	observer *machine
	machines []*machine
}

// newNetwork makes a bridge with the observer on it.
func newNetwork(t *testing.T, dir string) *network {
	t.Helper()
	n := &network{t: t, dir: dir, observer: &machine{name: "observer", ip: "192.0.2.1", root: true}}
	for _, command := range []string{
		"ip link set lo up",
		"ip link add switch type bridge",
		"ip link set switch address 00:00:5e:00:53:01",
		"ip addr add 192.0.2.1/24 dev switch",
		"ip link set switch up",
	} {
		command1(t, command)
	}
	n.observer.mac = "00:00:5e:00:53:01"
	return n
}

// add makes a machine whose address ends in last.
func (n *network) add(name string, last int) *machine {
	n.t.Helper()
	m := &machine{
		name: name, ip: fmt.Sprintf("192.0.2.%d", last), mac: fmt.Sprintf("00:00:5e:00:53:%02x", last),
		dir: filepath.Join(n.dir, name), processes: map[string]*process{},
	}
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		n.t.Fatal(err)
	}
	for _, command := range []string{
		"ip netns add " + name,
		"ip link add port-" + name + " type veth peer name eth0 netns " + name,
		"ip link set port-" + name + " master switch up",
		"ip -n " + name + " link set eth0 address " + m.mac,
		"ip -n " + name + " addr add " + m.ip + "/24 dev eth0",
		"ip -n " + name + " link set lo up",
		"ip -n " + name + " link set eth0 up",
	} {
		command1(n.t, command)
	}
	n.machines = append(n.machines, m)
	return m
}

// cut takes the machine off the network: what it sends and what is sent to it is
// lost, and nobody is told.
func (n *network) cut(m *machine) { command1(n.t, "bridge link set dev port-"+m.name+" state 0") }

// join undoes cut.
func (n *network) join(m *machine) { command1(n.t, "bridge link set dev port-"+m.name+" state 3") }

// part loses what two machines send each other, by an address of the link layer
// that nobody has; the others hear both.
func (n *network) part(a, b *machine) {
	for _, pair := range [][2]*machine{{a, b}, {b, a}} {
		command1(n.t, "ip -n "+pair[0].name+" neigh replace "+pair[1].ip+" lladdr 00:00:5e:00:53:fe dev eth0 nud permanent")
	}
}

// reunite undoes part.
func (n *network) reunite(a, b *machine) {
	for _, pair := range [][2]*machine{{a, b}, {b, a}} {
		command1(n.t, "ip -n "+pair[0].name+" neigh del "+pair[1].ip+" dev eth0")
	}
}

// start runs a program on the machine, as user where that is not empty.
func (m *machine) start(t *testing.T, name, user string, args ...string) *process {
	t.Helper()
	var command []string
	if !m.root {
		command = append(command, "ip", "netns", "exec", m.name)
	}
	if user != "" {
		command = append(command, "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--")
	}
	command = append(command, args...)
	p := &process{cmd: exec.Command(command[0], command[1:]...), log: filepath.Join(m.dir, name+".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Dir = m.dir
	p.cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+m.dir)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: start %s: %v", m.name, name, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended is in what it did
	}()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.processes[name] = p
	return p
}

// kill ends a program and what it started, at once.
func (m *machine) kill(name string) {
	m.mu.Lock()
	p := m.processes[name]
	delete(m.processes, name)
	m.mu.Unlock()
	if p == nil {
		return
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // may have ended by itself
	<-p.ended
}

// terminate asks a program to end, and waits until it has, most at the longest.
func (m *machine) terminate(t *testing.T, name string, most time.Duration) {
	t.Helper()
	m.mu.Lock()
	p := m.processes[name]
	delete(m.processes, name)
	m.mu.Unlock()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("%s: %s is to end: %v", m.name, name, err)
		return
	}
	select {
	case <-p.ended:
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("%s: %s ended with %d", m.name, name, code)
		}
	case <-time.After(most):
		t.Errorf("%s: %s does not end", m.name, name)
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.ended
	}
}

// killAll is the machine losing power: every process in its namespace ends at once,
// those included that left their process group.
func (m *machine) killAll(t *testing.T) {
	t.Helper()
	out, err := exec.Command("ip", "netns", "pids", m.name).Output()
	if err != nil {
		t.Fatalf("%s: list processes: %v", m.name, err)
	}
	for field := range strings.FieldsSeq(string(out)) {
		var pid int
		if _, err := fmt.Sscan(field, &pid); err == nil && pid > 1 {
			_ = syscall.Kill(pid, syscall.SIGKILL) // may have died with its parent
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, p := range m.processes {
		<-p.ended
		delete(m.processes, name)
	}
}

// command1 runs a command whose words have no spaces.
func command1(t *testing.T, command string) {
	t.Helper()
	words := strings.Fields(command)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
}

// tail returns the end of a file, for the log of a test that failed.
func tail(path string, most int) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-most):])
}

// await polls until done, limit at the longest.
func await(t *testing.T, what string, limit time.Duration, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("no %s in %v", what, limit)
		case <-tick.C:
		}
	}
}
