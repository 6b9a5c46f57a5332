package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"picket/server/store/pack"
)

// AddReports stores in as one transaction and says of each report, in the same
// order, what became of it. On an error nothing was stored that the caller may
// acknowledge, though a commit whose answer was lost may have happened: the
// reports, sent again, are then Duplicate.
//
// Reports must have passed wire.Validate, and their windows must lie within
// MaxLate and MaxAhead of now.
func (s *Store) AddReports(ctx context.Context, in []Incoming) ([]Outcome, error) {
	if len(in) == 0 {
		return nil, nil
	}
	if err := s.partitions.ensureFor(ctx, s.owner, in); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s.sizes.refresh(ctx, s)
	m := s.newMerge(in)
	err := pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) error { return m.run(ctx, tx) })
	if isMissingPartition(err) {
		s.partitions.forget() // dropped, or made on a database that was restored since
		if err := s.partitions.ensureFor(ctx, s.owner, in); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		m = s.newMerge(in)
		err = pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) error { return m.run(ctx, tx) })
	}
	if err != nil {
		return nil, fmt.Errorf("store: add %d reports: %w", len(in), err)
	}
	m.remember()
	return m.outcomes, nil
}

// merge is one transaction of AddReports.
type merge struct {
	store    *Store
	in       []Incoming
	outcomes []Outcome

	fresh []*Incoming // new reports, in the order of their keys
	taps  map[tapKey]tapState
	defs  definitionMerge
	regs  registryMerge
}

func (s *Store) newMerge(in []Incoming) *merge {
	return &merge{store: s, in: in, outcomes: make([]Outcome, len(in))}
}

func (m *merge) run(ctx context.Context, tx pgx.Tx) error {
	var err error
	if m.taps, err = lockTaps(ctx, tx, m.in); err != nil {
		return err
	}
	if err := m.addReports(ctx, tx); err != nil {
		return err
	}
	if err := endOldKeys(ctx, tx, m.in, m.taps); err != nil {
		return err
	}
	if len(m.fresh) == 0 {
		return nil
	}
	if err := m.defs.run(ctx, tx, m); err != nil {
		return err
	}
	m.regs.collect(m)
	if err := m.regs.lookUp(ctx, tx, m); err != nil {
		return fmt.Errorf("registries: %w", err)
	}
	batch := new(pgx.Batch)
	queueTaps(batch, m.fresh, m.taps, m.regs.limits.count)
	queueRaw(batch, &m.store.packer, m.fresh, pack.Air)
	queueRaw(batch, &m.store.packer, m.fresh, pack.Wire)
	queueEvents(batch, m.fresh)
	queueRadios(batch, m.fresh)
	m.regs.queue(batch)
	m.regs.limits.queue(batch, m)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	return nil
}

// addReports stores the report rows, sets each outcome's status and leaves the
// reports that are new in m.fresh.
func (m *merge) addReports(ctx context.Context, tx pgx.Tx) error {
	var live []*Incoming
	first := make(map[reportKey]bool, len(m.in))
	for i := range m.in {
		in := &m.in[i]
		state, ok := m.taps[in.tapKey()]
		if !ok || in.KeyNumber != 0 && in.KeyNumber < state.keyNumber {
			m.outcomes[i].Status = Revoked
			continue
		}
		m.outcomes[i].Status, m.outcomes[i].DesiredRevision = Duplicate, uint64(state.desiredRevision)
		if key := in.reportKey(); !first[key] {
			first[key] = true
			live = append(live, in)
		}
	}
	if len(live) == 0 {
		return nil
	}
	stored, err := mergeReports(ctx, tx, live)
	if err != nil {
		return err
	}
	for i := range m.in {
		in := &m.in[i]
		if key := in.reportKey(); stored[key] && m.outcomes[i].Status == Duplicate {
			delete(stored, key) // the same report twice in one call is stored by its first
			m.outcomes[i].Status = Stored
			m.fresh = append(m.fresh, in)
		}
	}
	slices.SortFunc(m.fresh, func(a, b *Incoming) int {
		return cmp.Or(a.tapKey().compare(b.tapKey()), a.windowStart().Compare(b.windowStart()),
			cmp.Compare(a.Report.GetHeader().GetSequence(), b.Report.GetHeader().GetSequence()))
	})
	return nil
}

// remember fills the node's caches with what was committed.
func (m *merge) remember() {
	m.store.defs.add(&m.defs)
	m.store.seen.add(&m.regs)
	if m.regs.limits != nil {
		m.store.sizes.add(m.regs.limits)
	}
}

func isMissingPartition(err error) bool {
	return isCode(err, codeCheckViolation) && strings.Contains(err.Error(), "no partition of relation")
}

// IsDataError reports whether the database refused values, not service: the same
// call would fail again (SQLSTATE classes 22, data exception, and 23, integrity).
func IsDataError(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (strings.HasPrefix(e.Code, "22") || strings.HasPrefix(e.Code, "23")) && !isMissingPartition(err)
}
