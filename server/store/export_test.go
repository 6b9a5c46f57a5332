package store

import "context"

// MigrateTo is Migrate up to a version of the schema, as an earlier release left it.
func MigrateTo(ctx context.Context, cfg Config, version int64) error {
	return migrateTo(ctx, cfg, version)
}
