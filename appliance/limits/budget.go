package limits

import (
	"io/fs"
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

const (
	mebibyte = 1 << 20

	least    = 64 * mebibyte
	most     = 512 * mebibyte
	reserve  = 12 * mebibyte // code, stacks and what else Go's limit leaves out
	leastGo  = 16 * mebibyte // below, a heap of full tables would be collected without end
	unknown  = 512 * mebibyte
	ringUnit = 256 << 10 // a block of appliance/capture
	leastRing,
	mostRing = 2 * ringUnit, 32 * mebibyte
)

// Budget is what a tap takes, in octets.
type Budget struct {
	Memory  int64 // all of it
	Rings   int64 // of that, shared with the kernel by all captures together
	GoLimit int64 // of that, the heap and what else Go's runtime manages
}

// Plan divides what a machine can spare. A Machine of which nothing is known is
// taken for a small box.
func Plan(m Machine) Budget {
	total := m.Total
	if total == 0 {
		total = unknown
	}
	memory := min(max(total/8, least), most, total/2)
	if m.Allowed > 0 {
		memory = min(memory, m.Allowed/4*3)
	}
	b := Budget{Memory: int64(memory), Rings: int64(memory / 4)}
	b.GoLimit = max(b.Memory-b.Rings-reserve, leastGo)
	return b
}

// RingOctets is the size of each ring when so many captures run: whole blocks of
// appliance/capture, 512 KiB to 32 MiB. More is of no use: it is a quarter of a
// second of a gigabit a second.
func (b Budget) RingOctets(captures int) int {
	each := int(b.Rings) / max(captures, 1)
	return min(max(each/ringUnit*ringUnit, leastRing), mostRing)
}

// Apply plans for the machine whose files are below root (os.DirFS("/")), sets the
// limit of Go's memory, unless GOMEMLIMIT does, and returns the budget. It is called
// once, at the start of a process.
func Apply(root fs.FS, log *slog.Logger) Budget {
	m := Read(root)
	b := Plan(m)
	if limit, given := os.LookupEnv("GOMEMLIMIT"); given && limit != "" {
		b.GoLimit = debug.SetMemoryLimit(-1)
	} else {
		debug.SetMemoryLimit(b.GoLimit)
	}
	attributes := []any{
		"memory_mib", b.Memory / mebibyte, "rings_mib", b.Rings / mebibyte,
		"machine_mib", m.Total / mebibyte, "processors", runtime.GOMAXPROCS(0),
	}
	if b.GoLimit < math.MaxInt64 {
		attributes = append(attributes, "go_mib", b.GoLimit/mebibyte)
	}
	if m.Allowed > 0 {
		attributes = append(attributes, "group_mib", m.Allowed/mebibyte)
	}
	log.Info("memory planned", attributes...)
	return b
}
