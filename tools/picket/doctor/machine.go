package doctor

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// What a tap needs (appliance/config): a quarter of a gigabyte of reports that wait
// for a node, and memory for some thousand stations beside the rings.
const (
	needMemory = 256 << 20
	leastDisk  = 64 << 20
	needDisk   = 512 << 20
)

// The bits of capabilities (include/uapi/linux/capability.h).
const (
	capNetAdmin = 12
	capNetRaw   = 13
)

// rights are what this process may do.
type rights struct{ admin, raw, known bool }

func (s System) rights() rights {
	for line := range strings.Lines(s.read("proc/self/status")) {
		if hex, ok := strings.CutPrefix(line, "CapEff:"); ok {
			mask, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return rights{admin: mask>>capNetAdmin&1 != 0, raw: mask>>capNetRaw&1 != 0, known: err == nil}
		}
	}
	return rights{}
}

func (r rights) check() Check {
	c := Check{Name: "rights", Status: Fine, Text: "This user may listen to interfaces and change radios (CAP_NET_RAW, CAP_NET_ADMIN)."}
	if r.admin && r.raw {
		return c
	}
	c.Status = Warning
	var missing []string
	if !r.raw {
		missing = append(missing, "listen to interfaces (CAP_NET_RAW)")
	}
	if !r.admin {
		missing = append(missing, "change radios (CAP_NET_ADMIN)")
	}
	c.Text = "This user may not " + strings.Join(missing, " nor ") + "."
	if !r.known {
		c.Text = "What this user may do could not be found out."
	}
	c.Cure = "Nothing, if the tap runs as a service: that has the rights. To start tapd by hand, use sudo."
	return c
}

func (s System) clock() Check {
	ok, err := s.Synchronised()
	switch {
	case err != nil:
		return Check{Name: "clock", Status: Warning, Text: "Whether the clock is kept right could not be found out: " + err.Error() + ".", Cure: "Compare it with another one."}
	case ok:
		return Check{Name: "clock", Status: Fine, Text: "It is kept right by a time service."}
	}
	return Check{
		Name: "clock", Status: Warning,
		Text: "No time service keeps it right: what the tap hears may be told at a wrong time, and a node refuses what is more than five minutes off.",
		Cure: "Switch one on (Debian: apt install systemd-timesyncd), and let the machine reach it.",
	}
}

func (s System) memory() Check {
	var available uint64
	for line := range strings.Lines(s.read("proc/meminfo")) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "MemAvailable:" {
			available = number(fields[1]) << 10
		}
	}
	c := Check{Name: "memory", Status: Fine, Text: size(available) + " are free."}
	switch {
	case available == 0:
		c.Status, c.Text = Warning, "How much is free could not be found out."
	case available < needMemory:
		c.Status = Warning
		c.Text = "Only " + size(available) + " are free: in busy air the tap may lose frames, or be ended by the kernel."
		c.Cure = "End other programs, or use a machine with more; " + size(needMemory) + " are enough."
	}
	return c
}

func (s System) disk(dir string) Check {
	c := Check{Name: "disk", Status: Fine}
	free, err := s.Free(dir)
	switch {
	case errors.Is(err, os.ErrPermission):
		c.Status, c.Text = Warning, "This user may not see how much is free in "+dir+"."
	case err != nil:
		c.Status, c.Text = Warning, "How much is free in "+dir+" could not be found out: "+err.Error()+"."
	case free < leastDisk:
		c.Status, c.Text = Broken, fmt.Sprintf("Only %s are free in %s: reports that wait for a node would be lost.", size(free), dir)
		c.Cure = "Make room, or start tapd with -state and another folder."
	case free < needDisk:
		c.Status, c.Text = Warning, fmt.Sprintf("%s are free in %s: reports may be lost when the node cannot be reached for long.", size(free), dir)
		c.Cure = "Make room, or start tapd with -state and another folder."
	default:
		c.Text = fmt.Sprintf("%s are free in %s.", size(free), dir)
	}
	return c
}

// size is a number of octets as people read it.
func size(octets uint64) string {
	switch {
	case octets >= 10<<30:
		return fmt.Sprintf("%d GiB", octets>>30)
	case octets >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(octets)/(1<<30))
	default:
		return fmt.Sprintf("%d MiB", octets>>20)
	}
}
