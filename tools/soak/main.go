// Command soak runs the long campaigns: every fuzz target for ten minutes, every
// test that has a long form, and the benchmarks. What is done is remembered in
// .picket/soak, so that an interrupted campaign goes on where it was; at the end
// there is a figure a line.
//
// A campaign's figure is what its output says after "figure: ", or the fuzzer's
// or the test's closing line. A test has a long form when its name starts with
// TestSoak: it runs a seeded sample of itself normally, and all of itself with
// PICKET_SOAK=full.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

// options say which campaigns run, and how long.
type options struct {
	dir    string // of state and logs
	only   *regexp.Regexp
	fuzz   time.Duration // for each target
	atOnce int           // fuzz targets that run side by side
	fresh  bool
	sample bool
	list   bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", ".picket/soak", "folder of the state and the logs")
	only := flag.String("only", "", "run the campaigns whose name matches this regular expression")
	flag.DurationVar(&o.fuzz, "fuzz", 10*time.Minute, "time for each fuzz target")
	flag.IntVar(&o.atOnce, "at-once", runtime.NumCPU(), "fuzz targets that run side by side, each with its share of the cores; what gives figures runs alone")
	flag.BoolVar(&o.fresh, "fresh", false, "forget what is done")
	flag.BoolVar(&o.sample, "sample", false, "a few seconds of each fuzz target, no state: what make test runs")
	flag.BoolVar(&o.list, "list", false, "list the campaigns and whether they are done")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var err error
	o.atOnce = max(1, o.atOnce)
	if o.only, err = regexp.Compile(*only); err == nil {
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		stop()
		os.Exit(1)
	}
}

// sampleFuzz is how long a fuzz target runs in make test. The rest of its time
// there is the compiler's.
const sampleFuzz = 3 * time.Second

// runAll runs those that are not done, fuzz targets side by side, and returns how
// many failed.
func runAll(ctx context.Context, o options, all []campaign, done *state) (failed int, err error) {
	finished := make(chan finish)
	for n, running := 0, 0; n < len(all) || running > 0; {
		if n < len(all) && ctx.Err() == nil && (running == 0 || all[n].shares && running < o.atOnce) {
			c := all[n]
			n++
			if result, ok := done.Results[c.name]; ok && !result.Failed {
				continue
			}
			fmt.Printf("soak: %d of %d: %s\n", n, len(all), c.name)
			running++
			go func() { finished <- finish{c.name, c.run(ctx, filepath.Join(o.dir, "log"))} }()
			continue
		}
		if running == 0 {
			break // interrupted
		}
		f := <-finished
		running--
		if ctx.Err() != nil {
			fmt.Println("soak: interrupted; the next run goes on with", f.name)
			continue
		}
		if done.Results[f.name] = f.result; f.result.Failed {
			failed++
		}
		if o.sample {
			continue
		}
		if err := done.save(); err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// A finish is the end of one campaign.
type finish struct {
	name   string
	result result
}

func run(ctx context.Context, o options) error {
	if o.sample {
		o.fuzz = sampleFuzz
	}
	all, unknown := discover(ctx, o)
	done := newState(filepath.Join(o.dir, "state.json"), revision(ctx))
	if !o.sample && !o.fresh {
		if err := done.load(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(o.dir, "log"), 0o755); err != nil {
		return err
	}
	if o.list {
		for _, c := range all {
			fmt.Printf("%s\t%s\n", c.name, done.figure(c.name))
		}
		return unknown
	}
	failed, err := runAll(ctx, o, all, done)
	if err != nil {
		return err
	}
	fmt.Printf("\nsoak: figures at %s\n", done.Revision)
	for _, c := range all {
		fmt.Printf("soak: %s: %s\n", c.name, done.figure(c.name))
	}
	if failed > 0 {
		unknown = errors.Join(unknown, fmt.Errorf("%d of %d campaigns failed; their logs are in %s", failed, len(all), filepath.Join(o.dir, "log")))
	}
	return errors.Join(unknown, ctx.Err())
}
