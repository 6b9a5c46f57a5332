package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Bounds of a Clock.
const (
	clockLife   = 30 * time.Second       // how long a reading serves
	clockJump   = time.Second            // by how much the machine's clock may be set before a reading is worth nothing
	clockFoggy  = 2 * time.Second        // a reading that took longer is not kept
	clockPause  = 500 * time.Millisecond // between attempts when the database does not answer
	clockAnswer = 5 * time.Second
)

// Clock is cluster time, that of the database, told without asking it each time:
// a reading, and what this machine's monotonic clock counted since. How right this
// machine's own clock is does not matter. Its methods may be called concurrently.
type Clock struct {
	read func(context.Context) (time.Time, error)

	mu      sync.Mutex
	base    time.Time // the database's, at
	at      time.Time // of this machine, with its monotonic reading; zero: none yet
	tried   time.Time
	reading bool // somebody asks
}

// ClusterClock returns what tells cluster time.
func (s *Store) ClusterClock() *Clock {
	return &Clock{read: func(ctx context.Context) (t time.Time, err error) {
		err = s.ingest.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&t)
		return t, err
	}}
}

// Now returns cluster time, to half a second or so. It asks the database the first
// time, and then seldom, while the last reading goes on serving: the error says
// that there never was one.
func (c *Clock) Now(ctx context.Context) (time.Time, error) {
	c.mu.Lock()
	now := time.Now()
	age := now.Sub(c.at)                         // monotonic
	set := now.Round(0).Sub(c.at.Round(0)) - age // what the machine's clock was set by, or slept
	stale := c.at.IsZero() || age > clockLife || set.Abs() > clockJump
	if !stale || !c.at.IsZero() && (c.reading || now.Sub(c.tried) < clockPause) {
		defer c.mu.Unlock()
		return c.base.Add(age), nil
	}
	first := c.at.IsZero()
	c.reading, c.tried = true, now
	c.mu.Unlock()
	err := c.ask(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
	if err != nil && first && c.at.IsZero() {
		return time.Time{}, fmt.Errorf("store: cluster time: %w", err)
	}
	return c.base.Add(time.Since(c.at)), nil
}

// ask reads the database's clock.
func (c *Clock) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, clockAnswer)
	defer cancel()
	before := time.Now()
	t, err := c.read(ctx)
	took := time.Since(before)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if took > clockFoggy && !c.at.IsZero() {
		return nil // the one before is the better
	}
	c.base, c.at = t.Add(took/2), before.Add(took)
	return nil
}
