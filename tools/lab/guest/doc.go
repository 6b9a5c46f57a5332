// Package guest runs the laboratory's virtual machine: QEMU with a kernel, a root
// that is never written to, a folder shared with the host, and one line to the
// agent inside (tools/lab/protocol).
//
// The machine is emulated (TCG, a thread a CPU) unless KVM has been seen to work:
// a device file proves nothing, so the first guest after the host's boot tries, and
// a failure is remembered until the host boots again.
//
// It has no network device, or one whose only way leads to one port of the host:
// QEMU's user network, restricted, with one forward. The port that the guest sees is
// NodeAddress; who may use the device is up to the agent, which moves it into the
// namespace of the tap.
//
// QEMU is a process group of its own and ends with this process, however that ends.
package guest
