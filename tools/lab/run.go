package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"picket/tools/lab/guest"
	"picket/tools/lab/image"
	"picket/tools/lab/scenario"
)

// Missing names the Debian packages that this machine lacks for a laboratory.
func Missing() []string {
	packages := image.Missing()
	if !guest.Installed() {
		packages = append(packages, guest.Package)
	}
	return packages
}

// Choose returns the scenarios of those names, in the laboratory's order.
func Choose(names []string) ([]scenario.Scenario, error) {
	var chosen []scenario.Scenario
	unknown := slices.Clone(names)
	for _, s := range scenario.All() {
		if slices.Contains(names, s.Name) {
			chosen = append(chosen, s)
			unknown = slices.DeleteFunc(unknown, func(name string) bool { return name == s.Name })
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no scenario %s; picket lab list names them", strings.Join(unknown, ", "))
	}
	return chosen, nil
}

// Run plays scenarios in one session and hands each result on as it comes. The
// error is of the laboratory itself, not of a scenario.
func Run(ctx context.Context, o Options, all []scenario.Scenario, each func(Result)) (err error) {
	if missing := Missing(); len(missing) > 0 {
		return fmt.Errorf("the laboratory needs the packages %s: tools/setup test installs them", strings.Join(missing, ", "))
	}
	s, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, sc := range all {
		o.Say(sc.Name + ": " + sc.Sentence)
		r, err := s.Play(ctx, sc)
		if err != nil {
			return fmt.Errorf("%s: %w", sc.Name, err)
		}
		each(r)
	}
	return nil
}
