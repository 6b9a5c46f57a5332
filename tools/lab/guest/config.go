package guest

import (
	"strconv"
	"strings"
	"time"
)

// NodeAddress is where the guest reaches the forward of its Config.
const NodeAddress = "10.0.2.100:8443"

// Address is the guest's own, on the device that leads to NodeAddress.
const Address = "10.0.2.15/24"

// kernelArguments make a failure end the machine at once, leave out what slows an
// emulated machine down, and what takes a busy host for broken hardware: the test
// of the timer's interrupt, the watchdogs of clock and CPUs.
const kernelArguments = "console=ttyS0 quiet panic=-1 oops=panic mitigations=off no_timer_check tsc=reliable nowatchdog " +
	"nokaslr cryptomgr.notests=1 rcupdate.rcu_expedited=1 audit=0 apparmor=0 random.trust_cpu=on"

// A Config says what to boot, and with what.
type Config struct {
	Kernel    string // file
	Initramfs []byte
	Root      string                   // file, a squashfs; never written to
	Share     string                   // folder that the guest sees as /lab
	Agent     string                   // program that the guest becomes, as the guest sees it: below /lab
	Dir       string                   // folder for the console's log, serial.log, and what QEMU says, qemu.log
	Forward   []string                 // program and arguments that stand for the node, one for each connection; none: no network device
	CPUs      int                      // 0: 2
	MemoryMB  int                      // 0: 1536
	Remember  string                   // file that remembers that KVM does not work; "": always emulate
	Patience  time.Duration            // until the agent answers; 0: 2 min
	Note      func(level, text string) // what the agent says unasked; may be nil
}

// arguments are QEMU's, for an accelerator. kHz is the frequency of the guest's time
// stamp counter; 0: it finds out for itself.
func (c Config) arguments(accelerator, socket, initramfs string, kHz int64) []string {
	line := kernelArguments + " lab.agent=" + c.Agent
	if kHz > 0 {
		line += " tsc_early_khz=" + strconv.FormatInt(kHz, 10)
	}
	args := []string{
		"-accel", accelerator, "-cpu", "max", "-smp", strconv.Itoa(c.CPUs), "-m", strconv.Itoa(c.MemoryMB), "-M", "q35",
		"-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot",
		"-kernel", c.Kernel, "-initrd", initramfs,
		"-append", line,
		"-drive", "if=virtio,format=raw,readonly=on,file=" + comma(c.Root),
		"-virtfs", "local,mount_tag=lab,security_model=none,multidevs=remap,path=" + comma(c.Share),
		"-device", "virtio-rng-pci",
		"-serial", "file:" + comma(c.serial()),
		"-device", "virtio-serial-pci",
		"-chardev", "socket,id=lab,server=on,wait=off,path=" + comma(socket),
		"-device", "virtserialport,chardev=lab,name=" + portName,
	}
	if len(c.Forward) > 0 {
		args = append(args,
			"-netdev", "user,id=node,restrict=on,ipv6=off,guestfwd=tcp:"+NodeAddress+"-cmd:"+comma(strings.Join(c.Forward, " ")),
			"-device", "virtio-net-pci,netdev=node,romfile=")
	}
	return args
}

// comma doubles commas, which QEMU would take for the end of a value.
func comma(s string) string { return strings.ReplaceAll(s, ",", ",,") }
