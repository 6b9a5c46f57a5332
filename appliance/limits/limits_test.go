package limits_test

import (
	"bytes"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"

	"picket/appliance/limits"
)

const mib = 1 << 20

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		name                string
		machine             limits.Machine
		memory, rings, heap int64 // MiB
	}{
		{"a box of 512 MiB", limits.Machine{Total: 512 * mib}, 64, 16, 36},
		{"a box of 1 GiB", limits.Machine{Total: 1024 * mib}, 128, 32, 84},
		{"a box of 4 GiB", limits.Machine{Total: 4096 * mib}, 512, 128, 372},
		{"a server", limits.Machine{Total: 256 << 30}, 512, 128, 372},
		{"a router of 128 MiB", limits.Machine{Total: 128 * mib}, 64, 16, 36},
		{"a router of 64 MiB", limits.Machine{Total: 64 * mib}, 32, 8, 16},
		{"a machine that tells nothing", limits.Machine{}, 64, 16, 36},
		{"a service that may take a quarter of 512 MiB", limits.Machine{Total: 512 * mib, Allowed: 128 * mib}, 64, 16, 36},
		{"a container of 64 MiB on a server", limits.Machine{Total: 256 << 30, Allowed: 64 * mib}, 48, 12, 24},
		{"a container of 16 MiB", limits.Machine{Total: 256 << 30, Allowed: 16 * mib}, 12, 3, 16},
		{"a container of more than the machine has", limits.Machine{Total: 512 * mib, Allowed: 4096 * mib}, 64, 16, 36},
	} {
		b := limits.Plan(tt.machine)
		if b.Memory != tt.memory*mib || b.Rings != tt.rings*mib || b.GoLimit != tt.heap*mib {
			t.Errorf("%s: %d, %d, %d MiB; want %d, %d, %d", tt.name, b.Memory/mib, b.Rings/mib, b.GoLimit/mib, tt.memory, tt.rings, tt.heap)
		}
	}
}

func TestRingsShareTheirPart(t *testing.T) {
	small := limits.Plan(limits.Machine{Total: 512 * mib})
	for _, tt := range []struct {
		name     string
		budget   limits.Budget
		captures int
		want     int
	}{
		{"one capture of a small box", small, 1, 16 * mib},
		{"none yet", small, 0, 16 * mib},
		{"three: whole blocks", small, 3, 21 * 256 << 10},
		{"more than there is room for", small, 100, 512 << 10},
		{"one capture of a server", limits.Plan(limits.Machine{Total: 256 << 30}), 1, 32 * mib},
	} {
		if got := tt.budget.RingOctets(tt.captures); got != tt.want {
			t.Errorf("%s: %d KiB, want %d", tt.name, got>>10, tt.want>>10)
		}
	}
}

func TestRead(t *testing.T) {
	const meminfo = "MemTotal:         504104 kB\nMemFree:          100000 kB\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  limits.Machine
	}{
		{"no files", nil, limits.Machine{}},
		{"version 2 without a limit", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "0::/system.slice/picket-tap.service\n",
			"sys/fs/cgroup/system.slice/picket-tap.service/memory.max": "max\n",
		}, limits.Machine{Total: 504104 << 10}},
		{"version 2, a service", map[string]string{
			"proc/self/cgroup": "0::/system.slice/picket-tap.service\n",
			"sys/fs/cgroup/system.slice/picket-tap.service/memory.max":  "134217728\n",
			"sys/fs/cgroup/system.slice/picket-tap.service/memory.high": "max\n",
		}, limits.Machine{Allowed: 128 * mib}},
		{"version 2, an ancestor that allows less", map[string]string{
			"proc/self/cgroup": "0::/box.slice/tap.scope\n",
			"sys/fs/cgroup/box.slice/tap.scope/memory.max": "134217728\n",
			"sys/fs/cgroup/box.slice/memory.high":          "67108864\n",
		}, limits.Machine{Allowed: 64 * mib}},
		{"version 2, a container's own root", map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "67108864\n",
		}, limits.Machine{Allowed: 64 * mib}},
		{"version 2, a group outside of the namespace", map[string]string{
			"proc/self/cgroup": "0::/../../other\n", "sys/fs/cgroup/memory.max": "67108864\n",
		}, limits.Machine{Allowed: 64 * mib}},
		{"version 1", map[string]string{
			"proc/self/cgroup":                           "5:cpu,cpuacct:/a\n4:memory:/docker/0123\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "67108864\n", // of the container, mounted as the root
		}, limits.Machine{Allowed: 64 * mib}},
		{"version 1 without a limit", map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, limits.Machine{Total: 504104 << 10}},
		{"nonsense", map[string]string{
			"proc/meminfo": "MemTotal:\nMemTotal: x kB\n", "proc/self/cgroup": "::\n:\n0:\n",
		}, limits.Machine{}},
	} {
		root := fstest.MapFS{}
		for name, text := range tt.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := limits.Read(root); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestThisMachineTellsItsMemory(t *testing.T) {
	if _, err := os.Stat("/proc/meminfo"); err != nil {
		t.Skip("no /proc here")
	}
	if m := limits.Read(os.DirFS("/")); m.Total < 32*mib {
		t.Errorf("%+v", m)
	}
}

// apply restores the limit after the test.
func apply(t *testing.T) (limits.Budget, string) {
	t.Helper()
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	var log bytes.Buffer
	root := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal: 524288 kB\n")}}
	return limits.Apply(root, slog.New(slog.NewTextHandler(&log, nil))), log.String()
}

func TestApplySetsGosLimitAndSaysSo(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	b, log := apply(t)
	if got := debug.SetMemoryLimit(-1); got != 36*mib || b.GoLimit != got {
		t.Errorf("limit %d MiB, budget %+v", got/mib, b)
	}
	if !strings.Contains(log, "memory_mib=64") || !strings.Contains(log, "go_mib=36") {
		t.Errorf("log %s", log)
	}
}

func TestApplyLeavesWhatTheOperatorSet(t *testing.T) {
	debug.SetMemoryLimit(math.MaxInt64) // as GOMEMLIMIT=off does at the start
	t.Setenv("GOMEMLIMIT", "off")
	b, log := apply(t)
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 || b.GoLimit != got || strings.Contains(log, "go_mib") {
		t.Errorf("limit %d, budget %+v, log %s", got, b, log)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("MemTotal: 1 kB", "0::/a/b\n4:memory:/..", "18446744073709551615")
	f.Add("", "0::\n", "max")
	f.Fuzz(func(t *testing.T, meminfo, cgroup, limit string) {
		b := limits.Plan(limits.Read(fstest.MapFS{
			"proc/meminfo": {Data: []byte(meminfo)}, "proc/self/cgroup": {Data: []byte(cgroup)},
			"sys/fs/cgroup/memory.max": {Data: []byte(limit)},
		}))
		if b.Memory < 0 || b.Memory > 512*mib || b.GoLimit < 16*mib || b.RingOctets(1) < 512<<10 {
			t.Errorf("%+v", b)
		}
	})
}
