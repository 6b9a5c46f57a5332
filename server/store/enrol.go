package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/auth"
	"picket/shared/enrol"
	"picket/shared/wlan"
)

// ErrToken is returned for an enrolment token that is unknown, expired, revoked
// or used up, and for a key whose tap was revoked: the caller is told no more.
var ErrToken = errors.New("enrolment token not valid")

// Enrolment is a box's request to be a tap, its signature checked.
type Enrolment struct {
	Signed

	Token     *[32]byte // hash of the token's secret; nil: the box has none
	Code      enrol.ClaimCode
	PublicKey ed25519.PublicKey
	Name      string    // 1 to 64 characters
	MAC       *wlan.MAC // nil: not said
	Version   string
	Arch      string
	Address   string // from which it came, at most 64 characters
}

// The row is locked, so that uses are counted right and one key that enrols twice
// at once becomes one tap.
const lockTokenSQL = `
SELECT tenant_id, site_id, revoked_at IS NULL AND expires_at > now() AND uses < uses_allowed, uses_allowed > 1
FROM enrolment_token
WHERE secret_hash = @hash
FOR UPDATE`

const tapOfKeySQL = `
SELECT t.tenant_id, t.id, t.revoked_at IS NOT NULL OR k.number < t.key_number, COALESCE(t.token_hash = @hash, false)
FROM tap_key AS k
JOIN tap AS t ON (t.tenant_id, t.id) = (k.tenant_id, k.tap_id)
WHERE k.key_id = @key_id`

const useTokenSQL = `
UPDATE enrolment_token
SET uses = uses + 1
WHERE secret_hash = @hash`

const addTapSQL = `
INSERT INTO tap (tenant_id, id, site_id, name, mac, version, arch, token_hash)
VALUES (@tenant, @tap, @site, @name, @mac, @version, @arch, @hash)`

const addTapKeySQL = `
INSERT INTO tap_key (key_id, tenant_id, tap_id, public_key, number)
VALUES (@key_id, @tenant, @tap, @public_key, @number)`

// Enrol answers a box that wants to be a tap, and returns the tap's id, or uuid.Nil
// while the box waits for a person.
//
// A token for one box makes a tap of its site at once. With a token for several the
// box waits, seen by the token's tenant; each box uses the token once. Without one
// it waits unseen, until somebody types its claim code.
//
// A key that is a tap's already gets the same id again: with the token that it
// used, even when that is used up since, with any valid token of its tenant, and
// without one, as the box asks whether it was let in. The answer to its first
// request may have been lost. Errors: ErrToken, ErrReplayed, httpsig.ErrClock.
func (s *Store) Enrol(ctx context.Context, e Enrolment) (uuid.UUID, error) {
	var id uuid.UUID
	add := func() error {
		return pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) (err error) {
			if err := useNonce(ctx, tx, e.Signed); err != nil {
				return err
			}
			if e.Token == nil {
				id, err = announce(ctx, tx, e)
			} else {
				id, err = enrolWithToken(ctx, tx, e)
			}
			return err
		})
	}
	err := add()
	if isCode(err, codeUniqueViolation) { // the same key, with two tokens at once
		err = add()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("store: enrol: %w", err)
	}
	return id, nil
}

// announce notes a box without a token.
func announce(ctx context.Context, tx pgx.Tx, e Enrolment) (uuid.UUID, error) {
	known, err := tapOfKey(ctx, tx, e)
	switch {
	case err != nil:
		return uuid.Nil, err
	case known.id == uuid.Nil:
		return uuid.Nil, addPendingBox(ctx, tx, e)
	case known.over:
		return uuid.Nil, ErrToken
	}
	return known.id, stopWaiting(ctx, tx, e.KeyID)
}

// stopWaiting forgets that a box waits, which is a tap: it may have asked while it
// was let in.
func stopWaiting(ctx context.Context, tx pgx.Tx, keyID string) error {
	_, err := tx.Exec(ctx, dropPendingBoxSQL, pgx.StrictNamedArgs{"key_id": keyID})
	return err
}

func enrolWithToken(ctx context.Context, tx pgx.Tx, e Enrolment) (uuid.UUID, error) {
	var tenant, site uuid.UUID
	var valid, several bool
	err := tx.QueryRow(ctx, lockTokenSQL, pgx.StrictNamedArgs{"hash": e.Token[:]}).Scan(&tenant, &site, &valid, &several)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, ErrToken
	}
	if err != nil {
		return uuid.Nil, err
	}
	known, err := tapOfKey(ctx, tx, e)
	switch {
	case err != nil:
		return uuid.Nil, err
	case known.id == uuid.Nil: // a new key
	case known.over || known.tenant != tenant || !valid && !known.itsToken:
		return uuid.Nil, ErrToken
	default:
		return known.id, stopWaiting(ctx, tx, e.KeyID)
	}
	if several {
		return uuid.Nil, waitWithToken(ctx, tx, e, tenant, site, valid)
	}
	if !valid {
		return uuid.Nil, ErrToken
	}
	tap := newID()
	batch := new(pgx.Batch)
	batch.Queue(useTokenSQL, pgx.StrictNamedArgs{"hash": e.Token[:]})
	batch.Queue(dropPendingBoxSQL, pgx.StrictNamedArgs{"key_id": e.KeyID}) // it may have waited without one
	batch.Queue(addTapSQL, pgx.StrictNamedArgs{
		"tenant": tenant, "tap": tap, "site": site, "name": plain(e.Name), "mac": e.mac(), "version": plain(e.Version),
		"arch": plain(e.Arch), "hash": e.Token[:],
	})
	batch.Queue(addTapKeySQL, pgx.StrictNamedArgs{
		"key_id": e.KeyID, "tenant": tenant, "tap": tap, "public_key": []byte(e.PublicKey), "number": 1,
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return uuid.Nil, err
	}
	ctx = auth.WithActor(ctx, auth.Actor{Kind: auth.ActorTap, ID: tap.String(), Name: plain(e.Name), Address: e.Address})
	return tap, audit(ctx, tx, Entry{Scope: tenant, Verb: "enrol", Object: "tap", ID: tap.String(), Name: plain(e.Name)})
}

// mac returns the address as a column's value.
func (e *Enrolment) mac() any {
	if e.MAC == nil {
		return nil
	}
	return mac6(e.MAC[:])
}

// knownKey is a tap that has a key already; id is uuid.Nil where there is none.
type knownKey struct {
	tenant, id uuid.UUID
	over       bool // the tap was revoked, or has changed its key since
	itsToken   bool // it enrolled with the token at hand
}

func tapOfKey(ctx context.Context, tx pgx.Tx, e Enrolment) (k knownKey, err error) {
	var hash []byte
	if e.Token != nil {
		hash = e.Token[:]
	}
	err = tx.QueryRow(ctx, tapOfKeySQL, pgx.StrictNamedArgs{"hash": hash, "key_id": e.KeyID}).Scan(&k.tenant, &k.id, &k.over, &k.itsToken)
	if errors.Is(err, pgx.ErrNoRows) {
		return knownKey{}, nil
	}
	return k, err
}
