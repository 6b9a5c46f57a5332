package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"picket/shared/enrol"
	"picket/shared/task"
)

// ErrRefused says that the cluster will not have the tap with this token.
var ErrRefused = errors.New("enrolment refused")

// An Enroller exchanges a token for a place in a cluster.
type Enroller struct {
	Dir   string        // the state folder
	URLs  []string      // of nodes: https://HOST:PORT
	Token enrol.Token   // from the operator
	About enrol.Request // name, MAC, version and architecture; the rest is filled in
	Log   *slog.Logger
}

// Enrol returns the tap's identity when a node has accepted it, and keeps it in
// the state folder. It tries until ctx is done, and while a person has to let the
// box in; the error is ErrRefused when trying again is of no use. A folder that
// holds an identity already gives that, without a request; one of another cluster
// is an error.
func (e Enroller) Enrol(ctx context.Context) (*Identity, error) {
	i, err := Load(e.Dir)
	if err == nil {
		if i.Cluster != e.Token.Cluster() {
			return nil, fmt.Errorf("%s is the state of a tap of cluster %.12s…, the token is of %.12s…: use another folder",
				e.Dir, i.Cluster, e.Token.Cluster())
		}
		return i, nil
	}
	if !errors.Is(err, ErrNotEnrolled) {
		return nil, err
	}
	key, err := Key(e.Dir)
	if err != nil {
		return nil, err
	}
	x := exchange{key: key, ca: e.Token.CA, token: e.Token.Text(), about: e.About}
	waiting := false
	return rounds(ctx, e.URLs, e.Log, func(node string) (*Identity, time.Duration, error) {
		r, wait, err := x.ask(ctx, node)
		if err != nil || r != nil {
			return settle(e.Dir, x, r, wait, err)
		}
		if !waiting {
			waiting = true
			if err := saveClaim(e.Dir, claim{}, x); err != nil {
				return nil, wait, err
			}
			e.Log.Info("waiting until somebody lets this tap in: the token is for several", "node", node, "claim_code", claimOf(x).String())
		}
		return nil, wait, errWaiting
	})
}

// errWaiting says that a person has to let the box in.
var errWaiting = errors.New("waiting for a person")

// waitLeast is how long a box that waits leaves a node alone at least.
const waitLeast = 2 * time.Second

// rounds tries node after node until try succeeds, ErrRefused or ctx is done.
func rounds(ctx context.Context, nodes []string, log *slog.Logger, try func(node string) (*Identity, time.Duration, error)) (*Identity, error) {
	pauses := task.Backoff{First: time.Second, Most: 5 * time.Minute}
	for n := 0; ; n++ {
		node := nodes[n%len(nodes)]
		i, wait, err := try(node)
		switch {
		case err == nil:
			log.Info("enrolled", "tap_id", i.TapID, "cluster", i.Cluster, "node", node)
			return i, nil
		case errors.Is(err, ErrRefused) || ctx.Err() != nil:
			return nil, fmt.Errorf("enrol at %s: %w", node, err)
		case errors.Is(err, errWaiting):
			pauses.Reset()
			wait = max(wait, waitLeast)
			n-- // it answers: stay
		default:
			if n%len(nodes) == len(nodes)-1 || wait > 0 {
				wait = max(wait, pauses.Next())
			}
			log.Warn("enrolment did not succeed; trying again", "node", node, "err", err, "pause", wait.Round(time.Millisecond).String())
		}
		if err := task.Sleep(ctx, wait); err != nil {
			return nil, fmt.Errorf("enrol at %s: %w", node, err)
		}
	}
}

// settle keeps what a node answered.
func settle(dir string, x exchange, r *enrol.Response, wait time.Duration, err error) (*Identity, time.Duration, error) {
	if err != nil {
		return nil, wait, err
	}
	i, err := newIdentity(x.key, *r)
	if err != nil {
		return nil, 0, fmt.Errorf("answer: %w", err)
	}
	if err := save(dir, *r); err != nil {
		return nil, 0, err
	}
	i.dir = dir
	return i, 0, forgetClaim(dir)
}
