// Command noded is a node of Picket. See usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"picket/server/auth"
	"picket/server/ca"
	"picket/server/database"
	"picket/server/seal"
	"picket/server/store"
	"picket/shared/task"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "devel"

func main() {
	log, level := newLog(os.Stderr)
	err := run(context.Background(), os.Args[1:], os.Stdout, log, level)
	if errors.Is(err, errHelp) {
		return
	}
	if err != nil {
		log.Error("noded stopped", "err", err)
		os.Exit(1)
	}
}

func newLog(w io.Writer) (*slog.Logger, *slog.LevelVar) {
	level := new(slog.LevelVar)
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})), level
}

func run(ctx context.Context, args []string, out io.Writer, log *slog.Logger, level *slog.LevelVar) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve":
	case "-version", "--version", "version":
		_, err := fmt.Fprintln(out, "noded", version)
		return err
	case "", "-h", "-help", "--help", "help":
		_, err := parse([]string{"-help"}, out)
		return err
	default:
		return fmt.Errorf("%q is no command of noded; there is: noded serve -data DIR", command)
	}
	c, err := parse(args, os.Stderr)
	if err != nil {
		return err
	}
	if c.debug {
		level.Set(slog.LevelDebug)
	}
	return serve(ctx, c, out, log)
}

// ready is the line on stdout.
type ready struct {
	URL        string  `json:"url"`
	Version    string  `json:"version"`
	FirstLogin *string `json:"first_login"`
}

// serve runs a node until it is told to stop.
func serve(ctx context.Context, c config, out io.Writer, log *slog.Logger) (err error) {
	// A signal while things start ends the start; later task.Signals has it.
	starting, stopStarting := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stopStarting()

	db := database.Shared(c.database, c.direct, log)
	if c.database == "" {
		if db, err = database.Open(starting, c.data, "", log); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.Config.Keys = c.keys
	s, err := openStore(starting, db, log)
	if err != nil {
		if starting.Err() != nil {
			return nil // told to stop
		}
		return err
	}
	defer s.Close()

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	n, err := newNode(starting, c, s, registry, log)
	if err != nil {
		return err
	}
	defer n.close()
	first, err := auth.NewFirstLogin(starting, s.Users())
	if err != nil {
		return err
	}
	tasks := append([]task.Task{task.Signals(), n, n.hub, n.certificates}, n.clusterTasks(s)...)
	if db.Server != nil {
		tasks = append(tasks, db.Server)
	}
	if n.metrics != nil {
		tasks = append(tasks, n.metrics)
	}
	line := ready{URL: n.urls[0], Version: version}
	if first != "" {
		link := line.URL + "/first-login#token=" + first // no log or referrer has a fragment
		line.FirstLogin = &link
	}
	if err := renameio.WriteFile(filepath.Join(c.data, "url"), []byte(line.URL+"\n"), 0o644); err != nil { // for nodectl
		return err
	}
	stopStarting()
	log.Info("ready", "url", line.URL, "version", version, "cluster", n.cluster, "private_database", db.Server != nil)
	tasks = append(tasks, task.Func("ready line", func(ctx context.Context) error {
		if err := json.NewEncoder(out).Encode(line); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}))
	return task.Run(ctx, log, tasks...)
}

// openStore migrates and opens the database, and waits for one that is away.
func openStore(ctx context.Context, db *database.Database, log *slog.Logger) (*store.Store, error) {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := store.Migrate(ctx, db.Config)
		if err == nil {
			break
		}
		if !store.IsUnavailable(err) || ctx.Err() != nil {
			return nil, err
		}
		log.Warn("database not available, trying again", "in", wait.String(), "err", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
	s, err := store.Open(ctx, db.Config)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.EnsureDefaults(ctx), s.EnsurePartitionsAhead(ctx, 1)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// clusterCA returns the CA that the nodes of the cluster share.
func clusterCA(ctx context.Context, s *store.Store, keys *seal.Keyring) (*ca.CA, error) {
	kept, err := s.EnsureClusterCA(ctx, func() (store.ClusterCA, error) {
		made, err := ca.New(time.Now())
		if err != nil {
			return store.ClusterCA{}, err
		}
		key, err := made.KeyDER()
		return store.ClusterCA{Certificate: made.CertificateDER(), Key: key}, err
	})
	if err != nil {
		return nil, err
	}
	return ca.Unseal(kept.Certificate, kept.Key, keys, func(old, sealed []byte) error {
		return s.ResealClusterCA(ctx, old, sealed)
	})
}
