package desired

import (
	"context"
	"crypto/ecdsa"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"picket/appliance/identity"
	"picket/shared/desired"
	"picket/shared/task"
)

// Pauses between questions to the nodes.
const (
	pollEvery   = 5 * time.Minute // when all is well
	firstPoll   = 10 * time.Second
	firstPause  = time.Second // after failures
	longestWait = 5 * time.Minute
)

// Config is what a follower is made of.
type Config struct {
	Dir      string             // the state folder
	URLs     []string           // of nodes, https://HOST:PORT; at least one
	Client   *http.Client       // as report.NewClient makes it
	Identity *identity.Identity // of this tap
	Log      *slog.Logger

	// Changed is told each new document, never the one that was kept, from one
	// goroutine. It should not take long. nil: nobody cares.
	Changed func(desired.Document)
}

// Follower follows what the centre wants. It is a task; the other methods may be
// called from any goroutine.
type Follower struct {
	dir     string
	urls    []string
	client  *http.Client
	signer  *identity.Signer
	opener  desired.Opener
	changed func(desired.Document)
	log     *slog.Logger
	wake    chan struct{} // holds one

	// Of Run alone.
	node    int    // to ask next; the one that answered last
	unsaved string // document that could not be written
	failing bool   // since the last answer
	pauses  task.Backoff

	mu      sync.Mutex
	current desired.Document
	have    bool
	wanted  uint64 // newest revision that a node named
	asked   uint64 // wanted, when nodes were asked last
}

// New returns a follower, which follows the document that was kept, if there is
// one. One that is damaged, or another tap's, is as good as none.
func New(cfg Config) *Follower {
	key, _ := cfg.Identity.ClusterKey().(*ecdsa.PublicKey) // another kind opens nothing
	f := &Follower{
		dir: cfg.Dir, urls: cfg.URLs, client: cfg.Client, signer: cfg.Identity.Signer(), changed: cfg.Changed, log: cfg.Log,
		opener: desired.Opener{Cluster: cfg.Identity.Cluster, Tap: cfg.Identity.TapID, Key: key},
		wake:   make(chan struct{}, 1),
		pauses: task.Backoff{First: firstPause, Most: longestWait},
	}
	d, err := load(f.dir, f.opener)
	switch {
	case err != nil:
		f.log.Warn("the desired state that was kept cannot be used; the tap decides by itself until a node answers", "err", err)
	case d != nil:
		f.current, f.have = *d, true
		f.log.Info("following the desired state that was kept", "revision", d.Revision, "issued_at", d.IssuedAt)
		f.warnUnknown(*d)
	}
	return f
}

// String names the task.
func (f *Follower) String() string { return "desired" }

// Current returns the document that is followed, and false while there is none:
// then the tap decides everything by itself.
func (f *Follower) Current() (desired.Document, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current, f.have
}

// Newer says that a node has a revision. One that is not followed is fetched at
// once, unless it was asked for already: then Run goes on trying by itself.
func (f *Follower) Newer(revision uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if revision <= f.current.Revision || revision <= f.asked || revision > desired.MaxRevision {
		return
	}
	f.wanted = revision
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run follows until ctx is done, and then returns nil.
func (f *Follower) Run(ctx context.Context) error {
	pause := time.Duration(0)
	if _, ok := f.Current(); ok {
		pause = rand.N(firstPoll) // not every tap at once after a power cut
	}
	for {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-f.wake:
			timer.Stop()
		}
		pause = f.round(ctx)
	}
}

// round asks the nodes, each once at most, until one answers. It returns how long
// to wait before the next.
func (f *Follower) round(ctx context.Context) time.Duration {
	f.save()
	f.mu.Lock()
	last := f.current.Revision
	f.asked = max(f.asked, f.wanted)
	f.mu.Unlock()
	var wait time.Duration
	for range f.urls {
		a, err := f.fetch(ctx, f.urls[f.node], last)
		if ctx.Err() != nil {
			return 0
		}
		if err == nil {
			if f.failing {
				f.failing = false
				f.log.Info("desired state can be fetched again")
			}
			if a.document != nil {
				f.follow(*a.document, a.text)
			}
			return f.next()
		}
		f.failing = true
		f.log.Warn("desired state not fetched", "node", f.urls[f.node], "err", err)
		wait = max(wait, identity.RetryAfter(a.header, time.Now()))
		if a.status == http.StatusUnauthorized {
			if skew, bad := identity.Skew(a.header, time.Now()); bad {
				f.log.Error("desired state not given: this clock is wrong", "skew", skew.String())
			}
			break // the others would say the same
		}
		f.node = (f.node + 1) % len(f.urls)
		if wait > 0 {
			break
		}
	}
	if wait > 0 {
		return max(f.pauses.Next(), wait+rand.N(wait/5+1)) // not earlier, and not every tap at once
	}
	return f.pauses.Next()
}

// next is the pause after an answer: short while a revision that a node named has
// not come, for another node may lag behind.
func (f *Follower) next() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wanted > f.current.Revision {
		return f.pauses.Next()
	}
	f.pauses.Reset()
	return task.Jitter(pollEvery)
}

// follow makes d the current document, unless it is that already.
func (f *Follower) follow(d desired.Document, text string) {
	f.mu.Lock()
	known := f.have && d.Revision == f.current.Revision
	if !known {
		f.current, f.have = d, true
	}
	f.mu.Unlock()
	if known {
		return
	}
	f.unsaved = text
	f.save()
	f.log.Info("following the desired state", "revision", d.Revision, "issued_at", d.IssuedAt)
	f.warnUnknown(d)
	if f.changed != nil {
		f.changed(d)
	}
}

// save writes the document that is not written yet.
func (f *Follower) save() {
	if f.unsaved == "" {
		return
	}
	if err := save(f.dir, f.unsaved); err != nil {
		f.log.Error("the desired state is followed but cannot be kept", "err", err)
		return
	}
	f.unsaved = ""
}

func (f *Follower) warnUnknown(d desired.Document) {
	if len(d.Unknown) > 0 {
		f.log.Warn("the centre wants what this software does not know", "revision", d.Revision, "unknown", strings.Join(d.Unknown, ", "))
	}
}
