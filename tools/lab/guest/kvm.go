package guest

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// bootID differs after each boot of the host.
const bootID = "/proc/sys/kernel/random/boot_id"

// kvmMayWork reports whether KVM is worth a try: there is a device that opens, and
// no guest has failed with it since the host booted.
func kvmMayWork(remembered string) bool {
	if remembered == "" {
		return false
	}
	f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	_ = f.Close()
	boot, err := os.ReadFile(bootID)
	if err != nil {
		return false
	}
	failed, err := os.ReadFile(remembered)
	return errors.Is(err, fs.ErrNotExist) || err == nil && strings.TrimSpace(string(failed)) != strings.TrimSpace(string(boot))
}

func rememberNoKVM(path string) error {
	boot, err := os.ReadFile(bootID)
	if err != nil {
		return err
	}
	return os.WriteFile(path, boot, 0o644)
}
