package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"picket/appliance/identity"
	"picket/shared/httpsig"
	"picket/shared/task"
	"picket/shared/wire"
)

const reportPath = "/v1/reports"

// seedOf makes 32 octets of a number for a purpose, so that a fleet comes from one
// number.
func seedOf(seed uint64, what string, n int) [32]byte {
	b := binary.BigEndian.AppendUint64([]byte("picket fakefleet "+what+" "), seed)
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(n)))
}

// tapKeyOf is the key of a fleet's nth tap.
func tapKeyOf(seed uint64, n int) ed25519.PrivateKey {
	s := seedOf(seed, "key", n)
	return ed25519.NewKeyFromSeed(s[:])
}

// A kept report waits for its acknowledgement.
type kept struct {
	sequence uint64
	due      time.Time
	body     []byte
	tries    int
}

// A simTap is one tap. Its methods are its goroutine's.
type simTap struct {
	fleet  *fleet
	number int
	signer httpsig.Signer
	boot   [16]byte
	rng    *rand.Rand
	line   line
	node   int

	sheet       sheet
	sequence    uint64
	definitions bool // to send with the next report
	backlog     []kept
	givenUp     uint64
	dropped     uint64 // refused for good, and given up: what a tap reports of itself
	pauses      task.Backoff
	notBefore   time.Time

	acknowledged []span // of sequence numbers
	refusedOnes  []uint64
}

// A span is first to last, both in it.
type span struct{ first, last uint64 }

func (t *simTap) url() *url.URL { return t.fleet.nodes[t.node%len(t.fleet.nodes)] }

// run makes a report at first and once in a period until end, and delivers. It
// returns when everything is delivered, or ctx is done.
func (t *simTap) run(ctx context.Context, first time.Time, period time.Duration, end time.Time) {
	next := first
	for ctx.Err() == nil {
		now := time.Now()
		for !next.After(now) && next.Before(end) {
			t.make(next)
			next = next.Add(period)
		}
		making := next.Before(end)
		switch {
		case len(t.backlog) > 0 && !now.Before(t.notBefore):
			t.deliver(ctx)
			continue
		case len(t.backlog) == 0 && !making:
			return
		}
		wake := next
		if len(t.backlog) > 0 && (!making || t.notBefore.Before(next)) {
			wake = t.notBefore
		}
		_ = task.Sleep(ctx, time.Until(wake)) // the loop sees how it ended
	}
}

// make prints the report that is due.
func (t *simTap) make(due time.Time) {
	t.sequence++
	start := due.Truncate(t.fleet.o.period).Add(-t.fleet.o.period)
	s := stamp{t.boot, t.sequence, start, t.definitions, t.dropped}
	body, err := t.fleet.press.print(t.number, s, &t.sheet, t.rng)
	if err != nil {
		t.fleet.count.fail(err)
		t.sequence--
		return
	}
	t.definitions = false
	t.fleet.count.due.Add(1)
	if len(t.backlog) == t.fleet.o.backlog {
		t.backlog = append(t.backlog[:0], t.backlog[1:]...)
		t.givenUp++
		t.dropped++
		t.fleet.count.givenUp.Add(1)
	}
	t.backlog = append(t.backlog, kept{sequence: t.sequence, due: due, body: body})
}

// deliver makes one attempt at the oldest report.
func (t *simTap) deliver(ctx context.Context) {
	k, c := &t.backlog[0], &t.fleet.count
	if k.tries++; k.tries > 1 {
		c.again.Add(1)
	}
	lose := t.fleet.o.lose > 0 && k.tries == 1 && t.rng.IntN(t.fleet.o.lose) == 0
	c.sent.Add(1)
	a, err := t.line.post(ctx, t.url(), reportPath, wire.MediaType, t.signer, k.body, lose)
	switch {
	case errors.Is(err, errLost):
		c.lost.Add(1)
		return
	case ctx.Err() != nil:
		return
	case err != nil:
		c.fail(err)
		t.node++
		t.pause(0)
		return
	}
	t.answered(k, a)
}

func (t *simTap) answered(k *kept, a answer) {
	c := &t.fleet.count
	switch {
	case a.status == http.StatusNoContent:
		t.pauses.Reset()
		c.acknowledged(a, k.due, time.Now())
		t.definitions = a.header.Get("Picket-Want-Definitions") != ""
		t.acknowledge(k.sequence)
	case a.final():
		t.pauses.Reset()
		c.refuse(a)
		t.dropped++
		t.refusedOnes = append(t.refusedOnes, k.sequence)
	default:
		c.refuse(a)
		if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable && a.status != http.StatusUnauthorized {
			t.node++
		}
		t.pause(identity.RetryAfter(a.header, time.Now()))
		return
	}
	t.backlog = append(t.backlog[:0], t.backlog[1:]...)
}

func (t *simTap) acknowledge(sequence uint64) {
	if n := len(t.acknowledged); n > 0 && t.acknowledged[n-1].last+1 == sequence {
		t.acknowledged[n-1].last = sequence
		return
	}
	t.acknowledged = append(t.acknowledged, span{sequence, sequence})
}

// pause waits as a tap does, at least as long as asked.
func (t *simTap) pause(asked time.Duration) {
	pause := t.pauses.Next()
	if pause < asked {
		pause = asked + rand.N(asked/5+1)
	}
	t.notBefore = time.Now().Add(pause)
}
