package measure

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"picket/server/health"
)

// ticks are the kernel's units in /proc/stat and /proc/PID/stat: USER_HZ, which is
// 100 on every architecture that Go runs Linux on (proc(5)).
const ticks = 100

// system are counters that only grow, of one moment.
type system struct {
	at                    time.Time
	busy, idle            float64 // seconds of all processors
	own                   float64 // seconds of the process
	ran, waited           float64 // seconds of its threads: on a processor, waiting for one
	throttledSeconds      float64 // of the control group
	memoryStalled         float64 // seconds
	majorFaults           float64
	collector, goCPU      float64 // seconds
	delays                *metrics.Float64Histogram
	resident, limit, used int64
	diskTotal, diskFree   int64
}

func look(data string) system {
	s := system{at: time.Now()}
	s.processors()
	s.process()
	s.group()
	s.runtime()
	var fs unix.Statfs_t
	if unix.Statfs(data, &fs) == nil {
		s.diskTotal, s.diskFree = int64(fs.Blocks)*fs.Bsize, int64(fs.Bavail)*fs.Bsize
	}
	return s
}

// facts are what changed since before.
func (s system) facts(before system, f *health.Facts) {
	wall := s.at.Sub(before.at).Seconds()
	if wall <= 0 {
		return
	}
	f.Seconds = wall
	f.CPU = health.CPU{
		Count:     runtime.NumCPU(),
		Busy:      share(s.busy-before.busy, s.busy-before.busy+s.idle-before.idle),
		Own:       share(s.own-before.own, s.busy-before.busy+s.idle-before.idle),
		Waiting:   share(s.waited-before.waited, s.waited-before.waited+s.ran-before.ran),
		Throttled: share(s.throttledSeconds-before.throttledSeconds, wall),
		DelayMS:   1000 * quantile(s.delays, before.delays, 0.99),
	}
	f.Memory = health.Memory{
		Limit: s.limit, Used: s.used, Resident: s.resident,
		Collector: share(s.collector-before.collector, s.goCPU-before.goCPU),
		Stalled:   share(s.memoryStalled-before.memoryStalled, wall),
		Faults:    max(s.majorFaults-before.majorFaults, 0) / wall,
	}
	f.Disk = health.Disk{Total: s.diskTotal, Free: s.diskFree}
}

func share(part, of float64) float64 {
	if of <= 0 || part <= 0 {
		return 0
	}
	return min(part/of, 1)
}

// processors reads /proc/stat: user nice system idle iowait irq softirq steal.
func (s *system) processors() {
	b, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(b, []byte("\n"))
	for i, text := range strings.Fields(string(line)) {
		v, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || i > 8:
		case i == 4 || i == 5:
			s.idle += v / ticks
		default:
			s.busy += v / ticks
		}
	}
}

// process reads /proc/self: stat, schedstat of each thread, and status.
func (s *system) process() {
	if b, err := os.ReadFile("/proc/self/stat"); err == nil {
		if i := bytes.LastIndexByte(b, ')'); i >= 0 { // the name before may have spaces
			f := strings.Fields(string(b[i+1:]))
			if len(f) > 21 {
				s.majorFaults = number(f[9])
				s.own = (number(f[11]) + number(f[12])) / ticks
				s.resident = int64(number(f[21])) * int64(os.Getpagesize())
			}
		}
	}
	threads, _ := filepath.Glob("/proc/self/task/*/schedstat")
	for _, file := range threads {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it ended
		}
		if f := strings.Fields(string(b)); len(f) >= 2 { // nanoseconds run and waited (sched-stats.rst)
			s.ran += number(f[0]) / 1e9
			s.waited += number(f[1]) / 1e9
		}
	}
	if b, err := os.ReadFile("/proc/pressure/memory"); err == nil { // machine-wide where the group has none
		s.memoryStalled = pressure(b)
	}
	s.limit, s.used = memoryOf("/proc/meminfo")
}

// group reads the limits of the control group, of version 2 or 1.
func (s *system) group() {
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(b)), "\n") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		for _, controller := range strings.Split(parts[1], ",") {
			switch controller {
			case "": // version 2
				s.groupCPU("/sys/fs/cgroup" + parts[2])
				s.groupMemory("/sys/fs/cgroup"+parts[2], "memory.max", "memory.current")
				if b, err := os.ReadFile("/sys/fs/cgroup" + parts[2] + "/memory.pressure"); err == nil {
					s.memoryStalled = pressure(b)
				}
			case "cpu":
				s.groupCPU("/sys/fs/cgroup/cpu" + parts[2])
			case "memory":
				s.groupMemory("/sys/fs/cgroup/memory"+parts[2], "memory.limit_in_bytes", "memory.usage_in_bytes")
			}
		}
	}
}

func (s *system) groupCPU(dir string) {
	b, err := os.ReadFile(dir + "/cpu.stat")
	if err != nil {
		return
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "throttled_usec":
			s.throttledSeconds = number(value) / 1e6
		case "throttled_time":
			s.throttledSeconds = number(value) / 1e9
		}
	}
}

func (s *system) groupMemory(dir, most, now string) {
	limit, err := os.ReadFile(dir + "/" + most)
	if err != nil {
		return
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(limit)), 10, 64)
	if err != nil || n <= 0 || n >= s.limit && s.limit > 0 {
		return // none, or more than the machine has
	}
	current, err := os.ReadFile(dir + "/" + now)
	if err != nil {
		return
	}
	s.limit, s.used = n, int64(number(strings.TrimSpace(string(current))))
	// What the kernel only caches in the group is taken back when it is needed.
	if b, err := os.ReadFile(dir + "/memory.stat"); err == nil {
		for line := range strings.SplitSeq(string(b), "\n") {
			if v, ok := strings.CutPrefix(line, "inactive_file "); ok {
				s.used -= int64(number(v))
			}
		}
	}
}

// runtime reads what Go knows (runtime/metrics).
func (s *system) runtime() {
	samples := []metrics.Sample{
		{Name: "/sched/latencies:seconds"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		// All that takes time from the program; the collector's idle time does not.
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"}, {Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"}, {Name: "/cpu/classes/gc/pause:cpu-seconds"},
	}
	metrics.Read(samples)
	if samples[0].Value.Kind() == metrics.KindFloat64Histogram {
		h := samples[0].Value.Float64Histogram()
		s.delays = &metrics.Float64Histogram{Counts: append([]uint64(nil), h.Counts...), Buckets: h.Buckets}
	}
	for _, part := range samples[3:] {
		if part.Value.Kind() == metrics.KindFloat64 {
			s.collector += part.Value.Float64()
		}
	}
	// The collector's time is counted when a cycle ends, the process's as it goes.
	s.goCPU = s.own
	if soft := debug.SetMemoryLimit(-1); soft > 0 && (s.limit == 0 || soft < s.limit) {
		s.limit, s.used = soft, int64(samples[1].Value.Uint64()-samples[2].Value.Uint64())
	}
}

// quantile is of what was added to a histogram since before.
func quantile(now, before *metrics.Float64Histogram, q float64) float64 {
	if now == nil || before == nil || len(now.Counts) != len(before.Counts) {
		return 0
	}
	total := uint64(0)
	for i := range now.Counts {
		total += now.Counts[i] - before.Counts[i]
	}
	if total == 0 {
		return 0
	}
	seen := uint64(0)
	for i := range now.Counts {
		if seen += now.Counts[i] - before.Counts[i]; float64(seen) >= q*float64(total) {
			return max(now.Buckets[i], 0) // the lower end; the upper of the last is infinite
		}
	}
	return 0
}

// pressure reads the total of "some" of a pressure file (psi.rst), in seconds.
func pressure(b []byte) float64 {
	line, _, _ := strings.Cut(string(b), "\n")
	_, total, ok := strings.Cut(line, "total=")
	if !ok || !strings.HasPrefix(line, "some") {
		return 0
	}
	return number(total) / 1e6
}

func memoryOf(file string) (total, used int64) {
	b, _ := os.ReadFile(file)
	var available int64
	for line := range strings.SplitSeq(string(b), "\n") {
		if f := strings.Fields(line); len(f) >= 2 {
			switch f[0] {
			case "MemTotal:":
				total = int64(number(f[1])) << 10
			case "MemAvailable:":
				available = int64(number(f[1])) << 10
			}
		}
	}
	return total, total - available
}

func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return v
}
