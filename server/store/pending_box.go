package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Bounds of boxes that wait without a token. Anybody can make keys up and wait:
// what such a crowd can push out is each other, for the box that was heard of
// longest ago goes first, and one that is there asks every few seconds.
const (
	maxPendingBoxes = 1000
	pendingLife     = "24 hours" // since it asked last
)

// A box that asks again is not moved to another tenant or out of one.
const addPendingBoxSQL = `
INSERT INTO pending_box (key_id, public_key, claim_code, tenant_id, site_id, token_hash, name, mac, version, arch, address)
VALUES (@key_id, @public_key, @code, @tenant, @site, @hash, @name, @mac, @version, @arch, @address)
ON CONFLICT (key_id) DO UPDATE
SET last_heard_at = now(),
  name = EXCLUDED.name,
  mac = EXCLUDED.mac,
  version = EXCLUDED.version,
  arch = EXCLUDED.arch,
  address = EXCLUDED.address
RETURNING xmax = 0`

const dropPendingBoxSQL = `
DELETE FROM pending_box
WHERE key_id = @key_id`

// The row of counts is locked first, so that those who add boxes at the same time
// count one after another.
const lockPendingBoxesSQL = `
SELECT boxes
FROM pending_box_drop
FOR UPDATE`

const dropOldestBoxesSQL = `
WITH dropped AS (
  DELETE FROM pending_box
  WHERE key_id IN (
    SELECT key_id
    FROM pending_box
    WHERE tenant_id IS NULL
    ORDER BY last_heard_at DESC, key_id
    OFFSET @most
  )
  RETURNING true
), counted AS (
  SELECT count(*) AS boxes
  FROM dropped
)
UPDATE pending_box_drop AS d
SET boxes = d.boxes + counted.boxes,
  last_drop_at = now()
FROM counted
WHERE counted.boxes > 0`

// addPendingBox notes that a box without a token waits.
func addPendingBox(ctx context.Context, tx pgx.Tx, e Enrolment) error {
	added, err := putPendingBox(ctx, tx, e, nil, nil)
	if err != nil || !added {
		return err
	}
	batch := new(pgx.Batch)
	batch.Queue(lockPendingBoxesSQL)
	batch.Queue(dropOldestBoxesSQL, pgx.StrictNamedArgs{"most": maxPendingBoxes})
	return tx.SendBatch(ctx, batch).Close()
}

const isWaitingWithSQL = `
SELECT EXISTS (
  SELECT
  FROM pending_box
  WHERE key_id = @key_id
    AND token_hash = @hash)`

// waitWithToken notes that a box waits for the tenant of its token, whose row is
// locked. It uses the token the first time.
func waitWithToken(ctx context.Context, tx pgx.Tx, e Enrolment, tenant, site uuid.UUID, valid bool) error {
	var waiting bool
	args := pgx.StrictNamedArgs{"key_id": e.KeyID, "hash": e.Token[:]}
	if err := tx.QueryRow(ctx, isWaitingWithSQL, args).Scan(&waiting); err != nil {
		return err
	}
	if !waiting {
		if !valid {
			return ErrToken
		}
		batch := new(pgx.Batch)
		batch.Queue(dropPendingBoxSQL, pgx.StrictNamedArgs{"key_id": e.KeyID}) // it may have waited without this token
		batch.Queue(useTokenSQL, pgx.StrictNamedArgs{"hash": e.Token[:]})
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	_, err := putPendingBox(ctx, tx, e, &tenant, &site)
	return err
}

// putPendingBox reports whether the box is new.
func putPendingBox(ctx context.Context, tx pgx.Tx, e Enrolment, tenant, site *uuid.UUID) (added bool, err error) {
	var hash []byte
	if tenant != nil {
		hash = e.Token[:]
	}
	err = tx.QueryRow(ctx, addPendingBoxSQL, pgx.StrictNamedArgs{
		"key_id": e.KeyID, "public_key": []byte(e.PublicKey), "code": string(e.Code), "tenant": tenant, "site": site, "hash": hash,
		"name": plain(e.Name), "mac": e.mac(), "version": plain(e.Version), "arch": plain(e.Arch), "address": e.Address,
	}).Scan(&added)
	return added, err
}

const prunePendingBoxesSQL = `
DELETE FROM pending_box
WHERE tenant_id IS NULL AND last_heard_at < now() - interval '` + pendingLife + `'
  OR last_heard_at < now() - interval '30 days'`

// PrunePendingBoxes forgets the boxes without a token that have not asked for a
// day, and the others that have not for a month. It may run on several nodes at a
// time.
func (s *Store) PrunePendingBoxes(ctx context.Context) error {
	if _, err := s.ingest.Exec(ctx, prunePendingBoxesSQL); err != nil {
		return fmt.Errorf("store: prune boxes that wait: %w", err)
	}
	return nil
}
