package main

import (
	"context"
	"log/slog"
	"time"

	"picket/server/store"
	"picket/shared/task"
)

// What maintenance does, and how often. Every node does it: the store takes
// turns, and what is done already costs nothing.
const (
	maintainEvery   = time.Hour
	partitionsAhead = 7 // days
	keepRaw         = 7 * 24 * time.Hour
	keepRollup      = 400 * 24 * time.Hour
)

// maintenance makes partitions ahead of time and drops those that are old.
func maintenance(s *store.Store, log *slog.Logger) task.Task {
	return task.Func("maintenance", func(ctx context.Context) error {
		tick := time.NewTicker(maintainEvery)
		defer tick.Stop()
		for {
			if err := maintain(ctx, s, log); err != nil && ctx.Err() == nil {
				log.Warn("maintenance of the database not done, tried again later", "err", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	})
}

func maintain(ctx context.Context, s *store.Store, log *slog.Logger) error {
	if err := s.EnsurePartitions(ctx, partitionsAhead); err != nil {
		return err
	}
	dropped, err := s.DropOldPartitions(ctx, store.Retention{Raw: keepRaw, Rollup: keepRollup})
	if len(dropped) > 0 {
		log.Info("dropped old partitions", "partitions", dropped)
	}
	return err
}
