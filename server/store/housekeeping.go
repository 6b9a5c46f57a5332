package store

import (
	"context"
	"time"
)

// Housekeeping keeps partitions ahead, drops old ones and builds rollups. It is a
// task that every node runs: the work is divided by locks of the database, not by
// who leads.
type Housekeeping struct {
	Store     *Store
	Retention Retention
}

// DefaultRetention is a week of observations and a year of rollups.
func DefaultRetention() Retention {
	return Retention{Raw: 7 * 24 * time.Hour, Rollup: 365 * 24 * time.Hour}
}

func (h *Housekeeping) String() string { return "housekeeping" }

// Run works until ctx is done. A failure is logged and tried again: the database
// may be away.
func (h *Housekeeping) Run(ctx context.Context) error {
	rollup, partitions := time.NewTicker(30*time.Second), time.NewTicker(time.Hour)
	defer rollup.Stop()
	defer partitions.Stop()
	h.partitions(ctx)
	h.rollUp(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-rollup.C:
			h.rollUp(ctx)
		case <-partitions.C:
			h.partitions(ctx)
		}
	}
}

func (h *Housekeeping) rollUp(ctx context.Context) {
	if _, err := h.Store.RollUp(ctx); err != nil && ctx.Err() == nil {
		h.Store.log.Warn("rollups not built", "err", err)
	}
}

func (h *Housekeeping) partitions(ctx context.Context) {
	if err := h.Store.EnsurePartitions(ctx, 3); err != nil && ctx.Err() == nil {
		h.Store.log.Warn("partitions not made", "err", err)
	}
	dropped, err := h.Store.DropOldPartitions(ctx, h.Retention)
	if err != nil && ctx.Err() == nil {
		h.Store.log.Warn("old partitions not dropped", "err", err)
	}
	if len(dropped) > 0 {
		h.Store.log.Info("old partitions dropped", "partitions", len(dropped))
	}
}
