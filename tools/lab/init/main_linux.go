package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	fmt.Println("init:", run())
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// A mount is one call of mount(2).
type mount struct {
	source, target, kind string
	flags                uintptr
	options              string
}

// run returns only when something is wrong.
func run() error {
	for _, m := range []mount{
		{"proc", "/proc", "proc", 0, ""},
		{"sys", "/sys", "sysfs", 0, ""},
		{"dev", "/dev", "devtmpfs", 0, ""},
	} {
		if err := m.do(); err != nil {
			return err
		}
	}
	if err := loadModules(); err != nil {
		return err
	}
	if err := await("/dev/vda"); err != nil {
		return err
	}
	for _, m := range []mount{
		{"/dev/vda", "/ro", "squashfs", unix.MS_RDONLY, ""},
		{"rw", "/rw", "tmpfs", 0, "size=60%"},
		{"root", "/new", "overlay", 0, "lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work"},
		{"lab", "/new/lab", "9p", 0, "trans=virtio,version=9p2000.L,msize=512000,cache=none"},
		{"/proc", "/new/proc", "", unix.MS_MOVE, ""},
		{"/sys", "/new/sys", "", unix.MS_MOVE, ""},
		{"/dev", "/new/dev", "", unix.MS_MOVE, ""},
		{"run", "/new/run", "tmpfs", 0, "mode=755"},
		{"tmp", "/new/tmp", "tmpfs", 0, "mode=1777"},
		{"devpts", "/new/dev/pts", "devpts", 0, "mode=620,gid=5,ptmxmode=666"},
		{"shm", "/new/dev/shm", "tmpfs", 0, "mode=1777"},
		{"debugfs", "/new/sys/kernel/debug", "debugfs", 0, ""},
		{"cgroup", "/new/sys/fs/cgroup", "cgroup2", 0, ""},
	} {
		if err := m.do(); err != nil {
			return err
		}
	}
	return become()
}

func (m mount) do() error {
	if m.target == "/new" {
		for _, folder := range []string{"/rw/upper", "/rw/work"} {
			if err := os.Mkdir(folder, 0o755); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(m.target, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(m.source, m.target, m.kind, m.flags, m.options); err != nil {
		return fmt.Errorf("mount %s at %s: %w", m.source, m.target, err)
	}
	return nil
}

// loadModules loads the modules in the order in which they need each other.
func loadModules() error {
	order, err := os.ReadFile("/mod/order")
	if err != nil {
		return err
	}
	for _, name := range strings.Fields(string(order)) {
		f, err := os.Open("/mod/" + name)
		if err != nil {
			return err
		}
		err = unix.FinitModule(int(f.Fd()), "", 0)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	return nil
}

// await waits for a device that a driver is just finding.
func await(device string) error {
	for range 500 {
		if _, err := os.Stat(device); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("%s did not appear", device)
}

// become makes /new the root and replaces this program by the agent, from a copy
// in memory: the host may replace its file while it runs.
func become() error {
	agent := "/lab/agent"
	line, err := os.ReadFile("/new/proc/cmdline")
	if err != nil {
		return err
	}
	for _, word := range strings.Fields(string(line)) {
		if name, ok := strings.CutPrefix(word, "lab.agent="); ok {
			agent = name
		}
	}
	if err := os.Chdir("/new"); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move the root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	program := filepath.Join("/run", filepath.Base(agent))
	if err := copyProgram(agent, program); err != nil {
		return err
	}
	fmt.Println("init: starting", agent)
	env := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"}
	return fmt.Errorf("start %s: %w", agent, unix.Exec(program, []string{agent}, env))
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
