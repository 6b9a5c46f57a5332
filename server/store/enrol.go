package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/wlan"
)

// ErrToken is returned for an enrolment token that is unknown, expired, revoked
// or used up, and for a key whose tap was revoked: the caller is told no more.
var ErrToken = errors.New("enrolment token not valid")

// Enrolment is a tap's request to be one, its signature checked.
type Enrolment struct {
	SecretHash [32]byte // of the token
	KeyID      string
	PublicKey  ed25519.PublicKey
	Name       string    // 1 to 64 characters
	MAC        *wlan.MAC // nil: not said
	Version    string
	Arch       string
}

// TapIdentity is an enrolled tap, and what its requests are checked with.
type TapIdentity struct {
	TenantID  uuid.UUID
	TapID     uuid.UUID
	PublicKey ed25519.PublicKey
	Revoked   bool
}

// The row is locked, so that uses are counted right and one key that enrols twice
// at once becomes one tap.
const lockTokenSQL = `
SELECT tenant_id, site_id, revoked_at IS NULL AND expires_at > now() AND uses < uses_allowed
FROM enrolment_token
WHERE secret_hash = @hash
FOR UPDATE`

const tapOfKeySQL = `
SELECT t.tenant_id, t.id, t.revoked_at IS NOT NULL, t.token_hash = @hash
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
INSERT INTO tap_key (key_id, tenant_id, tap_id, public_key)
VALUES (@key_id, @tenant, @tap, @public_key)`

// Enrol makes a tap of the token's site, uses the token once and returns the
// tap's id. A key that is enrolled already gets the same id again, for the token
// that it used, even when that is used up since, and for any valid token of its
// tenant: the answer to its first request may have been lost. Error: ErrToken.
func (s *Store) Enrol(ctx context.Context, e Enrolment) (uuid.UUID, error) {
	var id uuid.UUID
	add := func() error {
		return pgx.BeginFunc(ctx, s.ingest, func(tx pgx.Tx) (err error) {
			id, err = enrol(ctx, tx, e)
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

func enrol(ctx context.Context, tx pgx.Tx, e Enrolment) (uuid.UUID, error) {
	var tenant, site uuid.UUID
	var valid bool
	err := tx.QueryRow(ctx, lockTokenSQL, pgx.StrictNamedArgs{"hash": e.SecretHash[:]}).Scan(&tenant, &site, &valid)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, ErrToken
	}
	if err != nil {
		return uuid.Nil, err
	}
	var ofTenant, tap uuid.UUID
	var revoked, itsToken bool
	err = tx.QueryRow(ctx, tapOfKeySQL, pgx.StrictNamedArgs{"hash": e.SecretHash[:], "key_id": e.KeyID}).
		Scan(&ofTenant, &tap, &revoked, &itsToken)
	switch {
	case errors.Is(err, pgx.ErrNoRows): // a new key
	case err != nil:
		return uuid.Nil, err
	case revoked || ofTenant != tenant || !valid && !itsToken:
		return uuid.Nil, ErrToken
	default:
		return tap, nil
	}
	if !valid {
		return uuid.Nil, ErrToken
	}
	tap = newID()
	var mac any
	if e.MAC != nil {
		mac = mac6(e.MAC[:])
	}
	batch := new(pgx.Batch)
	batch.Queue(useTokenSQL, pgx.StrictNamedArgs{"hash": e.SecretHash[:]})
	batch.Queue(addTapSQL, pgx.StrictNamedArgs{
		"tenant": tenant, "tap": tap, "site": site, "name": plain(e.Name), "mac": mac, "version": plain(e.Version),
		"arch": plain(e.Arch), "hash": e.SecretHash[:],
	})
	batch.Queue(addTapKeySQL, pgx.StrictNamedArgs{
		"key_id": e.KeyID, "tenant": tenant, "tap": tap, "public_key": []byte(e.PublicKey),
	})
	return tap, tx.SendBatch(ctx, batch).Close()
}

const tapByKeySQL = `
SELECT k.tenant_id, k.tap_id, k.public_key, t.revoked_at IS NOT NULL
FROM tap_key AS k
JOIN tap AS t ON (t.tenant_id, t.id) = (k.tenant_id, k.tap_id)
WHERE k.key_id = $1`

// TapByKey returns whose key it is, or ErrNotFound.
func (s *Store) TapByKey(ctx context.Context, keyID string) (TapIdentity, error) {
	var t TapIdentity
	var key []byte
	err := s.ingest.QueryRow(ctx, tapByKeySQL, keyID).Scan(&t.TenantID, &t.TapID, &key, &t.Revoked)
	if err != nil {
		return TapIdentity{}, fmt.Errorf("store: tap of key: %w", notFound(err))
	}
	t.PublicKey = key
	return t, nil
}
