// Command bench runs the benchmarks and prints them in the format of benchstat
// (golang.org/x/perf): those of the packages, then whole programs on long
// captures, Picket's beside those that people compare it with.
//
// The long captures are cycled from the corpus by its cycle.py, and are left out
// where there is no corpus. A program's cost is its processor time, user and
// system together, whatever the number of its threads.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", ".picket/bench", "folder of the long captures")
	flag.StringVar(&o.corpus, "corpus", envOr("PICKET_CORPUS", "../shared/corpus"), "folder of the corpus")
	flag.StringVar(&o.picket, "picket", "bin/picket", "the program to measure; it is built when it is not there")
	flag.IntVar(&o.count, "count", 3, "runs of each program; the packages' own benchmarks run once")
	flag.BoolVar(&o.peers, "peers", true, "measure other programs beside, where they are installed")
	flag.BoolVar(&o.packages, "packages", true, "run the packages' own benchmarks")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// options say what is measured.
type options struct {
	dir, corpus, picket string
	count               int
	peers, packages     bool
}

func envOr(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func run(ctx context.Context, o options) error {
	fmt.Printf("goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	if o.packages {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "./...")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("benchmarks of the packages: %w", err)
		}
	}
	if _, err := os.Stat(filepath.Join(o.corpus, "cycle.py")); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "bench: no corpus in %s: whole programs are not measured\n", o.corpus)
		return nil
	}
	if _, err := os.Stat(o.picket); err != nil {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", o.picket, "./tools/picket")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build picket: %w: %s", err, out)
		}
	}
	for _, c := range captures {
		path, err := c.make(ctx, o)
		if err != nil {
			return err
		}
		for _, p := range programs(o) {
			if p.reads != 0 && p.reads != c.linkType {
				continue
			}
			for range o.count {
				if err := p.measure(ctx, c, path); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
