package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"picket/tools/lab/protocol"
)

// clockTick is the unit of times in /proc/stat (USER_HZ).
const clockTick = 10 * time.Millisecond

// A machine is the guest as a whole.
type machine struct {
	agent *agent
	init  bool // process 1 is ours: everything that runs here is the laboratory's
}

func (m *machine) register(s *server) {
	s.verbs[protocol.DoHello] = handle(m.hello)
	s.verbs[protocol.DoStats] = handle(m.stats)
	s.verbs[protocol.DoClock] = handle(m.clock)
	s.verbs[protocol.DoMount] = handle(m.mount)
	s.verbs[protocol.DoModules] = handle(m.modules)
	s.verbs[protocol.DoSysctl] = handle(m.sysctl)
	s.verbs[protocol.DoPowerOff] = handle(m.powerOff)
	s.verbs[protocol.DoReset] = handle(m.reset)
}

func (m *machine) hello(context.Context, protocol.None) (protocol.Hello, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return protocol.Hello{}, err
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return protocol.Hello{}, err
	}
	return protocol.Hello{
		Version: protocol.Version, Kernel: unix.ByteSliceToString(name.Release[:]), Init: m.init,
		CPUs: runtime.NumCPU(), MemoryMB: int(info.Totalram * uint64(info.Unit) >> 20),
		UptimeMS: uptime().Milliseconds(), Verbs: m.agent.server.names(),
	}, nil
}

// uptime is the time since boot.
func uptime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

func (m *machine) stats(context.Context, protocol.None) (protocol.Stats, error) {
	s := protocol.Stats{UptimeMS: uptime().Milliseconds(), Requests: max(m.agent.server.requests()-1, 0), Goroutines: runtime.NumGoroutine()}
	for _, line := range lines("/proc/meminfo") {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kib, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "MemTotal:":
			s.MemoryMB = kib >> 10
		case "MemAvailable:":
			s.AvailableMB = kib >> 10
		}
	}
	if load := strings.Fields(strings.Join(lines("/proc/loadavg"), " ")); len(load) >= 3 {
		for i := range s.Load {
			s.Load[i], _ = strconv.ParseFloat(load[i], 64)
		}
	}
	for _, line := range lines("/proc/stat") {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[0] != "cpu" {
			continue
		}
		for i, field := range fields[1:8] { // user nice system idle iowait irq softirq
			ticks, _ := strconv.ParseInt(field, 10, 64)
			if i != 3 && i != 4 {
				s.BusyMS += ticks * clockTick.Milliseconds()
			}
		}
	}
	running, err := filepath.Glob("/proc/[0-9]*")
	s.Processes = len(running)
	return s, err
}

// lines are those of a small file; none when it cannot be read.
func lines(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func (m *machine) clock(_ context.Context, c protocol.Clock) (protocol.None, error) {
	if c.UnixNano <= 0 {
		return protocol.None{}, coded(protocol.BadAsk, "time %d", c.UnixNano)
	}
	t := unix.NsecToTimespec(c.UnixNano)
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &t); err != nil {
		return protocol.None{}, fmt.Errorf("set the clock: %w", err)
	}
	return protocol.None{}, nil
}

func (m *machine) mount(_ context.Context, a protocol.Mount) (protocol.None, error) {
	return protocol.None{}, mount(a.Source, a.Target, a.Type, a.Options)
}

func (m *machine) modules(ctx context.Context, a protocol.Modules) (protocol.None, error) {
	for _, module := range a.Modules {
		if err := tool(ctx, append([]string{"modprobe", module.Name}, module.Parameters...)...); err != nil {
			return protocol.None{}, err
		}
	}
	return protocol.None{}, nil
}

func (m *machine) sysctl(ctx context.Context, a protocol.Sysctl) (protocol.None, error) {
	key := strings.ReplaceAll(a.Key, ".", "/")
	path := filepath.Join("/proc/sys", key)
	if !strings.HasPrefix(path, "/proc/sys/") {
		return protocol.None{}, coded(protocol.BadAsk, "key %q", a.Key)
	}
	return protocol.None{}, m.agent.network.inside(ctx, a.Namespace, func() error {
		return os.WriteFile(path, []byte(a.Value), 0o644)
	})
}

// powerOff answers first; the machine is gone a moment later.
func (m *machine) powerOff(context.Context, protocol.None) (protocol.None, error) {
	if !m.init {
		return protocol.None{}, coded(protocol.BadAsk, "this machine is not the laboratory's to switch off")
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = powerOff() })
	return protocol.None{}, nil
}

// reset clears away what a scenario left.
func (m *machine) reset(ctx context.Context, _ protocol.None) (protocol.Reset, error) {
	a := m.agent
	done := protocol.Reset{Processes: a.processes.reset(ctx), Captures: a.captures.reset()}
	a.air.reset()
	if !m.init {
		return done, nil // radios, namespaces and other processes may be somebody else's
	}
	killStrangers()
	var first, second error
	done.Radios, first = a.radios.reset(ctx)
	done.Namespaces, second = a.network.reset(ctx)
	return done, errors.Join(first, second)
}

// killStrangers ends every process but the agent and those above it: programs that
// left their process group, and with it the list of ours.
func killStrangers() {
	keep := map[int]bool{1: true, os.Getpid(): true, os.Getppid(): true}
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return
	}
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || keep[pid] {
			continue
		}
		// Threads of the kernel have no command line.
		if command, err := os.ReadFile(folder + "/cmdline"); err == nil && len(command) > 0 {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}
