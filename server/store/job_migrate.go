package store

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// queueLock is the advisory lock of whoever migrates the queue's tables.
const queueLock = 0x7069636b65740009

// migrateQueue brings river's tables to what this release's river wants. Nodes that
// start together take turns. The previous release's river works on them: river's
// migrations only add within a major version.
func migrateQueue(ctx context.Context, cfg Config) error {
	conf, err := pgxpool.ParseConfig(cfg.direct())
	if err != nil {
		return err
	}
	cfg.session(conf.ConnConfig, RoleOwner)
	noticeLoss(&conf.ConnConfig.Config)
	conf.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: queueSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(queueLock)); err != nil {
			return fmt.Errorf("take turns: %w", err)
		}
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}
