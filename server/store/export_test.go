package store

import (
	"context"
	"time"
)

// MigrateTo is Migrate up to a version of the schema, as an earlier release left it.
func MigrateTo(ctx context.Context, cfg Config, version int64) error {
	return migrateTo(ctx, cfg, version)
}

// EnsurePartitionsOf makes the partitions that hold day.
func (s *Store) EnsurePartitionsOf(ctx context.Context, day time.Time) error {
	_, err := makePartitions(ctx, s.owner, day)
	return err
}
