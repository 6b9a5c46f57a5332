// Package limits lets a tap take of a machine what the machine can spare, without a
// setting: 64 MiB on a small box, more where there is more.
//
//	Read: /proc/meminfo, control groups → Machine ─ Plan → Budget ─ Apply → Go's memory limit
//	                                                          └ RingOctets → capture
//
// # Memory
//
// A tap takes an eighth of the machine's memory, at least 64 MiB and at most
// 512 MiB; never more than half of the machine, nor than three quarters of what its
// control group allows (memory.max and memory.high of version 2,
// memory.limit_in_bytes of version 1; its own and its ancestors'), since what the
// kernel charges to the group besides (page cache of the spool, sockets) must fit too.
//
// A quarter of it is for the rings shared with the kernel, in equal parts. Those
// are not Go's memory and the kernel does not charge them to a group, but they are
// memory all the same. The rest, less a reserve for code and stacks, is the limit
// within which Go's collector keeps the heap (debug.SetMemoryLimit). It is soft: a tap
// whose bounded tables need more for a while collects more often, and is not
// killed. A replay of 1.5 million frames, with addresses that change in every cycle,
// took as long within 24 MiB as without a limit, and a quarter longer within 16 MiB.
//
// GOMEMLIMIT in the environment is the operator's word, and stays.
//
// # Threads
//
// Go runs as many threads as there are processors to use, and follows the control
// group's quota and its changes (GOMAXPROCS, since Go 1.25). Nothing is set here: a
// value that was set would end that.
package limits
