package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"picket/tools/picket/doctor"
)

const doctorUsage = `picket doctor: what this machine has to listen with

Lists radios and wired interfaces, what each can do, what stops it, and what would
cure that; whether the machine has what a tap needs; and to whom its tap belongs, or
the claim code by which the console lets it in. It changes nothing. As root it sees
more: which program holds an adapter, what the kernel's log says, and the claim code.

Usage:
  picket doctor            for people
  picket doctor --json     for programs: one object, with "ready" true or false

The exit status is 0 whenever the machine could be examined.

Flags:
`

func doctorCommand(args []string, stdout, stderr io.Writer) error {
	fs := flag.NewFlagSet("picket doctor", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, doctorUsage)
		fs.PrintDefaults()
	}
	asJSON := fs.Bool("json", false, "print one JSON object")
	state := fs.String("state", "/var/lib/picket-tap", "`DIR` of the tap's state, whose disk and enrolment are looked at")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if fs.NArg() > 0 {
		fmt.Fprintf(stderr, "picket doctor: %q is too much; --help says more\n", fs.Arg(0))
		return errUsage
	}
	report := doctor.Examine(doctor.Host(), *state)
	if !*asJSON {
		return report.Print(stdout)
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}
