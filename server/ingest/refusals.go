package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// refusalPause is how often the log says the same of refused reports: anybody can
// send what is refused, so that a line each would fill the disk.
const refusalPause = 30 * time.Second

// maxRefusalKinds bounds how many kinds are told apart.
const maxRefusalKinds = 4096

// refusals logs what is refused: the first of a kind at once, then one line in each
// refusalPause with the number of those that it stands for. The kind is the reason
// and the tap, where the signature showed one.
type refusals struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[refusalKind]*refusalState
}

type refusalKind struct{ reason, tap string }

type refusalState struct {
	said   time.Time
	unsaid int
}

func newRefusals(log *slog.Logger) *refusals {
	return &refusals{log: log, kinds: make(map[refusalKind]*refusalState)}
}

// note logs a refusal, or counts it for the next line. tap is empty where nobody
// has proved to be one; text must hold no names of networks or addresses of
// stations.
func (r *refusals) note(level slog.Level, reason, tap, text string, now time.Time) {
	r.mu.Lock()
	if len(r.kinds) >= maxRefusalKinds {
		clear(r.kinds)
	}
	k := refusalKind{reason, tap}
	s := r.kinds[k]
	if s == nil {
		s = new(refusalState)
		r.kinds[k] = s
	}
	if !s.said.IsZero() && now.Sub(s.said) < refusalPause {
		s.unsaid++
		r.mu.Unlock()
		return
	}
	before := s.unsaid
	s.said, s.unsaid = now, 0
	r.mu.Unlock()
	args := []any{"reason", reason, "why", text}
	if tap != "" {
		args = append(args, "tap_id", tap)
	}
	if before > 0 {
		args = append(args, "unlogged_before", before)
	}
	r.log.Log(context.Background(), level, "report refused", args...)
}
