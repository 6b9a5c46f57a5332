package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"picket/server/ca"
	"picket/server/database"
	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// A membership is what makes a fleet's keys those of taps.
type membership struct {
	cluster string
	trust   *tls.Config
	store   *store.Store       // nil: enrolled by token
	base    *database.Database // of store
	tenants []string           // slugs
}

func (m *membership) close() error {
	if m.store == nil {
		return nil
	}
	m.store.Close()
	return m.base.Close()
}

// joinDatabase adds the fleet's keys to the database directly.
func joinDatabase(ctx context.Context, o options, log *slog.Logger) (_ *membership, err error) {
	m := new(membership)
	if m.base, err = database.Find(ctx, o.data, o.database, log); err != nil {
		return nil, err
	}
	if m.store, err = store.Open(ctx, m.base.Config); err != nil {
		return nil, errors.Join(err, m.base.Close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.close())
		}
	}()
	authority, err := m.store.EnsureClusterCA(ctx, func() (store.ClusterCA, error) {
		return store.ClusterCA{}, errors.New("the cluster has no CA yet: start a node once")
	})
	if err != nil {
		return nil, err
	}
	parsed, err := ca.Parse(authority.Certificate, authority.Key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(parsed.CertificatePEM()))
	m.cluster, m.trust = parsed.ClusterID(), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	byTenant := make([][]store.FleetTap, o.tenants)
	for i := range o.taps {
		public := tapKeyOf(o.seed, i).Public().(ed25519.PublicKey)
		site := i / tapsPerSite
		byTenant[site%o.tenants] = append(byTenant[site%o.tenants], store.FleetTap{
			Name: fmt.Sprintf("fleet %05d", i), Site: fmt.Sprintf("fleet-%05d", site), KeyID: httpsig.KeyID(public), PublicKey: public,
		})
	}
	for i, taps := range byTenant {
		slug := fmt.Sprintf("fleet-%02d", i+1)
		if _, err := m.store.AddFleet(ctx, slug, taps); err != nil {
			return nil, err
		}
		m.tenants = append(m.tenants, slug)
	}
	return m, nil
}

// enrolAtOnce is how many taps enrol at a time: a node takes few.
const enrolAtOnce = 4

// joinToken enrols every tap with the token, as taps do.
func joinToken(ctx context.Context, o options, nodes []*url.URL) (*membership, error) {
	token, err := enrol.ParseToken(o.token)
	if err != nil {
		return nil, fmt.Errorf("-token: %w", err)
	}
	m := &membership{cluster: token.Cluster(), trust: pinned(token.CA)}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(enrolAtOnce)
	for i := range o.taps {
		g.Go(func() error { return enrolTap(ctx, m, o, nodes[i%len(nodes)], i) })
	}
	return m, g.Wait()
}

func enrolTap(ctx context.Context, m *membership, o options, node *url.URL, i int) error {
	key := tapKeyOf(o.seed, i)
	body, err := json.Marshal(enrol.Request{
		Token: o.token, PublicKey: key.Public().(ed25519.PublicKey), Name: fmt.Sprintf("fleet %05d", i), Version: "fakefleet", Arch: "none",
	})
	if err != nil {
		return err
	}
	l := line{trust: m.trust}
	defer l.close()
	a, err := l.post(ctx, node, enrol.Path, "application/json", httpsig.Signer{Key: key, Cluster: m.cluster}, body, false)
	if err != nil {
		return fmt.Errorf("enrol tap %d: %w", i, err)
	}
	switch a.status {
	case http.StatusCreated:
		return nil
	case http.StatusAccepted:
		return fmt.Errorf("tap %d waits to be let in: use tokens that let taps in, or -data: %q", i, a.text)
	}
	return fmt.Errorf("enrol tap %d: %d %q", i, a.status, a.text)
}

// pinned trusts a chain that ends in the CA whose key has the hash.
func pinned(hash [32]byte) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection does it, once it has found the CA
		VerifyConnection: func(s tls.ConnectionState) error {
			for _, c := range s.PeerCertificates[1:] {
				if sha256.Sum256(c.RawSubjectPublicKeyInfo) == hash {
					roots := x509.NewCertPool()
					roots.AddCert(c)
					_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, DNSName: s.ServerName})
					return err
				}
			}
			return errors.New("no certificate of the chain is the token's cluster's")
		},
	}
}
