package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"picket/radio/hop/hopsim"
)

const simUsage = `picket sim hop: channel hopping in simulated air

Runs the tap's own channel planner against others in the same random environments:
40 channels, 100 access points of which 60 % are on channels 1, 6 and 11, stations that
send for 2 s a minute, and attacks of 3 s. The oracles know how many stations or access
points each channel has. A gain of 1 is as good as the oracle, 0 as 250 ms on each channel.

Usage:
  picket sim hop           a table of strategies for 1, 2 and 3 adapters
  picket sim hop --json    the planner's figures for one adapter, as a line of JSON

Flags:
`

// simFlags is the command line of picket sim hop.
type simFlags struct {
	json         bool
	seed         uint64
	environments int
	adapters     int
	model        hopsim.Model
}

func parseSim(args []string, stderr io.Writer) (simFlags, error) {
	f := simFlags{model: hopsim.DefaultModel()}
	fs := flag.NewFlagSet("picket sim hop", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, simUsage)
		fs.PrintDefaults()
	}
	fs.BoolVar(&f.json, "json", false, "print medians over the environments as JSON")
	fs.Uint64Var(&f.seed, "seed", 1, "`N` of the first environment; the others follow it")
	fs.IntVar(&f.environments, "environments", 24, "how many `N` environments")
	fs.IntVar(&f.adapters, "adapters", 0, "how many `N` adapters, 1 to 8; 0: 1 with --json, else 1, 2 and 3")
	fs.DurationVar(&f.model.SwitchCost, "switch", f.model.SwitchCost, "`TIME` without hearing after a change of channel")
	fs.DurationVar(&f.model.On, "on", f.model.On, "mean `TIME` that a station sends")
	fs.DurationVar(&f.model.Off, "off", f.model.Off, "mean `TIME` that it does not")
	fs.Float64Var(&f.model.Rate, "rate", f.model.Rate, "frames per second of a station that sends")
	fs.DurationVar(&f.model.Burst, "burst", f.model.Burst, "`TIME` that an attack takes")
	fs.Float64Var(&f.model.BurstRate, "burst-rate", f.model.BurstRate, "frames per second of an attack")
	if len(args) == 0 || args[0] != "hop" {
		if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
			fs.Usage()
			return f, flag.ErrHelp
		}
		fmt.Fprint(stderr, "picket sim: the only simulation is hop; \"picket sim hop --help\" says more\n")
		return f, errUsage
	}
	if err := fs.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return f, err
		}
		return f, errUsage
	}
	bad := func(format string, args ...any) (simFlags, error) {
		fmt.Fprintf(stderr, "picket sim hop: "+format+"\n", args...)
		return f, errUsage
	}
	m := f.model
	switch {
	case fs.NArg() > 0:
		return bad("%q: nothing is read", fs.Arg(0))
	case f.environments < 1 || f.environments > 10_000:
		return bad("--environments: %d is not between 1 and 10000", f.environments)
	case f.adapters < 0 || f.adapters > 8:
		return bad("--adapters: %d is not between 1 and 8", f.adapters)
	case m.SwitchCost < 0 || m.SwitchCost > time.Second:
		return bad("--switch: %v is not between 0s and 1s", m.SwitchCost)
	case m.On < 10*time.Millisecond || m.Off < 10*time.Millisecond || m.Burst < 10*time.Millisecond:
		return bad("--on, --off and --burst: not 10ms or more")
	case !(m.Rate >= 0.1 && m.Rate <= 1000 && m.BurstRate >= 0.1 && m.BurstRate <= 1000):
		return bad("--rate and --burst-rate: not between 0.1 and 1000")
	}
	return f, nil
}

// sim runs picket sim.
func sim(args []string, stdout, stderr io.Writer) error {
	f, err := parseSim(args, stderr)
	if err != nil {
		return err
	}
	if f.json {
		return printSimJSON(stdout, hopsim.Compare(f.model, f.seed, f.environments, max(1, f.adapters)))
	}
	adapters := []int{1, 2, 3}
	if f.adapters > 0 {
		adapters = []int{f.adapters}
	}
	for _, k := range adapters {
		if err := printSim(stdout, hopsim.Compare(f.model, f.seed, f.environments, k)); err != nil {
			return err
		}
	}
	return nil
}

func printSimJSON(w io.Writer, c hopsim.Comparison) error {
	round := func(v float64) float64 { return math.Round(v*1e4) / 1e4 }
	return json.NewEncoder(w).Encode(struct {
		FirstSweep        float64 `json:"first_sweep_s"`
		StationsGain      float64 `json:"stations_gain"`
		BurstGain         float64 `json:"burst_gain"`
		StationsVsUniform float64 `json:"stations_vs_uniform"`
		BurstVsUniform    float64 `json:"burst_vs_uniform"`
	}{round(c.FirstSweep.Seconds()), round(c.StationsGain), round(c.BurstGain), round(c.StationsVsUniform), round(c.BurstVsUniform)})
}

func printSim(w io.Writer, c hopsim.Comparison) error {
	fmt.Fprintf(w, "%s, 10 minutes, medians of %s\n", counted(c.Adapters, "adapter"), counted(c.Environments, "environment"))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tstations heard\tbursts caught\tfirst sweep\tlongest gap\thops/s\t")
	for _, s := range c.Strategies {
		sweep := "never all"
		if s.FirstSweep > 0 {
			sweep = fmt.Sprintf("%.1f s", s.FirstSweep.Seconds())
		}
		fmt.Fprintf(t, "%s\t%.1f %%\t%.1f %%\t%s\t%.1f s\t%.1f\t\n", s.Name, 100*s.Stations, 100*s.Bursts, sweep, s.LongestGap.Seconds(), s.Hops)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "gain of picket over uniform, of what an oracle gains: stations %.2f, bursts %.2f\n\n", c.StationsGain, c.BurstGain)
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
