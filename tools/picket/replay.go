package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/appliance/pipeline"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/tools/picket/count"
	"picket/tools/picket/summary"
)

const replayUsage = `picket replay: captures through the tap's own pipeline

Reads pcap and pcapng files, also compressed with gzip, and says what is in them,
as a tap would: to the terminal as tables, or to a node. "-" is standard input.

Usage:
  picket replay FILE...                             tables of what was heard
  picket replay --counts FILE...                    a line of counts a file
  picket replay --node URL --token TOKEN FILE...    to a node, as a tap; times are
                                                    moved so that the last frame is now

Flags:
`

// replayFlags is the command line of picket replay.
type replayFlags struct {
	counts, json bool
	repeat       int
	window       time.Duration
	node, token  string
	state, name  string
	files        []string
}

func parseReplay(args []string, stderr io.Writer) (replayFlags, error) {
	var f replayFlags
	fs := flag.NewFlagSet("picket replay", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, replayUsage)
		fs.PrintDefaults()
	}
	fs.BoolVar(&f.counts, "counts", false, "print FILE, a tab, and key=value ; key=value … for each file, over all of its frames")
	fs.BoolVar(&f.json, "json", false, "print the tables as JSON")
	fs.IntVar(&f.repeat, "repeat", 1, "read the files `N` times, one cycle after the other in time")
	fs.DurationVar(&f.window, "window", 10*time.Second, "length of a window, 1s to 60s")
	fs.StringVar(&f.node, "node", "", "`URL` of the node to send to")
	fs.StringVar(&f.token, "token", "", "enrolment `TOKEN`, needed for the first time")
	fs.StringVar(&f.state, "state", "", "`DIR` of the key that enrolling makes; without it the key is gone at the end")
	fs.StringVar(&f.name, "name", "replay", "`NAME` of the tap in the console")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return f, err
		}
		return f, errUsage
	}
	f.files = fs.Args()
	bad := func(format string, args ...any) (replayFlags, error) {
		fmt.Fprintf(stderr, "picket replay: "+format+"\n", args...)
		return f, errUsage
	}
	switch {
	case len(f.files) == 0:
		return bad("no file given; --help says more")
	case f.repeat < 1:
		return bad("--repeat: %d is not 1 or more", f.repeat)
	case f.window < time.Second || f.window > time.Minute || f.window%time.Millisecond != 0:
		return bad("--window: %v is not between 1s and 60s in whole milliseconds", f.window)
	case f.counts && f.node != "":
		return bad("--counts and --node exclude each other")
	case f.node != "" && f.token == "" && f.state == "":
		return bad("--node needs --token, or --state of an earlier run")
	}
	return f, nil
}

func replay(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f, err := parseReplay(args, stderr)
	if err != nil {
		return err
	}
	bar := newProgress(stderr)
	defer bar.done()
	switch {
	case f.counts:
		return replayCounts(ctx, f, stdout, bar)
	case f.node != "":
		return replayToNode(ctx, f, stderr, bar)
	default:
		return replayTables(ctx, f, stdout, bar)
	}
}

// replayCounts prints a line a file. A damaged file is counted up to the damage;
// its error comes at the end.
func replayCounts(ctx context.Context, f replayFlags, stdout io.Writer, bar *progress) error {
	var errs []error
	for _, path := range f.files {
		var c count.Counter
		for range f.repeat {
			err := eachPacket(ctx, path, bar, func(p *capture.Packet) {
				c.Add(uint16(p.LinkType), p.Data, p.Length)
			})
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", path, err))
				break
			}
		}
		bar.done()
		fmt.Fprintf(stdout, "%s\t%s\n", path, c.String())
	}
	return errors.Join(errs...)
}

func eachPacket(ctx context.Context, path string, bar *progress, add func(*capture.Packet)) error {
	src, err := capture.OpenFile(path)
	if err != nil {
		return err
	}
	defer src.Close()
	in := &watched{Source: src, file: src, ended: ctx.Done(), bar: bar}
	var p capture.Packet
	for {
		if err := in.Next(&p); err != nil {
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		add(&p)
	}
}

func replayTables(ctx context.Context, f replayFlags, stdout io.Writer, bar *progress) error {
	sum := summary.New()
	reports, octets := 0, 0
	in := feedConfig{flags: f, definitions: aggregate.NewDefinitions()}
	_, _ = rand.Read(in.boot[:]) // never fails (crypto/rand)
	in.emit = func(r *wirepb.Report) error {
		b, err := wire.Encode(r)
		if err != nil {
			return err
		}
		reports++
		octets += len(b)
		sum.Add(r)
		return nil
	}
	frames, err := feed(ctx, in, bar)
	bar.done()
	if f.json {
		return errors.Join(err, json.NewEncoder(stdout).Encode(sum.Tables()))
	}
	sum.Print(stdout)
	fmt.Fprintf(stdout, "%d frames in %d reports of %d octets in all\n", frames, reports, octets)
	return err
}

// gap stands between files, and between cycles of them.
const gap = time.Millisecond

// feedConfig says how files go through the pipeline.
type feedConfig struct {
	flags       replayFlags
	boot        [16]byte
	definitions *aggregate.Definitions
	emit        func(*wirepb.Report) error

	// start moves the files' times, so that they follow one another from there on
	// (ns since 1970); 0: times stay. spans are then the files'.
	start int64
	spans []span
}

// feed runs the files through the pipeline, every cycle after the one before in
// time, and returns how many frames they have.
func feed(ctx context.Context, in feedConfig, bar *progress) (uint64, error) {
	run := pipeline.NewOffline(pipeline.Config{
		Window: in.flags.window, Boot: in.boot, Version: version, Demonstration: true,
		Definitions: in.definitions, Emit: in.emit,
	})
	shift := int64(0)
	at := in.start
	for range in.flags.repeat {
		cycle := span{}
		for i, path := range in.flags.files {
			if in.start != 0 {
				shift = at - in.spans[i].first
				at += in.spans[i].last - in.spans[i].first + int64(gap)
			}
			src, err := capture.OpenFile(path)
			if err != nil {
				return run.Frames, err
			}
			w := &watched{Source: src, file: src, ended: ctx.Done(), bar: bar}
			err = run.Run(w, shift)
			_ = src.Close() // only read
			if err != nil && (in.start == 0 || !errors.Is(err, io.ErrUnexpectedEOF)) {
				return run.Frames, fmt.Errorf("%s: %w", path, err)
			}
			if cycle.first == 0 {
				cycle.first = w.first
			}
			cycle.last = max(cycle.last, w.last)
		}
		if in.start == 0 {
			shift += cycle.last - cycle.first + int64(gap)
		}
	}
	return run.Frames, nil
}

// watched is a file that ends when ctx does, shows progress, and remembers the
// times that it gave.
type watched struct {
	capture.Source
	file        *capture.File
	ended       <-chan struct{}
	bar         *progress
	n           int
	first, last int64 // ns since 1970
}

func (w *watched) Next(p *capture.Packet) error {
	if w.n++; w.n&0xfff == 1 { // at the first packet too: files may be many and small
		select {
		case <-w.ended:
			return context.Canceled
		default:
		}
		w.bar.show(w.file.Name(), w.file.Progress)
	}
	err := w.Source.Next(p)
	if err == nil {
		if w.first == 0 {
			w.first = p.Time
		}
		w.last = p.Time
	}
	return err
}
