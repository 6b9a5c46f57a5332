package cluster

import (
	"context"
	"time"
)

// A Job is background work that falls due regularly for the cluster, not for each
// node. It may run twice, even at once where a node is paused, and must do no harm.
type Job struct {
	Kind    string        // what it is called everywhere: lower-case letters and underscores
	Every   time.Duration // how often it is due, whole seconds
	Timeout time.Duration // after which it is cancelled; 0: DefaultTimeout
	Run     func(ctx context.Context) error
}

// DefaultTimeout is for jobs that name none.
const DefaultTimeout = 10 * time.Minute

// WorkCounts is what a node's workers did since it started.
type WorkCounts struct {
	Running      int
	Done, Failed int64
}
