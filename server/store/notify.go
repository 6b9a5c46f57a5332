package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Channels of NOTIFY. The payload is an id and no more: it says what to look at, and
// who missed it looks a little later by himself.
const (
	ChannelTenant = "picket_tenant" // something of the tenant changed: taps, what they heard
	ChannelNode   = "picket_node"   // the node's row was changed by somebody else
)

const notifySQL = `
SELECT pg_notify($1, id)
FROM unnest($2::text[]) AS id`

// Notify wakes whoever listens on every node. It is a transaction of its own: a NOTIFY
// within the one that stores would make commits wait for each other, their replication
// included (PostgreSQL serialises commits that notify).
func (s *Store) Notify(ctx context.Context, channel string, ids []string) error {
	if _, err := s.ingest.Exec(ctx, notifySQL, channel, ids); err != nil {
		return fmt.Errorf("store: notify %s: %w", channel, err)
	}
	return nil
}

// listenCheck is how often a listener that hears nothing asks whether the server is
// still there.
const listenCheck = 15 * time.Second

// Listen calls wake for each notification until ctx is done or the connection is
// lost, which it returns. It calls begun when it listens: what happened before must be
// looked for. It uses the direct address: a pooler in transaction mode delivers no
// notifications.
func (s *Store) Listen(ctx context.Context, begun func(), wake func(channel, id string)) error {
	conn, err := s.config.connectDirect(ctx)
	if err != nil {
		return fmt.Errorf("store: listen: %w", err)
	}
	defer func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(limited) // nothing is lost with it
	}()
	for _, channel := range []string{ChannelTenant, ChannelNode} {
		if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
			return fmt.Errorf("store: listen: %w", err)
		}
	}
	begun()
	for {
		limited, cancel := context.WithTimeout(ctx, listenCheck)
		heard, err := conn.WaitForNotification(limited)
		cancel()
		switch {
		case err == nil:
			wake(heard.Channel, heard.Payload)
		case ctx.Err() != nil:
			return nil
		case limited.Err() == nil || conn.IsClosed():
			return fmt.Errorf("store: listen: %w", err)
		default: // silence
			limited, cancel := context.WithTimeout(ctx, pingTimeout)
			err := conn.Ping(limited)
			cancel()
			if err != nil && ctx.Err() == nil {
				return fmt.Errorf("store: listen: %w", err)
			}
		}
	}
}
