package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tick is the unit of times in /proc (proc(5): sysconf(_SC_CLK_TCK), 100 a second on Linux).
const tick = 10 * time.Millisecond

// stat returns the fields of /proc/PID/stat from the third on, or nil when there is
// no such process.
func stat(pid string) []string {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	_, rest, _ := bytes.Cut(b, []byte(") ")) // the name may hold anything
	return strings.Fields(string(rest))
}

// ticksOf adds up fields of stat, numbered as in proc(5).
func ticksOf(fields []string, numbers ...int) (d time.Duration) {
	for _, n := range numbers {
		v, _ := strconv.Atoi(fields[n-3])
		d += time.Duration(v) * tick
	}
	return d
}

// cpuOf is the processor time of a process (utime and stime).
func cpuOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	f := stat(strconv.Itoa(pid))
	if len(f) < 20 {
		t.Fatalf("process %d is gone", pid)
	}
	return ticksOf(f, 14, 15)
}

// cpuOfServer is the processor time of a PostgreSQL: of its first process, of its
// children that live (sessions, WAL writer, checkpointer), and of those that have
// ended, which autovacuum workers do (cutime and cstime).
func cpuOfServer(t *testing.T, postmaster int) time.Duration {
	t.Helper()
	f := stat(strconv.Itoa(postmaster))
	if len(f) < 20 {
		t.Fatalf("PostgreSQL %d is gone", postmaster)
	}
	d := ticksOf(f, 14, 15, 16, 17)
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range all {
		if c := stat(filepath.Base(dir)); len(c) >= 20 && c[4-3] == strconv.Itoa(postmaster) {
			d += ticksOf(c, 14, 15)
		}
	}
	return d
}

// memoryOf is what of a process is in memory and its own, in octets (RssAnon); 0
// when it is gone.
func memoryOf(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssAnon:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// load is the machine's load average of the last minute.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}
