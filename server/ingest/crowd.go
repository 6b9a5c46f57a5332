package ingest

import (
	"crypto/ed25519"
	"sync"
	"time"

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

// The same for boxes of one network (peer.Network), so that who makes up keys takes
// others' places only with many addresses. A site's boxes may have one address.
const (
	knownBoxesThere      = 20
	knownBoxesThereBurst = 200
	newBoxesThere        = 1
	newBoxesThereBurst   = 20
)

// Requests to enrol, or for another key, that were refused: how many a second one
// network may make before it is not listened to. A box that is refused gives up; its
// service tries anew every few seconds at first.
const (
	wrongRequests      = 0.5
	wrongRequestsBurst = 30
)

// crowd admits boxes without a token.
type crowd struct {
	known, fresh           *rate.Limiter
	knownThere, freshThere *limiters[string] // by network

	mu   sync.Mutex
	keys map[[ed25519.PublicKeySize]byte]struct{}
}

func newCrowd() *crowd {
	return &crowd{
		known: rate.NewLimiter(knownBoxes, knownBoxesBurst), fresh: rate.NewLimiter(newBoxes, newBoxesBurst),
		knownThere: newNetworkLimiters(knownBoxesThere, knownBoxesThereBurst), freshThere: newNetworkLimiters(newBoxesThere, newBoxesThereBurst),
		keys: make(map[[ed25519.PublicKeySize]byte]struct{}),
	}
}

// admit reports whether a box with this key, of 32 octets, may ask now from there.
func (c *crowd) admit(key ed25519.PublicKey, network string, now time.Time) bool {
	k := [ed25519.PublicKeySize]byte(key)
	c.mu.Lock()
	_, known := c.keys[k]
	c.mu.Unlock()
	if known {
		return c.knownThere.take(network, now) == 0 && c.known.AllowN(now, 1)
	}
	if c.freshThere.take(network, now) > 0 || !c.fresh.AllowN(now, 1) {
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
