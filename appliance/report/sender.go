package report

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"picket/appliance/identity"
	"picket/appliance/spool"
	"picket/shared/delivery"
	"picket/shared/task"
	"picket/shared/wire"
)

// queue is what a sender needs of a spool.
type queue interface {
	Next() (spool.Record, error) // the oldest, again until Ack; io.EOF: empty
	Ack(id spool.ReportID) error
	Ready() <-chan struct{} // receives when there may be a record
}

// errEmpty says that there is no report. Not io.EOF: a connection that breaks may
// end with that as well.
var errEmpty = errors.New("no report")

// Pauses after failures.
const (
	firstPause = time.Second
	mostPause  = 5 * time.Minute
)

// maxSpread bounds what a node may make a tap wait with a report: no window is
// longer.
const maxSpread = time.Minute

// Config is what a sender is made of.
type Config struct {
	Queue  *spool.Spool
	URLs   []string // of nodes, https://HOST:PORT; at least one
	Client *http.Client
	Signer Signer
	Log    *slog.Logger

	// Want is told which definitions of this boot a node lacks, by their
	// indexes; nil: nobody cares. It must not block.
	Want func(boot [16]byte, elements, fingerprints []uint32)

	// Desired is told the revision of the desired state that a node has for this
	// tap; nil: nobody cares. It must not block.
	Desired func(revision uint64)
}

// Sender delivers reports. It is a task.
type Sender struct {
	queue   queue
	nodes   int // how many there are
	post    func(ctx context.Context, node int, body []byte) (answer, error)
	want    func(boot [16]byte, elements, fingerprints []uint32)
	desired func(revision uint64)
	log     *slog.Logger

	node    int // to try next; the one that worked last
	tried   int // nodes in a row that did not answer
	pauses  task.Backoff
	failing bool // since the last delivery
	refused atomic.Uint64

	share  float64       // of spread that this tap waits, 0 to 1: drawn once
	spread time.Duration // as the node said last (wire.SpreadHeader)
}

// New returns a sender. Its client should come from NewClient.
func New(cfg Config) *Sender {
	c := client{http: cfg.Client, urls: cfg.URLs, signer: cfg.Signer, told: &delivery.Recorder{}}
	s := newSender(cfg.Queue, len(cfg.URLs), c.post, cfg.Want, cfg.Log)
	s.desired = cfg.Desired
	return s
}

func newSender(q queue, nodes int, post func(context.Context, int, []byte) (answer, error),
	want func([16]byte, []uint32, []uint32), log *slog.Logger) *Sender {
	return &Sender{
		queue: q, nodes: nodes, post: post, want: want, log: log,
		pauses: task.Backoff{First: firstPause, Most: mostPause}, share: rand.Float64(),
	}
}

// String names the task.
func (s *Sender) String() string { return "report" }

// Refused returns how many reports nodes refused for good.
func (s *Sender) Refused() uint64 { return s.refused.Load() }

// Run delivers until ctx is done, and then returns nil.
func (s *Sender) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		pause, err := s.step(ctx)
		if errors.Is(err, errEmpty) {
			select {
			case <-ctx.Done():
			case <-s.queue.Ready():
				// A window has ended, here and at all other taps.
				_ = task.Sleep(ctx, time.Duration(s.share*float64(s.spread))) // which the loop sees
			}
			continue
		}
		_ = task.Sleep(ctx, pause) // which the loop sees
	}
	return nil
}

// Flush delivers what is there, and returns at the first failure or when ctx is
// done: a last attempt before the process ends. Run must have returned.
func (s *Sender) Flush(ctx context.Context) error {
	for ctx.Err() == nil {
		switch _, err := s.step(ctx); {
		case errors.Is(err, errEmpty):
			return nil
		case err != nil:
			return err
		}
	}
	return ctx.Err()
}

// step makes one attempt to deliver the oldest report. It returns how long to
// wait before the next; the error is errEmpty when there is no report.
func (s *Sender) step(ctx context.Context) (time.Duration, error) {
	record, err := s.queue.Next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return 0, errEmpty
		}
		s.log.Error("spool cannot be read", "err", err)
		return s.pauses.Next(), err
	}
	a, err := s.post(ctx, s.node, record.Body)
	if err == nil {
		err = a.err()
	}
	switch {
	case err == nil:
		return s.delivered(record.ID, a)
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case a.final():
		s.refused.Add(1)
		s.log.Error("node refused a report for good; it is dropped", "sequence", record.ID.Sequence,
			"reason", a.header.Get(wire.ReasonHeader), "err", err)
		s.pauses.Reset()
		return s.ack(record.ID)
	}
	return s.failed(a, err), err
}

func (s *Sender) delivered(id spool.ReportID, a answer) (time.Duration, error) {
	s.tried = 0
	s.pauses.Reset()
	s.spread = parseSpread(a.header.Get(wire.SpreadHeader))
	if s.failing {
		s.failing = false
		s.log.Info("reports are delivered again")
	}
	elements, fingerprints := parseWant(a.header.Get("Picket-Want-Definitions"))
	if s.want != nil && len(elements)+len(fingerprints) > 0 {
		s.want(id.Boot, elements, fingerprints)
	}
	if revision, err := strconv.ParseUint(a.header.Get("Picket-Desired"), 10, 63); err == nil && s.desired != nil {
		s.desired(revision)
	}
	return s.ack(id)
}

// parseSpread reads a number of milliseconds; what is none is 0.
func parseSpread(text string) time.Duration {
	ms, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(ms)*time.Millisecond, maxSpread)
}

// ack logs a spool that cannot forget: the report may be sent again, harmlessly.
func (s *Sender) ack(id spool.ReportID) (time.Duration, error) {
	if err := s.queue.Ack(id); err != nil {
		s.log.Error("spool cannot remove a report that is done with", "err", err)
		return s.pauses.Next(), err
	}
	return 0, nil
}

// failed chooses the next node and returns how long to wait before it is tried.
func (s *Sender) failed(a answer, err error) time.Duration {
	s.failing = true
	asked := identity.RetryAfter(a.header, time.Now())
	if a.status != http.StatusUnauthorized {
		s.node = (s.node + 1) % s.nodes
	}
	s.tried++
	if later := a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable; s.tried < s.nodes &&
		!later && a.status != http.StatusUnauthorized {
		s.log.Warn("report not delivered; trying the next node", "err", err)
		return 0
	}
	s.tried = 0
	pause := s.pauses.Next()
	if pause < asked {
		pause = asked + rand.N(asked/5) // not earlier, and not every tap at once
	}
	if skew, bad := identity.Skew(a.header, time.Now()); a.status == http.StatusUnauthorized && bad {
		s.log.Error("report not accepted: this clock is wrong", "skew", skew.String(), "err", err, "pause", pause.Round(time.Millisecond).String())
		return pause
	}
	s.log.Warn("report not delivered; waiting", "err", err, "pause", pause.Round(time.Millisecond).String())
	return pause
}
