package ca

import (
	"context"
	"log/slog"
	"time"
)

// watchEvery is how often a node looks whether certificates changed.
const watchEvery = time.Second

// Stored is an uploaded certificate as the database has it.
type Stored struct {
	ID        string
	Chain     []byte // PEM
	SealedKey []byte
}

// SealPurpose is that for which the key of the certificate id is sealed.
func SealPurpose(id string) string { return "certificate " + id }

// CAKeyPurpose is that for which the cluster CA's key is sealed.
const CAKeyPurpose = "cluster ca_key"

// A Watcher serves what people upload. It is a task.
type Watcher struct {
	Keeper *Keeper
	Log    *slog.Logger

	// Changes returns a number that moves when certificates change.
	Changes func(context.Context) (int64, error)

	// Certificates returns them, those added last first.
	Certificates func(context.Context) ([]Stored, error)

	// Open opens a sealed key; it is a Keyring's.
	Open func(purpose string, sealed []byte) ([]byte, error)

	seen   int64
	loaded bool
	faults map[string]string // by id: told once
}

// String names the task.
func (w *Watcher) String() string { return "certificates" }

// Run looks each second until ctx is done. While the database is away, what was
// served stays.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Log.Debug("certificates not looked at", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look reads the certificates where they changed. One that this node cannot open is
// passed over and told in the log: the cluster's own is served in its place.
func (w *Watcher) Look(ctx context.Context) error {
	changes, err := w.Changes(ctx)
	if err != nil || w.loaded && changes == w.seen {
		return err
	}
	stored, err := w.Certificates(ctx)
	if err != nil {
		return err
	}
	var list []*Uploaded
	faults := map[string]string{}
	for _, s := range stored {
		u, err := w.open(s)
		if err != nil {
			if faults[s.ID] = err.Error(); w.faults[s.ID] != err.Error() {
				w.Log.Warn("an uploaded certificate is not served", "certificate_id", s.ID, "err", err)
			}
			continue
		}
		list = append(list, u)
	}
	w.Keeper.Serve(list)
	if w.loaded || len(list) > 0 {
		w.Log.Info("certificates read", "uploaded", len(list))
	}
	w.seen, w.loaded, w.faults = changes, true, faults
	return nil
}

func (w *Watcher) open(s Stored) (*Uploaded, error) {
	key, err := w.Open(SealPurpose(s.ID), s.SealedKey)
	if err != nil {
		return nil, err
	}
	return parseUploaded(s.Chain, key)
}
