// Command picket is the operator's tool.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

var version = "devel" // set by the linker

const usage = `picket: the operator's tool of Picket

Usage:
  picket doctor [--json]          what this machine has to listen with, and what stops it
  picket lab COMMAND              the radio laboratory: a virtual machine with radios
  picket replay [flags] FILE...   captures through the tap's own pipeline
  picket sim hop [flags]          channel hopping in simulated air
  picket --version

Run "picket COMMAND --help" for the flags of a command.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "picket:", err)
		os.Exit(1)
	}
}

// errUsage says that the command line was wrong and that this was said.
var errUsage = errors.New("usage")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return errUsage
	}
	switch args[0] {
	case "doctor":
		return doctorCommand(args[1:], stdout, stderr)
	case "lab":
		return labCommand(ctx, args[1:], stdout, stderr)
	case "replay":
		return replay(ctx, args[1:], stdout, stderr)
	case "sim":
		return sim(args[1:], stdout, stderr)
	case "-version", "--version", "version":
		fmt.Fprintln(stdout, "picket", version)
		return nil
	case "-h", "-help", "--help", "help":
		fmt.Fprint(stdout, usage)
		return nil
	default:
		fmt.Fprintf(stderr, "picket: there is no command %q\n\n%s", args[0], usage)
		return errUsage
	}
}
