package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options say what a run is.
type options struct {
	nodes, token, data, database, recorded                string
	taps, tenants, bsss, stations                         int
	fresh, lose, backlog                                  int
	seed                                                  uint64
	churn                                                 float64
	period, learn, length, warm, drain, settle, mostPause time.Duration
	verify, asJSON, quiet                                 bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fakefleet:", err)
		stop()
		os.Exit(1)
	}
}

func parse(args []string, errOut io.Writer) (o options, err error) {
	f := flag.NewFlagSet("fakefleet", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.nodes, "node", "", "`URLs` of the nodes, separated by commas; taps start evenly over them and go on to the next")
	f.StringVar(&o.token, "token", "", "enrolment `token` with enough uses: taps enrol as real ones do")
	f.StringVar(&o.data, "data", "", "a node's data `directory`, in whose database the fleet's keys are put directly (for tests alone)")
	f.StringVar(&o.database, "database", "", "`URL` of the database instead of -data")
	f.IntVar(&o.taps, "taps", 100, "how many taps, 1 to 100000")
	f.IntVar(&o.tenants, "tenants", 20, "over how many tenants their sites are spread, with -data or -database")
	f.DurationVar(&o.period, "period", 10*time.Second, "length of a tap's windows, 1s to 60s")
	f.DurationVar(&o.length, "for", time.Minute, "how long reports are due")
	f.DurationVar(&o.learn, "learn", 0, "before that, each tap reports once, spread over so long: what a node has never heard costs more")
	f.DurationVar(&o.warm, "warm", 0, "how much of that is left out of latencies")
	f.DurationVar(&o.drain, "drain", time.Minute, "how long after that what is left may take")
	f.DurationVar(&o.settle, "settle", 0, "pause between connecting and the schedule")
	f.DurationVar(&o.mostPause, "most-pause", time.Minute, "longest pause of a tap whose report is not taken")
	f.IntVar(&o.bsss, "bss", 60, "BSSs that a tap hears, 0 to 1000")
	f.IntVar(&o.stations, "stations", 90, "stations that a tap hears, 0 to 2000")
	f.Float64Var(&o.churn, "churn", 0.02, "share of them that is new each hour")
	f.IntVar(&o.fresh, "fresh", 1, "each tap's tables are made anew for every `N`th report")
	f.StringVar(&o.recorded, "recorded", "", "take the tables from files of encoded reports: `GLOB`")
	f.IntVar(&o.lose, "lose", 0, "cut the connection of one in `N` reports before its answer is read; 0: never")
	f.IntVar(&o.backlog, "backlog", 120, "reports that a tap keeps, at least 1")
	f.Uint64Var(&o.seed, "seed", 0, "from which keys and offices follow; 0: random")
	f.BoolVar(&o.verify, "verify", false, "read the reports back and compare, with -data or -database")
	f.BoolVar(&o.asJSON, "json", false, "print the summary as JSON")
	f.BoolVar(&o.quiet, "quiet", false, "say nothing meanwhile")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.seed == 0 {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		o.seed = binary.BigEndian.Uint64(b[:])>>1 | 1
	}
	return o, o.check(f.NArg())
}

func (o options) check(rest int) error {
	direct := o.data != "" || o.database != ""
	switch {
	case rest > 0:
		return errors.New("arguments stand behind the options")
	case o.nodes == "":
		return errors.New("-node is missing")
	case direct == (o.token != ""):
		return errors.New("one of -token, -data and -database says how taps come to be members")
	case o.verify && !direct:
		return errors.New("-verify reads the database: -data or -database")
	case o.taps < 1 || o.taps > 100_000:
		return fmt.Errorf("-taps: %d is not between 1 and 100000", o.taps)
	case o.tenants < 1 || o.tenants > 99:
		return fmt.Errorf("-tenants: %d is not between 1 and 99", o.tenants)
	case o.period < time.Second || o.period > time.Minute:
		return fmt.Errorf("-period: %v is not between 1s and 60s", o.period)
	case o.bsss < 0 || o.bsss > 1000 || o.stations < 0 || o.stations > 2000:
		return errors.New("-bss or -stations is out of range")
	case o.churn < 0 || o.churn > 100:
		return fmt.Errorf("-churn: %v is not between 0 and 100", o.churn)
	case o.backlog < 1:
		return errors.New("-backlog is less than 1")
	}
	return nil
}

// errVerdict says that the run showed a fault.
var errVerdict = errors.New("reports were lost, doubled or refused for good")

func run(ctx context.Context, args []string, out, errOut io.Writer) (err error) {
	o, err := parse(args, errOut)
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	if !o.quiet {
		log = slog.New(slog.NewTextHandler(errOut, nil))
	}
	var nodes []*url.URL
	for text := range strings.SplitSeq(o.nodes, ",") {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil || u.Scheme != "https" || u.Port() == "" {
			return fmt.Errorf("-node: %q is not https://HOST:PORT", text)
		}
		nodes = append(nodes, u)
	}
	var m *membership
	if o.token != "" {
		m, err = joinToken(ctx, o, nodes)
	} else {
		m, err = joinDatabase(ctx, o, log)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	return drive(ctx, o, m, nodes, out, log)
}

// drive runs the schedule with a fleet that has joined, and prints what came of it.
func drive(ctx context.Context, o options, m *membership, nodes []*url.URL, out io.Writer, log *slog.Logger) error {
	f, err := newFleet(o, m, nodes, log)
	if err != nil {
		return err
	}
	log.Info("fleet is enrolled; connecting", "taps", o.taps, "seed", o.seed)
	if err := f.connect(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(o.settle):
	}
	begin := time.Now()
	s := f.run(ctx)
	if o.verify {
		v, err := verify(context.WithoutCancel(ctx), m, f.taps, begin.Add(-2*o.period).UTC())
		if err != nil {
			return err
		}
		s.Verify = &v
	}
	if err := s.write(out, o.asJSON); err != nil {
		return err
	}
	if s.GivenUp+s.Unacknowledged > 0 || f.refusedForGood() > 0 || s.Verify != nil && !s.Verify.good() {
		return errVerdict
	}
	return nil
}

func (f *fleet) refusedForGood() (n int) {
	for _, t := range f.taps {
		n += len(t.refusedOnes)
	}
	return n
}
