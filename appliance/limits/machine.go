package limits

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Machine is what there is, in octets.
type Machine struct {
	Total   uint64 // memory of the machine; 0: not known
	Allowed uint64 // to the control group of this process; 0: no limit
}

// Read asks the kernel, whose files are below root. What cannot be read is 0.
func Read(root fs.FS) Machine {
	return Machine{Total: total(read(root, "proc/meminfo")), Allowed: allowed(root)}
}

// total reads /proc/meminfo (proc_meminfo(5)).
func total(meminfo []byte) uint64 {
	for line := range bytes.Lines(meminfo) {
		fields := bytes.Fields(line)
		if len(fields) >= 2 && string(fields[0]) == "MemTotal:" {
			return octets(string(fields[1]), 1024)
		}
	}
	return 0
}

// allowed returns the lowest limit of the group and its ancestors (cgroups(7);
// Documentation/admin-guide/cgroup-v2.rst, memory.max and memory.high;
// cgroup-v1/memory.rst, memory.limit_in_bytes).
func allowed(root fs.FS) uint64 {
	lowest := uint64(0)
	for _, g := range groups(read(root, "proc/self/cgroup")) {
		for dir := g.path; ; dir = path.Dir(dir) {
			for _, file := range g.files {
				if n := octets(strings.TrimSpace(string(read(root, path.Join(g.mount, dir, file)))), 1); n > 0 && (lowest == 0 || n < lowest) {
					lowest = n
				}
			}
			if dir == "/" {
				break
			}
		}
	}
	return lowest
}

// group is a control group that may limit memory.
type group struct {
	mount string
	path  string // absolute, below mount
	files []string
}

// groups reads /proc/self/cgroup. A path that the namespace does not show
// (/../other) is taken for the mount's root.
func groups(text []byte) []group {
	var all []group
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) != 3 {
			continue
		}
		dir := path.Clean("/" + parts[2])
		switch {
		case parts[0] == "0" && parts[1] == "":
			all = append(all, group{"sys/fs/cgroup", dir, []string{"memory.max", "memory.high"}})
		case hasWord(parts[1], "memory"):
			all = append(all, group{"sys/fs/cgroup/memory", dir, []string{"memory.limit_in_bytes"}})
		}
	}
	return all
}

func hasWord(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

// octets reads a number of units. What is none ("max"), and version 1's way of
// saying that there is no limit (the largest page-aligned number), is 0.
func octets(text string, unit uint64) uint64 {
	const beyond = 1 << 50
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > beyond {
		return 0
	}
	return n * unit
}

func read(root fs.FS, name string) []byte {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return nil
	}
	return b
}
