package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
)

// TapIdentity is an enrolled tap, and what its requests are checked with.
type TapIdentity struct {
	TenantID  uuid.UUID
	TapID     uuid.UUID
	PublicKey ed25519.PublicKey
	KeyNumber int // of this key, from 1
	Revoked   bool
}

const tapByKeySQL = `
SELECT k.tenant_id, k.tap_id, k.public_key, k.number, t.revoked_at IS NOT NULL
FROM tap_key AS k
JOIN tap AS t ON (t.tenant_id, t.id) = (k.tenant_id, k.tap_id)
WHERE k.key_id = $1
  AND k.number >= t.key_number`

// TapByKey returns whose key it is, or ErrNotFound.
func (s *Store) TapByKey(ctx context.Context, keyID string) (TapIdentity, error) {
	var t TapIdentity
	var key []byte
	err := s.ingest.QueryRow(ctx, tapByKeySQL, keyID).Scan(&t.TenantID, &t.TapID, &key, &t.KeyNumber, &t.Revoked)
	if err != nil {
		return TapIdentity{}, fmt.Errorf("store: tap of key: %w", notFound(err))
	}
	t.PublicKey = key
	return t, nil
}

// ErrOldKey is returned for a request under a key that is not the tap's any more,
// or of a tap that was revoked.
var ErrOldKey = errors.New("the key is not the tap's any more")

const lockTapKeySQL = `
SELECT k.number, t.name
FROM tap AS t
JOIN tap_key AS k ON (k.tenant_id, k.tap_id) = (t.tenant_id, t.id)
WHERE t.tenant_id = @tenant
  AND t.id = @tap
  AND t.revoked_at IS NULL
  AND k.key_id = @key_id
  AND k.number >= t.key_number
FOR NO KEY UPDATE OF t`

const ownerOfKeySQL = `
SELECT tenant_id = @tenant AND tap_id = @tap, number
FROM tap_key
WHERE key_id = @key_id`

const dropKeysAboveSQL = `
DELETE FROM tap_key
WHERE tenant_id = @tenant
  AND tap_id = @tap
  AND number > @number`

// RenewKey gives a tap a new key, as a request says that its present key signed.
// Both are taken from then on, until a request under the new one is acknowledged. A
// renewal that was not followed by such a request is replaced by the next; the same
// one again changes nothing. Errors: ErrOldKey, ErrConflict where the new key is
// somebody's already, ErrReplayed, httpsig.ErrClock.
func (s *Store) RenewKey(ctx context.Context, signed Signed, tap TapIdentity, newKeyID string, newKey ed25519.PublicKey) error {
	err := pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) error {
		if err := useNonce(ctx, tx, signed); err != nil {
			return err
		}
		return renewKey(ctx, tx, signed.KeyID, tap, newKeyID, newKey)
	})
	if isCode(err, codeUniqueViolation) { // another tap named it meanwhile
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: renew key of tap %s: %w", tap.TapID, err)
	}
	return nil
}

// keyAudit is what the audit log keeps of a tap's key.
type keyAudit struct {
	KeyID string `json:"key_id"`
}

func renewKey(ctx context.Context, tx pgx.Tx, keyID string, tap TapIdentity, newKeyID string, newKey ed25519.PublicKey) error {
	args := func(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
		more["tenant"], more["tap"] = tap.TenantID, tap.TapID
		return more
	}
	var number int
	var name string
	err := tx.QueryRow(ctx, lockTapKeySQL, args(pgx.StrictNamedArgs{"key_id": keyID})).Scan(&number, &name)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrOldKey
	}
	if err != nil {
		return err
	}
	var own bool
	var had int
	err = tx.QueryRow(ctx, ownerOfKeySQL, args(pgx.StrictNamedArgs{"key_id": newKeyID})).Scan(&own, &had)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
	case err != nil:
		return err
	case own && had == number+1:
		return nil
	default:
		return ErrConflict
	}
	batch := new(pgx.Batch)
	batch.Queue(dropKeysAboveSQL, args(pgx.StrictNamedArgs{"number": number}))
	batch.Queue(addTapKeySQL, args(pgx.StrictNamedArgs{"key_id": newKeyID, "public_key": []byte(newKey), "number": number + 1}))
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	id := tap.TapID.String()
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorTap, ID: id, Name: name})
	return audit(ctx, tx, Entry{
		Scope: tap.TenantID, Verb: "renew-key", Object: "tap", ID: id, Name: name, Before: keyAudit{keyID}, After: keyAudit{newKeyID},
	})
}

const endOldKeysSQL = `
WITH used AS (
  SELECT *
  FROM unnest(@tenants::uuid[], @taps::uuid[], @numbers::int[]) AS u (tenant_id, tap_id, number)
), raised AS (
  UPDATE tap AS t
  SET key_number = u.number
  FROM used AS u
  WHERE t.tenant_id = u.tenant_id
    AND t.id = u.tap_id
    AND t.key_number < u.number
)
DELETE FROM tap_key AS k
USING used AS u
WHERE k.tenant_id = u.tenant_id
  AND k.tap_id = u.tap_id
  AND k.number < u.number`

// endOldKeys ends the keys of taps that have used a newer one: in is acknowledged
// when tx is committed. The taps are locked.
func endOldKeys(ctx context.Context, tx pgx.Tx, in []Incoming, taps map[tapKey]tapState) error {
	var tenants, ids []uuid.UUID
	var numbers []int
	for i := range in {
		key := in[i].tapKey()
		st, ok := taps[key]
		if !ok || in[i].KeyNumber <= st.keyNumber {
			continue
		}
		st.keyNumber = in[i].KeyNumber
		taps[key] = st
		tenants, ids, numbers = append(tenants, key.tenant), append(ids, key.tap), append(numbers, st.keyNumber)
	}
	if len(tenants) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, endOldKeysSQL, pgx.StrictNamedArgs{"tenants": tenants, "taps": ids, "numbers": numbers})
	if err != nil {
		return fmt.Errorf("end old keys: %w", err)
	}
	return nil
}
