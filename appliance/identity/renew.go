package identity

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/task"
)

// How long a key is meant to be used, when it is renewed, and how often that is looked
// at. The last third is for taps that reach no node, and for those that are switched
// off: nothing ends with it but patience (picket doctor).
const (
	keyLife   = 90 * 24 * time.Hour
	renewAt   = keyLife * 2 / 3
	keyLook   = 6 * time.Hour
	nextKey   = "tap.key.new" // made, and perhaps told to a node
	renewMost = time.Hour     // between attempts
)

// Renewal gives the tap a new key from time to time. It is a task.
type Renewal struct {
	Identity *Identity
	URLs     []string // of nodes; at least one
	Client   *http.Client
	Log      *slog.Logger
}

// String names the task.
func (r *Renewal) String() string { return "key renewal" }

// Run renews keys until ctx is done, and then returns nil.
func (r *Renewal) Run(ctx context.Context) error {
	pauses := task.Backoff{First: time.Minute, Most: renewMost}
	for ctx.Err() == nil {
		pause := task.Jitter(keyLook)
		if r.due(time.Now()) {
			if err := r.Renew(ctx); err != nil && ctx.Err() == nil {
				pause = pauses.Next()
				r.Log.Warn("the tap keeps its key for now", "err", err, "pause", pause.Round(time.Second).String())
			} else {
				pauses.Reset()
			}
		}
		_ = task.Sleep(ctx, pause) // which the loop sees
	}
	return nil
}

// due reports whether two thirds of the key's life are over, or a renewal was begun.
// A key that seems to be of tomorrow was made while the clock was wrong: nobody knows
// how old it is.
func (r *Renewal) due(now time.Time) bool {
	if _, err := os.Stat(filepath.Join(r.Identity.dir, nextKey)); err == nil {
		return true
	}
	info, err := os.Stat(filepath.Join(r.Identity.dir, keyName))
	if err != nil {
		return false
	}
	age := now.Sub(info.ModTime())
	return age >= renewAt || age < -24*time.Hour
}

// Renew gives the tap a new key now: it makes one, shows it to a node under the
// present one, and uses it from then on. The old key ends with the first request
// under the new one that a node acknowledges. Whatever is interrupted, a key that
// holds is in tap.key: the new one moves there after a node has it.
func (r *Renewal) Renew(ctx context.Context) error {
	i := r.Identity
	next, err := keyIn(i.dir, nextKey)
	if err != nil {
		return err
	}
	if next.Equal(i.signer.current()) { // it was taken, and the end of that interrupted
		return r.tidy()
	}
	var failures []error
	for _, node := range r.URLs {
		err := r.show(ctx, node, next)
		if err == nil {
			return r.take(next)
		}
		failures = append(failures, fmt.Errorf("renew key at %s: %w", node, err))
	}
	return errors.Join(failures...)
}

// show tells a node the new key.
func (r *Renewal) show(ctx context.Context, node string, next ed25519.PrivateKey) error {
	i := r.Identity
	base, err := url.Parse(node)
	if err != nil {
		return err
	}
	key := i.signer.current()
	before, _ := key.Public().(ed25519.PublicKey)
	after, _ := next.Public().(ed25519.PublicKey)
	body, err := json.Marshal(enrol.KeyRequest{PublicKey: after, Proof: ed25519.Sign(next, enrol.KeyProof(i.Cluster, before, after))})
	if err != nil {
		return err
	}
	request, err := signedRequest(ctx, httpsig.Signer{Key: key, Cluster: i.Cluster}, base.JoinPath(enrol.KeyPath), body)
	if err != nil {
		return err
	}
	response, err := r.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return refusal(response, text)
	}
	var answer enrol.KeyResponse
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	nonce, err := httpsig.Nonce(request.Header)
	if err != nil {
		return err
	}
	public, _ := i.ca.PublicKey.(*ecdsa.PublicKey)
	a, err := enrol.Open(answer.Sealed, i.Cluster, public, httpsig.KeyID(before), nonce)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if a.Status != enrol.Renewed || a.TapID != i.TapID || a.NewKeyID != httpsig.KeyID(after) {
		return errors.New("answer: of another key or another tap")
	}
	return nil
}

// take uses the new key from now on.
func (r *Renewal) take(next ed25519.PrivateKey) error {
	i := r.Identity
	text, err := os.ReadFile(filepath.Join(i.dir, nextKey))
	if err != nil {
		return fmt.Errorf("tap key: %w", err)
	}
	if err := renameio.WriteFile(filepath.Join(i.dir, keyName), text, 0o600); err != nil {
		return fmt.Errorf("tap key: %w", err)
	}
	i.signer.replace(next)
	r.Log.Info("the tap has a new key")
	return r.tidy()
}

// tidy removes the new key from where it waited.
func (r *Renewal) tidy() error {
	if err := os.Remove(filepath.Join(r.Identity.dir, nextKey)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tap key: %w", err)
	}
	return nil
}
