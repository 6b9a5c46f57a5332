package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// stopLeftOver ends a server that an earlier noded left running on dir, and
// removes a postmaster.pid that belongs to no such server. The caller holds the
// lock on the data directory, so nobody else may be using it.
func stopLeftOver(ctx context.Context, log *slog.Logger, dir string) error {
	path := filepath.Join(dir, "postmaster.pid")
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := bytes.SplitN(raw, []byte("\n"), 3)
	pid, err := strconv.Atoi(string(bytes.TrimSpace(lines[0])))
	if err != nil || pid <= 1 {
		log.Warn("unreadable postmaster.pid removed", "dir", dir)
		return os.Remove(path)
	}
	if !serves(pid, dir) {
		// The number was given to another process since: PostgreSQL would take
		// that one for itself and refuse to start.
		return os.Remove(path)
	}
	log.Info("stopping the database that an earlier noded left running", "pid", pid)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop PostgreSQL %d on %s: %w", pid, dir, err)
		}
		if waitGone(ctx, pid, dir, time.Minute) {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL %d on %s does not stop", pid, dir)
}

// serves reports whether process pid is a PostgreSQL whose data directory is dir:
// a postmaster's working directory is its data directory.
func serves(pid int, dir string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	cmdline, err := os.ReadFile(filepath.Join(proc, "cmdline"))
	if err != nil {
		return false
	}
	program, _, _ := bytes.Cut(cmdline, []byte{0})
	if base := filepath.Base(string(program)); base != "postgres" && base != "postmaster" {
		return false
	}
	cwd, err := os.Stat(filepath.Join(proc, "cwd"))
	if err != nil {
		return false
	}
	data, err := os.Stat(dir)
	return err == nil && os.SameFile(cwd, data)
}

// waitGone waits until pid serves dir no more.
func waitGone(ctx context.Context, pid int, dir string, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for serves(pid, dir) {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}
