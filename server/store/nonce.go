package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/shared/httpsig"
)

// ErrReplayed is returned for a request that changes something and has come before.
var ErrReplayed = errors.New("this request was received before")

// Signed is what the signature of a request says of it; the signature itself has
// been checked.
type Signed struct {
	KeyID   string
	Nonce   string
	Created time.Time
	Expires time.Time
}

// SignedBy returns what p says of its request.
func SignedBy(p *httpsig.Parsed) Signed {
	return Signed{KeyID: p.KeyID, Nonce: p.Nonce, Created: p.Created, Expires: p.Expires}
}

// The transaction's time judges. Another transaction that adds the same nonce is
// waited for.
const useNonceSQL = `
WITH judged AS (
  SELECT @created::timestamptz <= now() + @ahead::interval AND @expires::timestamptz >= now() AS in_time
), added AS (
  INSERT INTO request_nonce (key_id, nonce, expires_at)
  SELECT @key_id, @nonce, @expires::timestamptz
  FROM judged
  WHERE in_time
  ON CONFLICT DO NOTHING
  RETURNING true
)
SELECT in_time, EXISTS (SELECT FROM added)
FROM judged`

// useNonce makes a request count once on every node, with what tx changes. The
// error is httpsig.ErrClock where the signature is not valid at the database's time,
// and ErrReplayed.
func useNonce(ctx context.Context, tx pgx.Tx, s Signed) error {
	var inTime, added bool
	err := tx.QueryRow(ctx, useNonceSQL, pgx.StrictNamedArgs{
		"key_id": s.KeyID, "nonce": s.Nonce, "created": s.Created, "expires": s.Expires, "ahead": httpsig.MaxAhead,
	}).Scan(&inTime, &added)
	switch {
	case err != nil:
		return fmt.Errorf("use nonce: %w", err)
	case !inTime:
		return fmt.Errorf("%w, by the database's clock", httpsig.ErrClock)
	case !added:
		return ErrReplayed
	}
	return nil
}

// Forgotten a minute late, so that no clock's rounding lets one in again.
const pruneNoncesSQL = `
DELETE FROM request_nonce
WHERE expires_at < now() - interval '1 minute'`

// PruneNonces forgets the nonces of requests that would not be taken any more. It
// may run on several nodes at a time.
func (s *Store) PruneNonces(ctx context.Context) error {
	if _, err := s.ingest.Exec(ctx, pruneNoncesSQL); err != nil {
		return fmt.Errorf("store: prune nonces: %w", err)
	}
	return nil
}
