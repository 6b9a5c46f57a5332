package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"picket/appliance/config"
	"picket/appliance/limits"
)

// version is set when a release is built.
var version = "devel"

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	err := run(context.Background(), os.Args[1:], log)
	if err != nil && !errors.Is(err, config.ErrHelp) {
		log.Error("tapd stopped", "err", err)
		os.Exit(1) // who started us starts us again
	}
}

// expectedCaptures is by how many rings memory is divided: two radios and the wire,
// and one to spare. More of them take more.
const expectedCaptures = 4

func run(ctx context.Context, args []string, log *slog.Logger) error {
	cfg, err := config.Parse(args, os.Stdout)
	if err != nil {
		return err
	}
	if cfg.Version {
		fmt.Println("tapd", version)
		return nil
	}
	if cfg.ShowCode {
		return showCode(cfg.State, os.Stdout)
	}
	own := &ownTraffic{nodes: cfg.Nodes, log: log}
	budget := limits.Apply(os.DirFS("/"), log)
	ring := budget.RingOctets(expectedCaptures)
	inputs, demonstration, err := inputs(cfg, os.DirFS("/sys"), own, ring, log)
	if err != nil {
		return err
	}
	id, err := enrol(ctx, cfg, log)
	if err != nil || id == nil {
		return err
	}
	own.nodes = nodeURLs(cfg, id)
	t, err := newTap(cfg, id, inputs, ring, demonstration, log)
	if err != nil {
		return err
	}
	return t.run(ctx, len(inputs))
}
