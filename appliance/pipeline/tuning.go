package pipeline

import (
	"sync"
	"sync/atomic"
	"time"

	"picket/shared/wlan"
)

// maxMoves bounds what a Tuning holds for a capture that does not come to read
// it. Beyond it the oldest are forgotten: where the radio is now matters most.
const maxMoves = 1024

// Tuning carries to a capture where its radio listens. The zero value is ready;
// its methods may be called by any goroutine.
type Tuning struct {
	moved atomic.Uint64 // calls so far: a capture looks here for every frame

	mu     sync.Mutex
	moves  []move
	hops   uint32
	failed uint32
}

// move says that a radio listens on frequency from at on; 0 is nowhere.
type move struct {
	at        int64 // ns since 1970
	frequency wlan.MHz
}

// Tuned says that the radio left its channel at from and listens on f since at;
// between them it was deaf.
func (t *Tuning) Tuned(f wlan.MHz, from, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.add(move{from.UnixNano(), 0})
	t.add(move{at.UnixNano(), f})
	t.hops++
}

// Failed says that the kernel refused a change of channel: the radio is where it
// was.
func (t *Tuning) Failed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed++
}

func (t *Tuning) add(m move) {
	if len(t.moves) == maxMoves {
		t.moves = append(t.moves[:0], t.moves[1:]...)
	}
	t.moves = append(t.moves, m)
	t.moved.Add(1)
}

// take appends the moves before end to to, and tells how many calls of add the
// capture has followed when none is left.
func (t *Tuning) take(to []move, end int64) (moves []move, followed uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for n < len(t.moves) && t.moves[n].at < end {
		n++
	}
	to = append(to, t.moves[:n]...)
	t.moves = append(t.moves[:0], t.moves[n:]...)
	if len(t.moves) > 0 {
		return to, 0
	}
	return to, t.moved.Load()
}

// counts takes the hops and failures since the last call.
func (t *Tuning) counts() (hops, failed uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	hops, failed = t.hops, t.failed
	t.hops, t.failed = 0, 0
	return hops, failed
}
