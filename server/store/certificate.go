package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// MaxCertificates is how many uploaded certificates a cluster keeps.
const MaxCertificates = 50

// Certificate is an uploaded one, without its key.
type Certificate struct {
	ID          uuid.UUID
	Chain       []byte // PEM, the leaf first
	Names       []string
	Issuer      string
	Fingerprint []byte // SHA-256 of the leaf
	NotBefore   time.Time
	NotAfter    time.Time
	AddedAt     time.Time
	AddedBy     string
}

// SealedCertificate is an uploaded one with its key, sealed.
type SealedCertificate struct {
	Certificate

	SealedKey []byte
}

const certificateColumns = `id, chain, names, issuer, fingerprint, not_before, not_after, added_at, added_by`

// CertificateChanges returns a number that moves when certificates change.
func (s *Store) CertificateChanges(ctx context.Context) (n int64, err error) {
	const changesSQL = `
SELECT changes
FROM certificate_change`
	if err := s.api.QueryRow(ctx, changesSQL).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: read changes of certificates: %w", err)
	}
	return n, nil
}

// Certificates returns the uploaded certificates, those added last first.
func (s *Store) Certificates(ctx context.Context) ([]Certificate, error) {
	const certificatesSQL = `
SELECT ` + certificateColumns + `
FROM certificate
ORDER BY added_at DESC, id`
	rows, err := s.api.Query(ctx, certificatesSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read certificates: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Certificate])
	if err != nil {
		return nil, fmt.Errorf("store: read certificates: %w", err)
	}
	return list, nil
}

// SealedCertificates is Certificates with their sealed keys.
func (s *Store) SealedCertificates(ctx context.Context) ([]SealedCertificate, error) {
	const sealedSQL = `
SELECT ` + certificateColumns + `, sealed_key
FROM certificate
ORDER BY added_at DESC, id`
	rows, err := s.owner.Query(ctx, sealedSQL)
	if err != nil {
		return nil, fmt.Errorf("store: read certificates: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[SealedCertificate])
	if err != nil {
		return nil, fmt.Errorf("store: read certificates: %w", err)
	}
	return list, nil
}

// The row of changes is locked first: changes of certificates take turns.
const certificateChangedSQL = `
UPDATE certificate_change
SET changes = changes + 1`

// certificateAudit is what the audit log keeps of a certificate.
type certificateAudit struct {
	Names       []string  `json:"names"`
	Issuer      string    `json:"issuer"`
	Fingerprint string    `json:"fingerprint"`
	NotAfter    time.Time `json:"notAfter"`
}

func (c Certificate) entry(verb string) Entry {
	e := Entry{Verb: verb, Object: "certificate", ID: c.ID.String()}
	if len(c.Names) > 0 {
		e.Name = c.Names[0]
	}
	what := certificateAudit{c.Names, c.Issuer, hex.EncodeToString(c.Fingerprint), c.NotAfter}
	if verb == "delete" {
		e.Before = what
	} else {
		e.After = what
	}
	return e
}

// AddCertificate keeps c, whose ID is set; AddedAt is the database's. It returns
// ErrConflict where it is there already, or MaxCertificates are.
func (s *Store) AddCertificate(ctx context.Context, c SealedCertificate) error {
	const (
		countSQL = `
SELECT count(*)
FROM certificate`
		addSQL = `
INSERT INTO certificate (id, chain, sealed_key, names, issuer, fingerprint, not_before, not_after, added_by)
VALUES (@id, @chain, @sealed_key, @names, @issuer, @fingerprint, @not_before, @not_after, @added_by)
ON CONFLICT (fingerprint) DO NOTHING`
	)
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, certificateChangedSQL); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, countSQL).Scan(&n); err != nil {
			return err
		}
		if n >= MaxCertificates {
			return fmt.Errorf("%w: %d certificates, no more are kept", ErrConflict, n)
		}
		tag, err := tx.Exec(ctx, addSQL, pgx.StrictNamedArgs{
			"id": c.ID, "chain": c.Chain, "sealed_key": c.SealedKey, "names": c.Names, "issuer": cut(plain(c.Issuer), 500),
			"fingerprint": c.Fingerprint, "not_before": c.NotBefore, "not_after": c.NotAfter, "added_by": cut(plain(c.AddedBy), 200),
		})
		if err == nil && tag.RowsAffected() == 0 {
			return ErrConflict
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, c.entry("create"))
	})
	if err != nil {
		return fmt.Errorf("store: add certificate: %w", err)
	}
	return nil
}

// RemoveCertificate forgets a certificate. It returns ErrNotFound where there is none.
func (s *Store) RemoveCertificate(ctx context.Context, id uuid.UUID) error {
	const removeSQL = `
DELETE FROM certificate
WHERE id = @id
RETURNING ` + certificateColumns
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, certificateChangedSQL); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, removeSQL, pgx.StrictNamedArgs{"id": id})
		if err != nil {
			return err
		}
		removed, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Certificate])
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, removed.entry("delete"))
	})
	if err != nil {
		return fmt.Errorf("store: remove certificate: %w", err)
	}
	return nil
}

// ResealCertificate replaces a sealed key, where it still is old.
func (s *Store) ResealCertificate(ctx context.Context, id uuid.UUID, old, sealed []byte) error {
	const resealSQL = `
UPDATE certificate
SET sealed_key = @sealed
WHERE id = @id
  AND sealed_key = @old`
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, certificateChangedSQL); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, resealSQL, pgx.StrictNamedArgs{"id": id, "old": old, "sealed": sealed})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: seal certificate %s anew: %w", id, err)
	}
	return nil
}

// ResealClusterCA replaces the CA's key as the database has it, where it still is
// old: nodes that start together do it once.
func (s *Store) ResealClusterCA(ctx context.Context, old, sealed []byte) error {
	const resealSQL = `
UPDATE cluster
SET ca_key = @sealed
WHERE ca_key = @old`
	if _, err := s.owner.Exec(ctx, resealSQL, pgx.StrictNamedArgs{"old": old, "sealed": sealed}); err != nil {
		return fmt.Errorf("store: seal the cluster's CA: %w", err)
	}
	return nil
}
