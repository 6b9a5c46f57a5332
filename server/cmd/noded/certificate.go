package main

import (
	"context"
	"log/slog"

	"picket/server/ca"
	"picket/server/seal"
	"picket/server/store"
)

// watchCertificates serves by keeper what people upload.
func watchCertificates(keeper *ca.Keeper, s *store.Store, keys *seal.Keyring, log *slog.Logger) *ca.Watcher {
	return &ca.Watcher{
		Keeper: keeper, Log: log, Changes: s.CertificateChanges, Open: keys.Open,
		Certificates: func(ctx context.Context) ([]ca.Stored, error) {
			list, err := s.SealedCertificates(ctx)
			out := make([]ca.Stored, 0, len(list))
			for _, c := range list {
				out = append(out, ca.Stored{ID: c.ID.String(), Chain: c.Chain, SealedKey: c.SealedKey})
			}
			return out, err
		},
	}
}
