package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// guarded marks the agent that process 1 started.
const guardedEnv = "PICKET_LAB_GUARDED"

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(context.Background(), os.Args[1:], log); err != nil {
		log.Error("agent stopped", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, log *slog.Logger) error {
	if os.Getpid() == 1 {
		return beInit(args, log)
	}
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	path := flags.String("line", "", "`path` of a device or unix socket to answer over; by itself, the virtio-serial port of the laboratory")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	a := newAgent(os.Getenv(guardedEnv) != "", log)
	defer a.close()
	for {
		line, err := openLine(ctx, *path)
		if err != nil {
			return err
		}
		log.Info("answering", "line", line.Name())
		err = a.server.serve(ctx, line)
		line.Close()
		if err != nil {
			log.Warn("line ended", "err", err)
		}
		// A host that goes away may come back; nothing of ours ends for it.
		time.Sleep(100 * time.Millisecond)
	}
}

// An agent is all that answers.
type agent struct {
	server    *server
	processes *processes
	network   *network
	radios    *radios
	captures  *captures
	air       *onAir
}

func newAgent(guarded bool, log *slog.Logger) *agent {
	a := &agent{server: newServer(log), processes: newProcesses(), network: &network{}, captures: newCaptures(log)}
	a.radios = newRadios(a.network)
	a.air = newOnAir(a.network, a.radios, log)
	a.processes.register(a.server)
	files{}.register(a.server)
	a.network.register(a.server)
	a.radios.register(a.server)
	a.captures.register(a.server)
	a.air.register(a.server)
	(&machine{agent: a, init: guarded}).register(a.server)
	return a
}

func (a *agent) close() {
	a.processes.reset(context.Background())
	a.captures.reset()
	a.air.reset()
}
