package task

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff spaces attempts at something that fails: each pause is twice the one
// before, up to a limit, and varied by a fifth either way, so that a thousand
// boxes do not come back in the same second.
type Backoff struct {
	First time.Duration // pause after the first failure
	Most  time.Duration // longest pause, before it is varied

	next time.Duration
}

// Next returns how long to wait after one more failure.
func (b *Backoff) Next() time.Duration {
	pause := max(b.next, b.First)
	b.next = min(2*pause, b.Most)
	return Jitter(pause)
}

// Reset starts over, after a success.
func (b *Backoff) Reset() { b.next = 0 }

// Jitter returns d varied by up to a fifth either way.
func Jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()*0.4-0.2)*float64(d))
}

// Sleep waits for d or until ctx is done, and then returns its error.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
