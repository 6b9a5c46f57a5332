package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"picket/tools/lab"
	"picket/tools/lab/image"
	"picket/tools/lab/scenario"
)

const labUsage = `picket lab: the radio laboratory. A virtual machine with simulated radios, real access
points, clients and attack tools; our tap listens inside, a real node hears of it.

Usage:
  picket lab list [--json]           the scenarios, a sentence each
  picket lab run [flags] NAME...     play scenarios; "sample" and "all" name many
  picket lab build                   make what the guest boots from (run does so too)
  picket lab lock                    move tools/lab/lab.lock to the newest packages

It runs in Picket's source tree. Debian packages come from the mirror that this
machine's apt uses, or PICKET_DEBIAN_MIRROR, and stay in ~/.cache/picket.
`

// labCommand is "picket lab".
func labCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, labUsage)
		return errUsage
	}
	switch args[0] {
	case "list":
		return labList(args[1:], stdout, stderr)
	case "run":
		return labRun(ctx, args[1:], stdout, stderr)
	case "build":
		return labBuild(ctx, args[1:], stdout, stderr)
	case "lock":
		return labLock(ctx, args[1:], stdout, stderr)
	case "-h", "-help", "--help", "help":
		fmt.Fprint(stdout, labUsage)
		return nil
	}
	fmt.Fprintf(stderr, "picket lab: there is no command %q\n\n%s", args[0], labUsage)
	return errUsage
}

// labFlags parses the flags of a subcommand, before, between and after the names
// that it returns.
func labFlags(name, about string, args []string, stderr io.Writer, define func(*flag.FlagSet)) (names []string, err error) {
	flags := flag.NewFlagSet("picket lab "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "picket lab %s: %s\n", name, about)
		flags.PrintDefaults()
	}
	define(flags)
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage // the flag package has said what is wrong
		}
		if flags.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}

// labSay tells people what is under way, with the time since the start.
func labSay(stderr io.Writer) func(string) {
	start := time.Now()
	return func(text string) { fmt.Fprintf(stderr, "%6.1f s  %s\n", time.Since(start).Seconds(), text) }
}

func labTree() (lab.Tree, image.Cache, error) {
	tree, err := lab.FindTree(".")
	if err != nil {
		return tree, image.Cache{}, err
	}
	cache, err := image.DefaultCache()
	return tree, cache, err
}

func labList(args []string, stdout, stderr io.Writer) error {
	asJSON := false
	if _, err := labFlags("list", "names the scenarios", args, stderr, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "a line of JSON each: name, sentence, sample")
	}); err != nil {
		return err
	}
	width := 0
	for _, s := range scenario.All() {
		width = max(width, len(s.Name))
	}
	for _, s := range scenario.All() {
		if !asJSON {
			fmt.Fprintf(stdout, "%-*s  %s\n", width, s.Name, s.Sentence)
			continue
		}
		if err := json.NewEncoder(stdout).Encode(map[string]any{"name": s.Name, "sentence": s.Sentence, "sample": s.Sample}); err != nil {
			return err
		}
	}
	return nil
}

func labRun(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var asJSON, quiet bool
	var limit time.Duration
	o := lab.Options{Say: labSay(stderr)}
	names, err := labFlags("run", "plays scenarios: NAME..., or sample, or all", args, stderr, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "a line of JSON for each scenario: name, passed, expected, seen, seconds, error")
		f.BoolVar(&quiet, "quiet", false, "do not tell what is under way")
		f.StringVar(&o.Record, "record", "", "`folder` that gets each scenario's captures, and a line for each in its labels.tsv")
		f.BoolVar(&o.Keep, "keep", false, "leave the session's folder with all logs, and say where it is")
		f.DurationVar(&limit, "timeout", time.Hour, "`time` for everything")
	})
	if err != nil {
		return err
	}
	if quiet {
		o.Say = func(string) {}
	}
	all, err := labChoose(names)
	if err != nil {
		return err
	}
	if o.Tree, o.Cache, err = labTree(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var failed []string
	err = lab.Run(ctx, o, all, func(r lab.Result) {
		if !r.Passed {
			failed = append(failed, r.Name)
		}
		if asJSON {
			_ = json.NewEncoder(stdout).Encode(r) // a closed pipe is the reader's business
			return
		}
		verdict := "passed"
		if !r.Passed {
			verdict = "FAILED"
		}
		fmt.Fprintf(stdout, "%s  %s  %.1f s  %s\n", verdict, r.Name, r.Seconds, r.Error)
	})
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d scenarios failed: %s", len(failed), len(all), strings.Join(failed, ", "))
	}
	return nil
}

// labChoose returns the scenarios that the command line names, each once.
func labChoose(names []string) ([]scenario.Scenario, error) {
	var chosen []string
	for _, name := range names {
		for _, s := range scenario.All() {
			if name == "all" || name == "sample" && s.Sample {
				chosen = append(chosen, s.Name)
			}
		}
		if name != "all" && name != "sample" {
			chosen = append(chosen, name)
		}
	}
	slices.Sort(chosen)
	if len(chosen) == 0 {
		return nil, errors.New("lab run: name scenarios, or sample, or all; picket lab list names them")
	}
	return lab.Choose(slices.Compact(chosen))
}

func labBuild(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := labFlags("build", "makes what the guest boots from", args, stderr, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	tree, cache, err := labTree()
	if err != nil {
		return err
	}
	lock, err := tree.Lock()
	if err != nil {
		return err
	}
	built, err := cache.Build(ctx, lock, labSay(stderr))
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "kernel %s, %d packages: %s\n", built.Release, len(lock), built.Dir)
	return nil
}

func labLock(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := labFlags("lock", "moves tools/lab/lab.lock to the newest packages of the mirror", args, stderr, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	tree, cache, err := labTree()
	if err != nil {
		return err
	}
	older, err := tree.Lock()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(stderr, "picket lab lock: writing a new lock:", err)
	}
	labSay(stderr)("asking the mirror")
	newer, err := image.Resolve(ctx, cache.AptDir())
	if err != nil {
		return err
	}
	for _, m := range older.Moves(newer) {
		fmt.Fprintf(stdout, "%s  %s → %s\n", m.Name, orNone(m.Old), orNone(m.New))
	}
	var text strings.Builder
	if err := newer.Write(&text); err != nil {
		return err
	}
	if err := os.WriteFile(tree.LockFile(), []byte(text.String()), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%d packages, %d moved\n", len(newer), len(older.Moves(newer)))
	return nil
}

func orNone(version string) string {
	if version == "" {
		return "none"
	}
	return version
}
