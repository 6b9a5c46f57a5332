package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/seal"
)

// What is sealed besides certificates, for the purpose that its value is bound to:
// a value that somebody moves to another row does not open there.
const (
	purposeFactor   = "second factor of user "
	purposeProvider = "client secret of provider "
)

// A Secret says with which key a value of the database is sealed.
type Secret struct {
	Of    string // for which purpose
	KeyID string // empty: it is in clear
}

// hide returns plain sealed where there is a key, and as it is where there is none:
// then it is sealed when there is one (SealSecrets).
func hide(keys *seal.Keyring, purpose string, plain []byte) ([]byte, error) {
	if !keys.CanSeal() || plain == nil {
		return plain, nil
	}
	return keys.Seal(purpose, plain)
}

// reveal returns what hide was given.
func reveal(keys *seal.Keyring, purpose string, kept []byte) ([]byte, error) {
	if _, sealed := seal.KeyID(kept); !sealed {
		return kept, nil
	}
	plain, err := keys.Open(purpose, kept)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give the nodes the file that sealed it (-secret-keys)", purpose, err)
	}
	return plain, nil
}

// A secretColumn is where secrets are.
type secretColumn struct {
	purpose          string // the id follows
	readSQL, sealSQL string
}

func secretColumns() []secretColumn {
	return []secretColumn{
		{purposeFactor, `
SELECT user_id, secret
FROM second_factor
WHERE user_id > @after
ORDER BY user_id
LIMIT @most`, `
UPDATE second_factor
SET secret = @sealed
WHERE user_id = @id
  AND secret = @old`},
		{purposeProvider, `
SELECT id, client_secret
FROM oidc_provider
WHERE id > @after
ORDER BY id
LIMIT @most`, `
UPDATE oidc_provider
SET client_secret = @sealed
WHERE id = @id
  AND client_secret = @old`},
	}
}

// secretBatch is how many secrets are read at once.
const secretBatch = 500

type secretRow struct {
	id    uuid.UUID
	value []byte
}

// eachSecret calls do with every secret, sealed or not.
func (s *Store) eachSecret(ctx context.Context, do func(c *secretColumn, r secretRow) error) error {
	for _, c := range secretColumns() {
		for after := uuid.Nil; ; {
			rows, err := s.owner.Query(ctx, c.readSQL, pgx.StrictNamedArgs{"after": after, "most": secretBatch})
			if err != nil {
				return err
			}
			list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r secretRow, err error) {
				return r, row.Scan(&r.id, &r.value)
			})
			if err != nil {
				return err
			}
			for _, r := range list {
				if err := do(&c, r); err != nil {
					return err
				}
				after = r.id
			}
			if len(list) < secretBatch {
				break
			}
		}
	}
	return nil
}

// Secrets lists secrets of people and providers with the keys that seal them.
func (s *Store) Secrets(ctx context.Context) (list []Secret, err error) {
	err = s.eachSecret(ctx, func(c *secretColumn, r secretRow) error {
		id, _ := seal.KeyID(r.value)
		list = append(list, Secret{Of: c.purpose + r.id.String(), KeyID: id})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: list secrets: %w", err)
	}
	return list, nil
}

// ResealSecrets seals with the first key of keys what is in clear or sealed with
// another, and returns how many it changed. One that changes meanwhile is left to
// the next time. It stops at one that no key opens.
func (s *Store) ResealSecrets(ctx context.Context, keys *seal.Keyring) (changed int, err error) {
	err = s.eachSecret(ctx, func(c *secretColumn, r secretRow) error {
		if !keys.Stale(r.value) || len(r.value) == 0 {
			return nil
		}
		purpose := c.purpose + r.id.String()
		plain, err := reveal(keys, purpose, r.value)
		if err != nil {
			return err
		}
		sealed, err := keys.Seal(purpose, plain)
		if err != nil {
			return err
		}
		tag, err := s.owner.Exec(ctx, c.sealSQL, pgx.StrictNamedArgs{"id": r.id, "old": r.value, "sealed": sealed})
		changed += int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return changed, fmt.Errorf("store: seal secrets: %w", err)
	}
	return changed, nil
}

// SealSecrets seals what is in clear; it does nothing where the node has no key.
// Which of several keys seals is left to the operator: nodes that change keys one
// after another would undo each other's work.
func (s *Store) SealSecrets(ctx context.Context) error {
	if !s.config.Keys.CanSeal() {
		return nil
	}
	found := 0
	err := s.eachSecret(ctx, func(c *secretColumn, r secretRow) error {
		if _, sealed := seal.KeyID(r.value); sealed || len(r.value) == 0 {
			return nil
		}
		sealed, err := s.config.Keys.Seal(c.purpose+r.id.String(), r.value)
		if err != nil {
			return err
		}
		tag, err := s.owner.Exec(ctx, c.sealSQL, pgx.StrictNamedArgs{"id": r.id, "old": r.value, "sealed": sealed})
		found += int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return fmt.Errorf("store: seal secrets: %w", err)
	}
	if found > 0 {
		s.log.Info("secrets that were in clear are sealed", "secrets", found, "key", s.config.Keys.Active())
	}
	return nil
}
