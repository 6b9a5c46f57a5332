package ingest

import (
	"crypto/ed25519"
	"sync"

	"golang.org/x/time/rate"
)

// How many requests a second boxes without a token may make at this node: those
// that it has heard of, which are asked to come back every ten seconds, and the
// others. Anybody can make up keys; with so few new ones a second, a crowd takes
// longer to fill the places where boxes wait than a box that is there to ask again.
const (
	knownBoxes      = 150
	knownBoxesBurst = 300
	newBoxes        = 10
	newBoxesBurst   = 50
	maxKnownBoxes   = 4096
)

// crowd admits boxes without a token.
type crowd struct {
	known, fresh *rate.Limiter

	mu   sync.Mutex
	keys map[[ed25519.PublicKeySize]byte]struct{}
}

func newCrowd() *crowd {
	return &crowd{
		known: rate.NewLimiter(knownBoxes, knownBoxesBurst), fresh: rate.NewLimiter(newBoxes, newBoxesBurst),
		keys: make(map[[ed25519.PublicKeySize]byte]struct{}),
	}
}

// admit reports whether a box with this key, of 32 octets, may ask now.
func (c *crowd) admit(key ed25519.PublicKey) bool {
	k := [ed25519.PublicKeySize]byte(key)
	c.mu.Lock()
	_, known := c.keys[k]
	c.mu.Unlock()
	if known {
		return c.known.Allow()
	}
	if !c.fresh.Allow() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.keys) >= maxKnownBoxes {
		clear(c.keys) // they are new once more
	}
	c.keys[k] = struct{}{}
	return true
}
