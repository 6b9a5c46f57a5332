package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"github.com/google/uuid"
)

// How long a lease lasts and how often it is renewed: three renewals may fail.
const (
	LeaseFor   = 20 * time.Second
	RenewEvery = 5 * time.Second
)

// Identity is a node as it joins.
type Identity struct {
	ID          uuid.UUID // kept in the data directory; another where that was lost
	Incarnation uuid.UUID // of the process
	Name        string    // 1 to 64 characters; of the machine where nobody chose one
	Version     string
	URLs        []string // under which it is reached, best first
}

// Status is what a node says of itself when it renews its lease.
type Status struct {
	Draining         bool
	ClockOffset      time.Duration // the node's clock minus the database's
	ClockError       time.Duration // at most this far from the truth
	Load             Load
	ReportsStored    int64   // since it started
	ReportsPerSecond float64 // since the last renewal
	Streams          int     // event streams of browsers
	Work             WorkCounts
}

// Orders is what the database says to a node that renews its lease.
type Orders struct {
	Drain  bool // somebody wants it to stop in good order
	Others int  // nodes that serve beside it
}

// ErrReplaced says that another process holds the lease of this node's identity.
var ErrReplaced = errors.New("another process has taken this node's identity")

// identityFile is in the data directory.
const identityFile = "node.json"

type identityNote struct {
	ID uuid.UUID `json:"id"`
}

// Identify returns who the node on a data directory is. Where the directory knows of
// no identity, or renew says that it must not be used any more, it gets a new one.
func Identify(dir, name, version string, urls []string, renew bool) (Identity, error) {
	who := Identity{Incarnation: uuid.New(), Name: name, Version: version, URLs: urls}
	path := filepath.Join(dir, identityFile)
	b, err := os.ReadFile(path)
	var note identityNote
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return who, err
	case json.Unmarshal(b, &note) != nil:
		// A file that a crash left empty is as good as none: an identity is cheap.
		note = identityNote{}
	}
	if note.ID == uuid.Nil || renew {
		note.ID = uuid.New()
		if b, err = json.Marshal(note); err != nil {
			return who, err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return who, err
		}
		if err := renameio.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			return who, fmt.Errorf("keep the node's identity: %w", err)
		}
	}
	who.ID = note.ID
	return who, nil
}
