package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A capture is a long file, cycled from the captures of the corpus that have
// its link type.
type capture struct {
	name     string
	linkType int // LINKTYPE_ value
	packets  int
	folder   string // of the corpus
	rewrite  bool   // addresses and sequence numbers differ in every cycle
}

// Link types (tcpdump.org/linktypes.html).
const (
	ethernet = 1
	radiotap = 127
)

var captures = []capture{
	{"dot11", radiotap, 1_500_000, "dot11", false},
	{"dot11-rewritten", radiotap, 1_500_000, "dot11", true},
	{"ethernet", ethernet, 2_000_000, "ethernet", false},
	{"ethernet-rewritten", ethernet, 2_000_000, "ethernet", true},
}

// make returns the path of the capture, which is made once.
func (c capture) make(ctx context.Context, o options) (string, error) {
	path := filepath.Join(o.dir, c.name+"-"+strconv.Itoa(c.packets)+".pcap")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(o.corpus, c.folder, "*"))
	if err != nil {
		return "", err
	}
	unfinished := path + ".part"
	args := []string{filepath.Join(o.corpus, "cycle.py")}
	if c.rewrite {
		args = append(args, "--rewrite")
	}
	args = append(append(args, unfinished, strconv.Itoa(c.linkType), strconv.Itoa(c.packets)), files...)
	if out, err := exec.CommandContext(ctx, "python3", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("make %s: %w: %s", path, err, out)
	}
	return path, os.Rename(unfinished, path)
}

// A program reads a whole capture.
type program struct {
	name    string
	command []string // before the file's path
	reads   int      // the only link type it reads, 0: all
}

// programs returns Picket and the installed ones of its peers.
func programs(o options) []program {
	all := []program{{"picket", []string{o.picket, "replay"}, 0}}
	if !o.peers {
		return all
	}
	for _, p := range []program{
		{"hcxpcapngtool", []string{"hcxpcapngtool"}, radiotap},
		{"tcpdump", []string{"tcpdump", "-n", "-r"}, 0},
		{"tshark", []string{"tshark", "-n", "-r"}, 0},
	} {
		if _, err := exec.LookPath(p.command[0]); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// measure runs the program once on the capture and prints a benchmark's line.
func (p program) measure(ctx context.Context, c capture, path string) error {
	cmd := exec.CommandContext(ctx, p.command[0], append(p.command[1:len(p.command):len(p.command)], path)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	start := time.Now()
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if ctx.Err() != nil || !errors.As(err, &exit) || p.name == "picket" {
			return fmt.Errorf("%s on %s: %w: %s", p.name, c.name, err, tail(complaint.Bytes()))
		}
		// A peer that objects to a record, as tcpdump does to damaged files, has read it all the same.
	}
	wall := time.Since(start)
	busy := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Println(line(c, p.name, wall, busy, peakMB(cmd.ProcessState)))
	return nil
}

// line is a result as benchstat reads it: wall-clock time a packet first.
func line(c capture, name string, wall, busy time.Duration, peak float64) string {
	return fmt.Sprintf("BenchmarkCapture/%s/%s-%d\t%d\t%.1f ns/op\t%.1f cpu-ns/op\t%.0f packets/cpu-s\t%.1f peak-MB",
		c.name, name, runtime.GOMAXPROCS(0), c.packets,
		float64(wall.Nanoseconds())/float64(c.packets), float64(busy.Nanoseconds())/float64(c.packets),
		float64(c.packets)/busy.Seconds(), peak)
}

// peakMB returns the most memory that a process had, in units of 10^6 octets.
func peakMB(s *os.ProcessState) float64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	octets := float64(usage.Maxrss) * 1024 // Linux counts in KiB
	if runtime.GOOS == "darwin" {
		octets = float64(usage.Maxrss)
	}
	return octets / 1e6
}

func tail(b []byte) []byte { return bytes.TrimSpace(b[max(0, len(b)-500):]) }
