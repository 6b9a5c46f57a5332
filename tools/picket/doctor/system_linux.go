package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"picket/appliance/identity"
	"picket/radio/link"
	"picket/radio/monitor"
)

// maxLog bounds how many messages of the kernel are read.
const maxLog = 100_000

// Host is this machine.
func Host() System {
	return System{Files: os.DirFS("/"), Radios: radios, Links: links, Log: kernelLog, Synchronised: synchronised, Free: free, Identity: identity.Look}
}

func radios() ([]monitor.Radio, error) {
	k, err := monitor.Host()
	if err != nil {
		return nil, err
	}
	defer k.Close()
	return monitor.Survey(k)
}

func links() ([]link.Link, []link.Route, error) {
	c, err := link.Dial()
	if err != nil {
		return nil, nil, err
	}
	defer c.Close()
	all, err := c.Links()
	if err != nil {
		return nil, nil, err
	}
	routes, err := c.Routes()
	return all, routes, err
}

// kernelLog reads /dev/kmsg, which gives a message a read and EAGAIN at the end
// (Documentation/ABI/testing/dev-kmsg).
func kernelLog() ([]string, error) {
	fd, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("kernel log: %w", err)
	}
	defer unix.Close(fd)
	var lines []string
	b := make([]byte, 8192)
	for range maxLog {
		n, err := unix.Read(fd, b)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return lines, nil
		case errors.Is(err, unix.EPIPE), errors.Is(err, unix.EINTR): // overwritten while it was read
			continue
		case err != nil:
			return lines, fmt.Errorf("kernel log: %w", err)
		case n == 0:
			return lines, nil
		}
		_, text, _ := bytes.Cut(b[:n], []byte(";")) // "priority,sequence,time,flags;text"
		text, _, _ = bytes.Cut(text, []byte("\n"))
		lines = append(lines, string(text))
	}
	return lines, nil
}

// synchronised asks as adjtimex(2) does: STA_UNSYNC is set while nobody keeps the
// clock.
func synchronised() (bool, error) {
	var t unix.Timex
	if _, err := unix.Adjtimex(&t); err != nil {
		return false, fmt.Errorf("clock: %w", err)
	}
	return t.Status&unix.STA_UNSYNC == 0, nil
}

func free(dir string) (uint64, error) {
	for {
		var s unix.Statfs_t
		err := unix.Statfs(dir, &s)
		if err == nil {
			return s.Bavail * uint64(s.Bsize), nil
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, unix.ENOENT) || parent == dir {
			return 0, fmt.Errorf("free space of %s: %w", dir, err)
		}
		dir = parent
	}
}
