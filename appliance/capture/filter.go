package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/net/bpf"
)

// maxExcluded keeps every jump of the filter within its 8 bits.
const maxExcluded = 8

// ExcludeTCP returns a filter for an Ethernet interface that keeps TCP to and from
// the endpoints out, and lets everything else through whole. A tap uses it for its
// own reports: they would describe the sending of the report before. A fragment
// is let through, and so is what has IPv6 extension headers or a second VLAN tag.
func ExcludeTCP(endpoints ...netip.AddrPort) ([]bpf.RawInstruction, error) {
	if len(endpoints) > maxExcluded {
		return nil, fmt.Errorf("exclude TCP: %d endpoints, at most %d", len(endpoints), maxExcluded)
	}
	var program []bpf.Instruction
	for _, e := range endpoints {
		if e.Addr().Unmap().Is4() {
			program = append(program, exclude4(e)...)
		} else {
			program = append(program, exclude6(e)...)
		}
	}
	program = append(program, bpf.RetConstant{Val: 1 << 18})
	raw, err := bpf.Assemble(program)
	if err != nil {
		return nil, fmt.Errorf("exclude TCP: %w", err)
	}
	return raw, nil
}

// Offsets in an Ethernet frame; the kernel has taken a VLAN tag off before.
const (
	offEtherType   = 12
	offIP4Fragment = 20
	offIP4Protocol = 23
	offIP4Source   = 26
	offIP4Target   = 30
	offIP6Protocol = 20
	offIP6Source   = 22
	offIP6Target   = 38
	offIP6Ports    = 54
	protocolTCP    = 6
)

// check is one step of a test: a load and the value it must have.
type check struct {
	load  bpf.Instruction
	value uint32
}

func exclude4(e netip.AddrPort) []bpf.Instruction {
	a := e.Addr().Unmap().As4()
	address, port := binary.BigEndian.Uint32(a[:]), uint32(e.Port())
	var program []bpf.Instruction
	for _, side := range []struct{ address, port uint32 }{{offIP4Source, 0}, {offIP4Target, 2}} {
		program = append(program, dropIf(
			check{bpf.LoadAbsolute{Off: offEtherType, Size: 2}, 0x0800},
			check{bpf.LoadAbsolute{Off: offIP4Protocol, Size: 1}, protocolTCP},
			check{bpf.LoadAbsolute{Off: side.address, Size: 4}, address},
			check{bpf.LoadAbsolute{Off: offIP4Fragment, Size: 2}, fragmentZero},
			check{bpf.LoadIndirect{Off: 14 + side.port, Size: 2}, port},
		)...)
	}
	return program
}

func exclude6(e netip.AddrPort) []bpf.Instruction {
	a := e.Addr().As16()
	var program []bpf.Instruction
	for _, side := range []struct{ address, port uint32 }{{offIP6Source, 0}, {offIP6Target, 2}} {
		checks := []check{
			{bpf.LoadAbsolute{Off: offEtherType, Size: 2}, 0x86dd},
			{bpf.LoadAbsolute{Off: offIP6Protocol, Size: 1}, protocolTCP},
		}
		for i := uint32(0); i < 16; i += 4 {
			checks = append(checks, check{bpf.LoadAbsolute{Off: side.address + i, Size: 4}, binary.BigEndian.Uint32(a[i:])})
		}
		checks = append(checks, check{bpf.LoadAbsolute{Off: offIP6Ports + side.port, Size: 2}, uint32(e.Port())})
		program = append(program, dropIf(checks...)...)
	}
	return program
}

// fragmentZero stands for "the fragment offset, 13 bits, is 0".
const fragmentZero = 1<<32 - 1

// dropIf drops the frame when all checks hold, and goes on behind itself when
// one does not.
func dropIf(checks ...check) []bpf.Instruction {
	length := 1 // the return
	for _, c := range checks {
		length += 2
		if _, ok := c.load.(bpf.LoadIndirect); ok {
			length++
		}
	}
	var program []bpf.Instruction
	for _, c := range checks {
		if _, ok := c.load.(bpf.LoadIndirect); ok {
			program = append(program, bpf.LoadMemShift{Off: 14}) // x: length of the IPv4 header
		}
		program = append(program, c.load)
		behind := uint8(length - len(program) - 1) // from the jump that comes now
		jump := bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: c.value, SkipTrue: behind}
		if c.value == fragmentZero {
			jump = bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x1fff, SkipTrue: behind}
		}
		program = append(program, jump)
	}
	return append(program, bpf.RetConstant{Val: 0})
}
