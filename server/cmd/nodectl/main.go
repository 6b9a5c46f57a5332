// Command nodectl is the operator's tool for a node. See usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"picket/server/database"
	"picket/server/store"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "devel"

const usage = `nodectl looks after a node, whether it runs or not.

Usage:

  nodectl -data DIR COMMAND [options]
  nodectl -database URL COMMAND [options]

Commands:

  token        make an enrolment token, with which taps join a site; list or revoke them
  first-login  make a new link for the first administrator; the one before ends
  migrate      bring the database's schema to this release
  taps         list the taps
  tap          let boxes in; rename, move or revoke taps
  node         list the nodes of the cluster, drain or forget one
  backup       copy everything that the database holds; verify a backup
  restore      fill an empty database from a backup
  db           sizes, retention and what it would free; set how long what is kept
  certificate  show the console's certificates; add, test or remove one
  new-secret-key  print a key with which nodes seal secrets in the database
  secrets      show what is sealed with which key; seal anew
  people       administer organisations, tenants, sites, floors and users
  radio        show and set what taps' radios should do, lock a channel

nodectl COMMAND -help tells a command's options.

Options:

`

// tool is one call of nodectl.
type tool struct {
	data, url string
	out       io.Writer
	errOut    io.Writer
	log       *slog.Logger
}

// command is one of nodectl's; run gets what stands behind its name.
type command struct {
	name string
	run  func(ctx context.Context, t *tool, args []string) error
}

func commands() []command {
	return []command{{"token", token}, {"first-login", firstLogin}, {"migrate", migrate}, {"taps", taps}, {"tap", tapCommand}, {"radio", radio}, {"people", people}, {"node", nodes},
		{"certificate", certificate}, {"new-secret-key", newSecretKey}, {"secrets", secrets}, {"backup", backup}, {"restore", restore}, {"db", db}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "nodectl:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	t := &tool{out: out, errOut: errOut}
	f := flag.NewFlagSet("nodectl", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&t.data, "data", "", "the node's data `directory`")
	f.StringVar(&t.url, "database", "", "`URL` of the database, where the node was given one")
	verbose := f.Bool("v", false, "log what happens")
	showVersion := f.Bool("version", false, "print the version")
	f.Usage = func() {
		fmt.Fprint(errOut, usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelInfo
	}
	t.log = slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: level}))
	if *showVersion {
		_, err := fmt.Fprintln(out, "nodectl", version)
		return err
	}
	if f.NArg() == 0 || f.Arg(0) == "help" {
		f.Usage()
		return flag.ErrHelp
	}
	for _, c := range commands() {
		if c.name == f.Arg(0) {
			return c.run(ctx, t, f.Args()[1:])
		}
	}
	return fmt.Errorf("%q is no command; nodectl -help lists them", f.Arg(0))
}

// flags returns the options of a command.
func (t *tool) flags(name, about string) *flag.FlagSet {
	f := flag.NewFlagSet("nodectl "+name, flag.ContinueOnError)
	f.SetOutput(t.errOut)
	f.Usage = func() {
		fmt.Fprintf(t.errOut, "nodectl %s: %s\n\nOptions:\n\n", name, about)
		f.PrintDefaults()
	}
	return f
}

// parse reads a command's options, after which nothing may stand.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%q is no option of %s", f.Arg(0), f.Name())
	}
	return nil
}

// with opens the database for f. One that nodectl started ends with it.
func (t *tool) with(ctx context.Context, f func(*store.Store) error) error {
	return t.withDatabase(ctx, func(d *database.Database) (err error) {
		s, err := store.Open(ctx, d.Config)
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.Ping(ctx); err != nil {
			return fmt.Errorf("%w; if the schema is missing, start the node once or run nodectl migrate", err)
		}
		return f(s)
	})
}

func (t *tool) withDatabase(ctx context.Context, f func(*database.Database) error) (err error) {
	if t.data == "" && t.url == "" {
		return errors.New("-data DIR or -database URL is needed, before the command")
	}
	d, err := database.Find(ctx, t.data, t.url, t.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return f(d)
}
