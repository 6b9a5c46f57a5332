package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"picket/shared/task"
	"picket/tools/lab/protocol"
)

// portPoll is how often a port is looked for, and read while no host has opened
// its end: the driver then reads as ended.
const portPoll = 20 * time.Millisecond

// A line is where requests come from.
type line interface {
	io.ReadWriteCloser
	Name() string
}

// openLine opens the device or unix socket at path, or the port of the laboratory
// when that is "". It waits until the port is there.
func openLine(ctx context.Context, path string) (line, error) {
	for path == "" {
		found, err := findPort("/sys/class/virtio-ports", "/dev")
		if err != nil {
			return nil, err
		}
		if path = found; path == "" {
			if err := task.Sleep(ctx, portPoll); err != nil {
				return nil, err
			}
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSocket != 0 {
		conn, err := net.Dial("unix", path)
		if err != nil {
			return nil, err
		}
		return socketLine{conn, path}, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &port{file}, nil
}

// findPort returns the device of the port with our name, "" when there is none
// (virtio_console: /sys/class/virtio-ports/vportNpM/name).
func findPort(class, devices string) (string, error) {
	names, err := filepath.Glob(filepath.Join(class, "*", "name"))
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it went away
		}
		if strings.TrimSpace(string(text)) == protocol.PortName {
			return filepath.Join(devices, filepath.Base(filepath.Dir(name))), nil
		}
	}
	return "", nil
}

type socketLine struct {
	net.Conn
	path string
}

func (s socketLine) Name() string { return s.path }

// A port outlives its hosts: it reads as ended, or as in error, while none has
// opened the other end.
type port struct{ *os.File }

func (p *port) Read(b []byte) (int, error) {
	for {
		n, err := p.File.Read(b)
		switch {
		case n > 0:
			return n, nil
		case err != nil && !errors.Is(err, io.EOF):
			return 0, fmt.Errorf("read %s: %w", p.Name(), err)
		}
		time.Sleep(portPoll)
	}
}
