package doctor

import (
	"fmt"
	"slices"
	"time"
)

// Examine looks at everything. stateDir is the folder of the tap's state.
func Examine(s System, stateDir string) Report {
	rights := s.rights()
	r := Report{Radios: []Radio{}, Wired: []Wired{}}
	radios, radioErr := s.Radios()
	for _, m := range radios {
		r.Radios = append(r.Radios, radioOf(m, rights))
	}
	links, routes, linkErr := s.Links()
	r.Wired = append(r.Wired, s.wired(links, routes)...)

	if c, bad := s.wireless(radios, radioErr); bad {
		r.Checks = append(r.Checks, c)
	}
	r.Checks = append(r.Checks, s.strangers()...)
	if c, bad := s.firmware(radios); bad {
		r.Checks = append(r.Checks, c)
	}
	if len(radios) > 0 {
		r.Checks = append(r.Checks, s.regulatoryDatabase())
	}
	if linkErr != nil {
		r.Checks = append(r.Checks, Check{Name: "wired interfaces", Status: Broken, Text: "The kernel does not tell of its interfaces: " + linkErr.Error() + ".", Cure: "A tap needs Linux."})
	}
	tap, enrolment := s.enrolment(stateDir, time.Now())
	r.Tap = tap
	r.Checks = append(r.Checks, rights.check(), s.clock(), s.memory(), s.disk(stateDir), enrolment)
	r.summarise()
	return r
}

// summarise says in one sentence whether a tap can work here.
func (r *Report) summarise() {
	listening := 0
	for _, radio := range r.Radios {
		if radio.Status != Broken {
			listening++
		}
	}
	cables := 0
	for _, w := range r.Wired {
		if w.Status == Fine {
			cables++
		}
	}
	full := slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Name == "disk" && c.Status == Broken })
	r.Ready = (listening > 0 || cables > 0) && !full
	wire := count(cables, "wired interface")
	switch {
	case full:
		r.Summary = "A tap cannot work here: its disk is full."
	case listening > 0 && cables > 0:
		r.Summary = fmt.Sprintf("A tap can listen here, to the air with %s and to the wire with %s.", count(listening, "radio"), wire)
	case listening > 0:
		r.Summary = fmt.Sprintf("A tap can listen here to the air, with %s.", count(listening, "radio"))
	case cables > 0:
		r.Summary = fmt.Sprintf("A tap can listen here to the wire, with %s, but not to the air.", wire)
	default:
		r.Summary = "A tap can listen to nothing here."
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
