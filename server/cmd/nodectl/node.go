package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"picket/server/auth"
	"picket/server/store"
)

const nodeUsage = "list the nodes of the cluster (node), let one stop in good order (node drain NAME) or remove one that is gone (node forget NAME)"

// nodes lists the nodes, drains or forgets one.
func nodes(ctx context.Context, t *tool, args []string) error {
	f := t.flags("node", nodeUsage)
	wait := f.Duration("wait", time.Minute, "how long drain waits for the node to have left; 0: not at all")
	if err := f.Parse(args); err != nil {
		return err
	}
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorNodectl, Name: "nodectl"})
	return t.with(ctx, func(s *store.Store) error {
		switch {
		case f.NArg() == 0 || f.NArg() == 1 && f.Arg(0) == "list":
			return t.listNodes(ctx, s)
		case f.NArg() == 2 && f.Arg(0) == "drain":
			return t.drainNode(ctx, s, f.Arg(1), *wait)
		case f.NArg() == 2 && f.Arg(0) == "forget":
			node, err := findNode(ctx, s, f.Arg(1), false)
			if err != nil {
				return err
			}
			err = s.Reader().ForgetNode(ctx, node.ID)
			if errors.Is(err, store.ErrConflict) {
				return fmt.Errorf("node %s runs; drain it first", node.Name)
			}
			return err
		}
		return fmt.Errorf("nodectl node: %s", nodeUsage)
	})
}

func (t *tool) listNodes(ctx context.Context, s *store.Store) error {
	list, jobs, now, err := s.Reader().Nodes(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NODE\tSTATE\tVERSION\tRENEWED\tLOAD\tREPORTS/S\tCLOCK\tID")
	for _, n := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s ago\t%.2f of %d\t%.1f\t%+.1f ms\t%s\n", n.Name, n.State, n.Version,
			now.Sub(n.RenewedAt).Round(time.Second), n.Load1m, n.CPUs, n.ReportsPerSecond, n.ClockMS, n.ID)
	}
	fmt.Fprintln(w, "\nJOB\tEVERY\tLAST RUN\tON\tRUNS\tFAILED\tERROR")
	for _, j := range jobs {
		fmt.Fprintf(w, "%s\t%v\t%s ago\t%s\t%d\t%d\t%s\n", j.Kind, time.Duration(j.EverySeconds)*time.Second,
			now.Sub(j.StartedAt).Round(time.Second), j.Node, j.Runs, j.Failures, j.Error)
	}
	return w.Flush()
}

// drainNode asks a node to stop and waits until it has left.
func (t *tool) drainNode(ctx context.Context, s *store.Store, name string, wait time.Duration) error {
	node, err := findNode(ctx, s, name, true)
	if err != nil {
		return err
	}
	if err := s.Reader().DrainNode(ctx, node.ID); err != nil {
		if errors.Is(err, store.ErrNotServing) {
			return fmt.Errorf("node %s does not run (%s)", name, node.State)
		}
		return err
	}
	if wait <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		list, _, _, err := s.Reader().Nodes(ctx)
		if err != nil && ctx.Err() == nil {
			return err
		}
		for _, n := range list {
			if n.ID == node.ID && n.State == store.NodeLeft {
				_, err := fmt.Fprintf(t.out, "node %s has left\n", name)
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("node %s was asked to drain and has not left in %v", name, wait)
		case <-tick.C:
		}
	}
}

// findNode returns the one node of a name or an id.
func findNode(ctx context.Context, s *store.Store, name string, running bool) (store.Node, error) {
	list, _, _, err := s.Reader().Nodes(ctx)
	if err != nil {
		return store.Node{}, err
	}
	var found []store.Node
	for _, n := range list {
		runs := n.State == store.NodeServing || n.State == store.NodeDraining
		if n.ID.String() == name || n.Name == name && runs == running {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 0:
		return store.Node{}, fmt.Errorf("no such node is called %q; nodectl node lists them", name)
	case 1:
		return found[0], nil
	}
	return store.Node{}, fmt.Errorf("%d nodes are called %q; give its id", len(found), name)
}
