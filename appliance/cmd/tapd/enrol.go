package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"runtime"
	"slices"

	"picket/appliance/config"
	"picket/appliance/identity"
	enrolment "picket/shared/enrol"
	"picket/shared/task"
)

// enrol returns who the tap is, after it became somebody if need be: by a token, or
// by its claim code. It returns nil when a signal ended the attempt.
func enrol(ctx context.Context, cfg config.Config, log *slog.Logger) (*identity.Identity, error) {
	_, err := identity.Load(cfg.State)
	switch fresh := errors.Is(err, identity.ErrNotEnrolled); {
	case fresh && len(cfg.Nodes) == 0:
		return nil, errors.New("this tap is not enrolled yet: give it the address of a node with -node https://HOST:PORT, and with -token a token from the console if you have one (state is kept in " + cfg.State + ")")
	case !fresh && cfg.Token == nil:
		return identity.Load(cfg.State)
	}
	about := enrolment.Request{Name: tapName(cfg.Name), MAC: macAddress(), Version: version, Arch: runtime.GOARCH}
	become := identity.Claimer{Dir: cfg.State, URLs: cfg.Nodes, About: about, Log: log}.Claim
	if cfg.Token != nil {
		become = identity.Enroller{Dir: cfg.State, URLs: cfg.Nodes, Token: *cfg.Token, About: about, Log: log}.Enrol
	}
	var id *identity.Identity
	err = task.Run(ctx, log, task.Signals(), task.Func("enrol", func(ctx context.Context) error {
		var err error
		if id, err = become(ctx); err != nil {
			return err
		}
		return errDone
	}))
	if errors.Is(err, errDone) {
		err = nil
	}
	return id, err
}

// showCode prints the claim code of the tap that uses a state folder.
func showCode(state string, out io.Writer) error {
	code, err := identity.ClaimCode(state)
	switch {
	case errors.Is(err, fs.ErrExist):
		_, err = fmt.Fprintln(out, "This tap is enrolled and needs no claim code.")
		return err
	case err != nil:
		return fmt.Errorf("%w (state is looked for in %s)", err, state)
	}
	_, err = fmt.Fprintln(out, code.String())
	return err
}

// errDone ends the enrolment's tasks without the log line of a stop.
var errDone = errors.New("done")

// nodeURLs returns the nodes to report to: those the operator names, then those
// the cluster names.
func nodeURLs(cfg config.Config, id *identity.Identity) []string {
	urls := slices.Clone(cfg.Nodes)
	for _, u := range id.NodeURLs {
		if !slices.Contains(urls, u) {
			urls = append(urls, u)
		}
	}
	return urls
}

// tapName is what people call the tap: the host's name unless they say otherwise.
func tapName(given string) string {
	if given != "" {
		return given
	}
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "tap"
	}
	return name[:min(len(name), 64)]
}

// macAddress returns an address by which people can tell the box: that of its
// first interface that is up and has one, "" without any.
func macAddress() string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return ""
	}
	for _, i := range interfaces {
		if len(i.HardwareAddr) == 6 && i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 {
			return i.HardwareAddr.String()
		}
	}
	return ""
}
