package cluster

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// ReadLoad reads how busy the machine is.
func ReadLoad() Load {
	l := Load{CPUs: runtime.NumCPU()}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(b), &l.OneMinute) // 0 where the kernel says something else
	}
	memory := kilobytes("/proc/meminfo", "MemTotal:", "MemAvailable:")
	l.MachineMemory, l.MachineAvailable = memory[0]*1024, memory[1]*1024
	l.Memory = kilobytes("/proc/self/status", "VmRSS:")[0] * 1024
	return l
}

// kilobytes returns the values of lines such as "VmRSS:  123 kB", 0 where absent.
func kilobytes(path string, names ...string) []int64 {
	values := make([]int64, len(names))
	f, err := os.Open(path)
	if err != nil {
		return values
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		for i, name := range names {
			if len(fields) >= 2 && fields[0] == name {
				values[i], _ = strconv.ParseInt(fields[1], 10, 64) // 0 where it is no number
			}
		}
	}
	return values
}
