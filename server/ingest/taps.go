package ingest

import (
	"context"
	"errors"
	"sync"
	"time"

	"picket/server/store"
)

// tapLife is how long a key's tap is remembered. A revocation acts at once all the
// same: the transaction that stores reads it.
const tapLife = 5 * time.Second

// Bounds of the cache, and of look-ups at a time: strangers can make keys up.
const (
	maxTaps    = 1 << 16
	maxLookUps = 4
)

// finder finds a tap by its key; it is a *store.Store.
type finder interface {
	TapByKey(ctx context.Context, keyID string) (store.TapIdentity, error)
}

// tapCache remembers taps, and keys that are nobody's.
type tapCache struct {
	find finder
	slot chan struct{}

	mu   sync.Mutex
	taps map[string]cachedTap
}

type cachedTap struct {
	tap   store.TapIdentity
	err   error // store.ErrNotFound
	until time.Time
}

func newTapCache(f finder) *tapCache {
	return &tapCache{find: f, slot: make(chan struct{}, maxLookUps), taps: make(map[string]cachedTap)}
}

// get returns the tap of a key, store.ErrNotFound, or another error when the
// database does not say.
func (c *tapCache) get(ctx context.Context, keyID string) (store.TapIdentity, error) {
	if t, ok := c.cached(keyID); ok {
		return t.tap, t.err
	}
	select {
	case c.slot <- struct{}{}:
		defer func() { <-c.slot }()
	case <-ctx.Done():
		return store.TapIdentity{}, ErrBusy
	}
	if t, ok := c.cached(keyID); ok { // another request asked meanwhile
		return t.tap, t.err
	}
	tap, err := c.find.TapByKey(ctx, keyID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return tap, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.taps) >= maxTaps {
		clear(c.taps)
	}
	c.taps[keyID] = cachedTap{tap: tap, err: err, until: time.Now().Add(tapLife)}
	return tap, err
}

func (c *tapCache) cached(keyID string) (cachedTap, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.taps[keyID]
	return t, ok && time.Now().Before(t.until)
}

// forget drops a key: its tap has just been enrolled or turned out revoked.
func (c *tapCache) forget(keyID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.taps, keyID)
}
