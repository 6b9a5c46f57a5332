package cluster

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// leases is the database's side of membership.
type leases interface {
	JoinNode(ctx context.Context, who Identity) (Orders, error)
	// RenewNode is ErrReplaced where the row has another incarnation.
	RenewNode(ctx context.Context, who Identity, status Status) (Orders, error)
	LeaveNode(ctx context.Context, who Identity) error
	// DatabaseTime returns the database's time at this moment.
	DatabaseTime(ctx context.Context) (time.Time, error)
}

// Times of a member's talk with the database.
const (
	talkLimit  = 4 * time.Second // for a renewal: less than RenewEvery
	leaveLimit = 3 * time.Second
)

// A Member keeps a node's lease. It is a task; its other methods may be called
// concurrently.
type Member struct {
	leases  leases
	measure func() Status // load, reports stored, streams and work
	again   func() (Identity, error)
	log     *slog.Logger
	wake    chan struct{}
	asked   chan struct{} // closed when somebody wants the node to drain

	draining atomic.Bool
	others   atomic.Int64

	mu   sync.Mutex
	who  Identity
	once sync.Once // closes asked
}

// NewMember returns a member that must be run. measure says how the node is; again
// makes an identity for a node whose own another process has.
func NewMember(l leases, who Identity, measure func() Status, again func() (Identity, error), log *slog.Logger) *Member {
	return &Member{leases: l, who: who, measure: measure, again: again, log: log, wake: make(chan struct{}, 1), asked: make(chan struct{})}
}

// String names the task.
func (m *Member) String() string { return "membership" }

// Identity returns who the node is, which changes where another process has taken it.
func (m *Member) Identity() Identity {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.who
}

// Asked is closed when somebody wants the node to drain.
func (m *Member) Asked() <-chan struct{} { return m.asked }

// Draining reports whether the node is about to stop.
func (m *Member) Draining() bool { return m.draining.Load() }

// Drain makes the node say that it is about to stop.
func (m *Member) Drain() {
	m.draining.Store(true)
	m.Wake()
}

// Alone reports whether no other node served when the lease was last renewed.
func (m *Member) Alone() bool { return m.others.Load() == 0 }

// Wake makes the member look at its row now.
func (m *Member) Wake() {
	select {
	case m.wake <- struct{}{}:
	default: // is to look already
	}
}

// Run joins, renews until ctx is done and leaves. A database that is away is waited
// for: the node is lost to the others meanwhile and no worse.
func (m *Member) Run(ctx context.Context) error {
	tick := time.NewTicker(RenewEvery)
	defer tick.Stop()
	joined, away := false, false
	var last measured
	for {
		err := m.talk(ctx, &joined, &last)
		if (err != nil) != away && ctx.Err() == nil {
			away = err != nil
			m.log.Info("membership", "away", away, "node_id", m.Identity().ID, "err", err)
		}
		select {
		case <-ctx.Done():
			m.leave(joined)
			return nil
		case <-tick.C:
		case <-m.wake:
		}
	}
}

// measured is what a rate is made of.
type measured struct {
	at      time.Time
	reports int64
}

func (m *Member) talk(ctx context.Context, joined *bool, last *measured) error {
	ctx, cancel := context.WithTimeout(ctx, talkLimit)
	defer cancel()
	who := m.Identity()
	if !*joined {
		orders, err := m.leases.JoinNode(ctx, who)
		if err != nil {
			return err
		}
		*joined = true
		m.obey(orders)
		m.log.Info("joined", "node_id", who.ID, "name", who.Name, "others", orders.Others)
	}
	status, err := m.status(ctx, last)
	if err != nil {
		return err
	}
	orders, err := m.leases.RenewNode(ctx, who, status)
	if errors.Is(err, ErrReplaced) {
		other, err := m.again()
		if err != nil {
			return err
		}
		m.log.Warn("another process has this node's identity, taking a new one: was the data directory copied?", "node_id", who.ID, "new_node_id", other.ID)
		m.mu.Lock()
		m.who = other
		m.mu.Unlock()
		*joined = false
		m.Wake()
		return nil
	}
	if err != nil {
		return err
	}
	m.obey(orders)
	return nil
}

func (m *Member) status(ctx context.Context, last *measured) (Status, error) {
	asked := time.Now()
	clock, err := m.leases.DatabaseTime(ctx)
	if err != nil {
		return Status{}, err
	}
	answered := time.Now()
	s := m.measure()
	s.Draining = m.Draining()
	// The database read its clock at some moment between the question and the answer.
	s.ClockError = answered.Sub(asked) / 2
	s.ClockOffset = asked.Add(s.ClockError).Sub(clock)
	if passed := answered.Sub(last.at); !last.at.IsZero() && passed > 0 {
		s.ReportsPerSecond = float64(s.ReportsStored-last.reports) / passed.Seconds()
	}
	*last = measured{answered, s.ReportsStored}
	return s, nil
}

func (m *Member) obey(o Orders) {
	m.others.Store(int64(o.Others))
	if o.Drain {
		m.once.Do(func() { close(m.asked) })
	}
}

// leave says that the node stopped in good order. Where that fails its lease ends by
// itself.
func (m *Member) leave(joined bool) {
	if !joined {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveLimit)
	defer cancel()
	if err := m.leases.LeaveNode(ctx, m.Identity()); err != nil {
		m.log.Warn("the others are not told that this node left", "err", err)
	}
}
