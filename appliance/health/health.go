package health

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"strconv"
	"time"

	"picket/shared/wire/wirepb"
)

// ticksPerSecond is USER_HZ, in which /proc counts time: 100 in every Linux ABI.
const ticksPerSecond = 100

// maxCores bounds a report; larger boxes tell of their first cores.
const maxCores = 64

// Reader reads the health of the box. It is used by one goroutine.
type Reader struct {
	root  fs.FS
	start time.Time

	at      time.Time // of the last reading
	cores   []core
	process uint64 // ticks
}

// core is what a core did since the box started, in ticks.
type core struct{ busy, all uint64 }

// NewReader returns a reader of this machine.
func NewReader() *Reader { return newReader(os.DirFS("/")) }

func newReader(root fs.FS) *Reader {
	now := time.Now()
	return &Reader{root: root, start: now, at: now, cores: readCores(root), process: readProcess(root)}
}

// Fill fills in what the kernel says.
func (r *Reader) Fill(h *wirepb.Health) {
	now := time.Now()
	h.UptimeS = uint32(now.Sub(r.start) / time.Second)

	cores := readCores(r.root)
	h.CpuPermille = h.CpuPermille[:0]
	for i, c := range cores {
		var before core
		if i < len(r.cores) {
			before = r.cores[i]
		}
		h.CpuPermille = append(h.CpuPermille, permille(c.busy-before.busy, c.all-before.all))
	}
	process := readProcess(r.root)
	passed := uint64(now.Sub(r.at).Seconds() * ticksPerSecond)
	h.ProcessCpuPermille = permille(process-r.process, passed)
	r.cores, r.process, r.at = cores, process, now

	h.ProcessMemoryBytes = readResident(r.root)
	h.MemoryTotalBytes, h.MemoryAvailableBytes = readMemory(r.root)
	if t, ok := hottest(r.root); ok {
		h.TemperatureMc = &t
	}
}

// permille also serves counters that went backwards, as those of a core that was
// taken away and came back do: part is then huge, and all or the bound makes sense of it.
func permille(part, all uint64) uint32 {
	if all == 0 || part > 1<<40 || all > 1<<40 {
		return 0
	}
	return uint32(min(1000*part/all, 1000*maxCores))
}

// readCores reads the lines cpu0, cpu1, … of /proc/stat.
func readCores(root fs.FS) []core {
	var cores []core
	for line := range bytes.Lines(read(root, "proc/stat")) {
		fields := bytes.Fields(line)
		if len(fields) < 5 || !bytes.HasPrefix(fields[0], []byte("cpu")) || len(fields[0]) == 3 || len(cores) == maxCores {
			continue
		}
		var c core
		for i, f := range fields[1:min(len(fields), 9)] { // what follows is part of user and nice
			n := number(f)
			c.all += n
			if i != 3 && i != 4 { // idle, iowait
				c.busy += n
			}
		}
		cores = append(cores, c)
	}
	return cores
}

// readProcess returns the processor time of this process, in ticks.
func readProcess(root fs.FS) uint64 {
	b := read(root, "proc/self/stat")
	b = b[bytes.LastIndexByte(b, ')')+1:] // the name in parentheses may hold anything
	fields := bytes.Fields(b)
	if len(fields) < 13 {
		return 0
	}
	return number(fields[11]) + number(fields[12]) // utime and stime: fields 14 and 15 of all
}

// readResident returns the resident memory of this process, in octets.
func readResident(root fs.FS) uint64 {
	fields := bytes.Fields(read(root, "proc/self/statm"))
	if len(fields) < 2 {
		return 0
	}
	return number(fields[1]) * uint64(os.Getpagesize())
}

// readMemory returns the box's memory, in octets.
func readMemory(root fs.FS) (total, available uint64) {
	for line := range bytes.Lines(read(root, "proc/meminfo")) {
		fields := bytes.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch string(fields[0]) {
		case "MemTotal:":
			total = number(fields[1]) << 10
		case "MemAvailable:":
			available = number(fields[1]) << 10
		}
	}
	return total, available
}

// hottest returns the highest temperature of all sensors, in 1/1000 °C.
func hottest(root fs.FS) (int32, bool) {
	// What is beyond any living box is a sensor that is not connected.
	const coldest, most = -60_000, 150_000
	highest, found := int32(coldest), false
	for _, pattern := range []string{"sys/class/thermal/thermal_zone*/temp", "sys/class/hwmon/hwmon*/temp*_input"} {
		paths, err := fs.Glob(root, pattern)
		if err != nil {
			continue
		}
		for _, p := range paths {
			n, err := strconv.ParseInt(string(bytes.TrimSpace(read(root, p))), 10, 32)
			if err == nil && n > coldest && n < most {
				highest, found = max(highest, int32(n)), true
			}
		}
	}
	return highest, found
}

// read returns nothing for what is not there.
func read(root fs.FS, name string) []byte {
	b, err := fs.ReadFile(root, path.Clean(name))
	if err != nil {
		return nil
	}
	return b
}

// number returns 0 for what is none.
func number(b []byte) uint64 {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
