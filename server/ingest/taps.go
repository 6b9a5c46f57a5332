package ingest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"picket/server/store"
)

// How long a key is remembered: that of a tap, and one that is nobody's. A
// revocation, and a key that was renewed, act at once all the same: the transaction
// that stores reads them.
const (
	tapLife      = 10 * time.Minute
	strangerLife = 5 * time.Second
)

// Bounds of the cache, and of look-ups at a time: strangers can make keys up, and
// must not push out those of taps.
const (
	maxTaps      = 1 << 16
	maxStrangers = 1 << 12
	maxLookUps   = 4
)

// finder finds a tap by its key; it is a *store.Store.
type finder interface {
	TapByKey(ctx context.Context, keyID string) (store.TapIdentity, error)
}

// tapCache remembers taps, and keys that are nobody's.
type tapCache struct {
	find finder
	slot chan struct{}

	mu        sync.Mutex
	taps      map[string]cachedTap
	strangers map[string]time.Time // until when nobody has the key
}

type cachedTap struct {
	tap   store.TapIdentity
	until time.Time
}

func newTapCache(f finder) *tapCache {
	return &tapCache{find: f, slot: make(chan struct{}, maxLookUps), taps: make(map[string]cachedTap), strangers: make(map[string]time.Time)}
}

// get returns the tap of a key, store.ErrNotFound, or another error when the
// database does not say.
func (c *tapCache) get(ctx context.Context, keyID string) (store.TapIdentity, error) {
	if tap, err := c.cached(keyID); !errors.Is(err, errUncached) {
		return tap, err
	}
	select {
	case c.slot <- struct{}{}:
		defer func() { <-c.slot }()
	case <-ctx.Done():
		return store.TapIdentity{}, ErrBusy
	}
	if tap, err := c.cached(keyID); !errors.Is(err, errUncached) { // another request asked meanwhile
		return tap, err
	}
	tap, err := c.find.TapByKey(ctx, keyID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return tap, err
	}
	c.remember(keyID, tap, err != nil)
	return tap, err
}

func (c *tapCache) remember(keyID string, tap store.TapIdentity, stranger bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stranger {
		if len(c.strangers) >= maxStrangers {
			clear(c.strangers)
		}
		c.strangers[keyID] = time.Now().Add(strangerLife)
		return
	}
	delete(c.strangers, keyID)
	if len(c.taps) >= maxTaps {
		clear(c.taps)
	}
	// Not all at once: those of a fleet that came together.
	c.taps[keyID] = cachedTap{tap: tap, until: time.Now().Add(tapLife/2 + rand.N(tapLife/2))}
}

// errUncached says that the database has to be asked.
var errUncached = errors.New("key not cached")

// cached returns what is remembered of a key: its tap, store.ErrNotFound for one
// that is nobody's, errUncached for nothing.
func (c *tapCache) cached(keyID string) (store.TapIdentity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if t, ok := c.taps[keyID]; ok && now.Before(t.until) {
		return t.tap, nil
	}
	if until, ok := c.strangers[keyID]; ok && now.Before(until) {
		return store.TapIdentity{}, store.ErrNotFound
	}
	return store.TapIdentity{}, errUncached
}

// forget drops a key: its tap has just been enrolled or turned out revoked.
func (c *tapCache) forget(keyID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.taps, keyID)
	delete(c.strangers, keyID)
}
