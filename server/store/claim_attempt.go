package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/peer"
)

// Limits on codes that are no box's, within claimWindow. A code has 60 bits: these
// keep a person from searching, and a log from filling, rather than a guess from
// succeeding.
const (
	claimWindow        = 15 * time.Minute
	maxClaimsOfUser    = 10
	maxClaimsOfAddress = 30
)

// ErrTooMany is returned where somebody has tried too often.
var ErrTooMany = errors.New("too many attempts")

// Claimant is who types a code. Empty fields are not limited: nodectl has neither.
type Claimant struct {
	User    string // id
	Address string
}

func (c Claimant) limits() map[string]int {
	limits := make(map[string]int, 2)
	if c.User != "" {
		limits["user:"+c.User] = maxClaimsOfUser
	}
	if c.Address != "" {
		limits["address:"+peer.Network(c.Address)] = maxClaimsOfAddress
	}
	return limits
}

// The row of the minute stays locked until the attempt is counted, so that others,
// on whichever node, count after it.
const addClaimAttemptSQL = `
INSERT INTO claim_attempt (key, window_start, attempts)
VALUES (@key, date_trunc('minute', now()), 1)
ON CONFLICT (key, window_start) DO UPDATE
SET attempts = claim_attempt.attempts + 1`

const claimAttemptsSQL = `
SELECT COALESCE(sum(attempts), 0)
FROM claim_attempt
WHERE key = @key
  AND window_start > now() - @window::interval`

const dropClaimAttemptsSQL = `
DELETE FROM claim_attempt
WHERE window_start < now() - interval '1 day'`

const forgiveClaimSQL = `
UPDATE claim_attempt
SET attempts = attempts - 1
WHERE key = @key
  AND attempts > 0
  AND window_start = (
    SELECT max(window_start)
    FROM claim_attempt
    WHERE key = @key)`

// attempt counts an attempt before try, whatever comes of it, and forgives it when
// try found something. The error is ErrTooMany, without a try, or that of try.
func (t *Taps) attempt(ctx context.Context, by Claimant, try func() error) error {
	limits := by.limits()
	keys := make([]string, 0, len(limits))
	for key := range limits {
		keys = append(keys, key)
	}
	slices.Sort(keys) // locks are taken in one order
	over := false
	err := pgx.BeginFunc(ctx, t.store.api, func(tx pgx.Tx) error {
		for _, key := range keys {
			args := pgx.StrictNamedArgs{"key": key}
			if _, err := tx.Exec(ctx, addClaimAttemptSQL, args); err != nil {
				return err
			}
			var attempts int
			args["window"] = claimWindow
			if err := tx.QueryRow(ctx, claimAttemptsSQL, args).Scan(&attempts); err != nil {
				return err
			}
			over = over || attempts > limits[key]
		}
		_, err := tx.Exec(ctx, dropClaimAttemptsSQL)
		return err
	})
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	if over {
		return ErrTooMany
	}
	err = try()
	if errors.Is(err, ErrNotFound) {
		return err
	}
	for _, key := range keys {
		if _, e := t.store.api.Exec(ctx, forgiveClaimSQL, pgx.StrictNamedArgs{"key": key}); e != nil {
			return errors.Join(err, fmt.Errorf("forgive an attempt: %w", e))
		}
	}
	return err
}
