package guest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAGuestHasNoNetworkUnlessItIsGivenOne(t *testing.T) {
	c := Config{Kernel: "k", Root: "r", Share: "s", Dir: "d", CPUs: 2, MemoryMB: 512}
	if args := strings.Join(c.arguments("tcg", "socket", "initramfs", 0), " "); strings.Contains(args, "netdev") || strings.Contains(args, "-nic") || !strings.Contains(args, "-nodefaults") {
		t.Errorf("a network device in %s", args)
	}
}

func TestAGuestsNetworkLeadsToTheNodeAlone(t *testing.T) {
	c := Config{Forward: []string{"/lab/forward", "127.0.0.1:8443"}}
	args := c.arguments("tcg", "socket", "initramfs", 0)
	i := slices.Index(args, "-netdev")
	if i < 0 || !strings.HasPrefix(args[i+1], "user,") || !strings.Contains(args[i+1], "restrict=on") || strings.Contains(args[i+1], "hostfwd") {
		t.Fatalf("arguments %q", args)
	}
	if want := "guestfwd=tcp:" + NodeAddress + "-cmd:/lab/forward 127.0.0.1:8443"; !strings.Contains(args[i+1], want) {
		t.Errorf("network %q, want %q in it", args[i+1], want)
	}
	if strings.Count(args[i+1], "guestfwd") != 1 || strings.Count(strings.Join(args, " "), "-netdev") != 1 {
		t.Errorf("more than one way out: %q", args)
	}
}

func TestCommasInPathsAreNoOptions(t *testing.T) {
	args := Config{Root: "/a,readonly=off"}.arguments("tcg", "socket", "initramfs", 0)
	if !slices.Contains(args, "if=virtio,format=raw,readonly=on,file=/a,,readonly=off") {
		t.Errorf("arguments %q", args)
	}
}

func TestKVMIsNotTriedAgainUntilTheHostBoots(t *testing.T) {
	if kvmMayWork("") {
		t.Error("KVM is tried where nobody remembers")
	}
	file := filepath.Join(t.TempDir(), "no-kvm")
	if err := rememberNoKVM(file); err != nil {
		t.Skip("not Linux:", err)
	}
	if kvmMayWork(file) {
		t.Error("KVM is tried again")
	}
	if err := os.WriteFile(file, []byte("another boot\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := os.Stat("/dev/kvm")
	if kvmMayWork(file) && err != nil {
		t.Error("KVM is tried where there is none")
	}
}

func TestBootSaysWhichPackageIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Boot(t.Context(), Config{})
	if err == nil || !strings.Contains(err.Error(), Package) {
		t.Errorf("error %v", err)
	}
}

func TestCounterIsMeasuredTheSameTwice(t *testing.T) {
	a, b := ticksKHz(), ticksKHz()
	if a == 0 && b == 0 {
		t.Skip("this machine has no time stamp counter that a guest would have")
	}
	if diff := a - b; diff*200 > a || diff*200 < -a {
		t.Errorf("%d kHz, then %d kHz", a, b)
	}
}
