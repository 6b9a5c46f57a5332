package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ClusterCA is the certificate authority that the nodes of a cluster share.
type ClusterCA struct {
	Certificate []byte // DER
	Key         []byte // PKCS #8, DER; secret
}

// EnsureClusterCA returns the cluster's CA, and makes it by create where there is
// none: nodes that start together agree on one.
func (s *Store) EnsureClusterCA(ctx context.Context, create func() (ClusterCA, error)) (ClusterCA, error) {
	const (
		readSQL = `
SELECT ca_certificate, ca_key
FROM cluster`
		addSQL = `
INSERT INTO cluster (ca_certificate, ca_key)
VALUES (@certificate, @key)
ON CONFLICT DO NOTHING`
	)
	read := func() (ca ClusterCA, err error) {
		err = s.owner.QueryRow(ctx, readSQL).Scan(&ca.Certificate, &ca.Key)
		return ca, notFound(err)
	}
	ca, err := read()
	if err == nil {
		return ca, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return ClusterCA{}, fmt.Errorf("store: read the cluster's CA: %w", err)
	}
	made, err := create()
	if err != nil {
		return ClusterCA{}, fmt.Errorf("store: make the cluster's CA: %w", err)
	}
	if _, err := s.owner.Exec(ctx, addSQL, pgx.StrictNamedArgs{"certificate": made.Certificate, "key": made.Key}); err != nil {
		return ClusterCA{}, fmt.Errorf("store: keep the cluster's CA: %w", err)
	}
	if ca, err = read(); err != nil {
		return ClusterCA{}, fmt.Errorf("store: read the cluster's CA: %w", err)
	}
	return ca, nil
}
