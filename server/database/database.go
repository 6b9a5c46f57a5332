// Package database finds the database of a node: the one that it is given, or
// the private one in its data directory.
//
// The node that runs a private database notes in DIR/database.json how to reach
// it; nodectl reads that, so that it works beside the node. Where no node runs,
// nodectl starts the private database for as long as it needs it. The note has no
// secret: the database asks the kernel who connects.
package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"picket/server/embedded"
	"picket/server/store"
)

// startLimit is how long the private database may take to start: it may have to
// be made first, or recover.
const startLimit = 3 * time.Minute

// Database is one that a node uses. Its zero value is of no use.
type Database struct {
	Config store.Config

	// Server is the private one, nil where it is not ours.
	Server *embedded.Server

	note string // file to remove
}

// note is the content of DIR/database.json.
type note struct {
	Owner  string `json:"owner"` // libpq connection strings, by role
	Ingest string `json:"ingest"`
	API    string `json:"api"`
}

// Shared returns the database at url, which leads through a pooler in transaction mode
// where direct is the address without it.
func Shared(url, direct string, log *slog.Logger) *Database {
	if direct == "" {
		return &Database{Config: store.FromURL(url, log)}
	}
	return &Database{Config: store.FromURLs(url, direct, log)}
}

// Open returns the database at url or, where url is empty, starts the private
// one of dir.
func Open(ctx context.Context, dir, url string, log *slog.Logger) (*Database, error) {
	if url != "" {
		return Shared(url, "", log), nil
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	server, err := embedded.Start(ctx, embedded.Options{Data: dir, Log: log})
	if err != nil {
		return nil, err
	}
	d := &Database{Server: server, note: noteFile(dir)}
	n := note{Owner: server.URL(store.RoleOwner), Ingest: server.URL(store.RoleIngest), API: server.URL(store.RoleAPI)}
	d.Config = n.config(log)
	b, err := json.Marshal(n)
	if err == nil {
		err = renameio.WriteFile(d.note, append(b, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("note how to reach the database: %w", err), server.Stop())
	}
	return d, nil
}

// Find returns the database at url or that of the node that runs on dir; where
// none runs, it starts the private one.
func Find(ctx context.Context, dir, url string, log *slog.Logger) (*Database, error) {
	if url == "" {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err != nil {
			return nil, fmt.Errorf("no node has run on %s yet: %w", dir, err)
		}
	}
	d, err := Open(ctx, dir, url, log)
	if !errors.Is(err, embedded.ErrInUse) {
		return d, err
	}
	b, readErr := os.ReadFile(noteFile(dir))
	if errors.Is(readErr, os.ErrNotExist) {
		return nil, fmt.Errorf("the node on %s is starting; try again when it is ready", dir)
	}
	if readErr != nil {
		return nil, readErr
	}
	var n note
	if err := json.Unmarshal(b, &n); err != nil {
		return nil, fmt.Errorf("read %s: %w", noteFile(dir), err)
	}
	return &Database{Config: n.config(log)}, nil
}

// Close stops the database where it is ours. Stores must be closed before.
func (d *Database) Close() error {
	if d.Server == nil {
		return nil
	}
	return errors.Join(os.Remove(d.note), d.Server.Stop())
}

func (n note) config(log *slog.Logger) store.Config {
	return store.Config{Owner: n.Owner, Ingest: n.Ingest, API: n.API, Log: log}
}

func noteFile(dir string) string { return filepath.Join(dir, "database.json") }
