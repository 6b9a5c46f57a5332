package main

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"picket/server/api"
	"picket/server/ca"
	"picket/server/seal"
	"picket/server/store"
)

// certificate tests, uploads, lists and removes certificates for the console.
func certificate(ctx context.Context, t *tool, args []string) error {
	f := t.flags("certificate", "show the certificates for the console; add, test or remove one")
	add := f.String("add", "", "`file` with a chain in PEM to serve, the console's certificate first; needs -key")
	test := f.String("test", "", "`file` with a chain in PEM to check and not to serve; needs -key")
	key := f.String("key", "", "`file` with the private key in PEM, without a password")
	keys := f.String("secret-keys", "", "`file` with the keys that nodes seal with; empty: "+seal.Environment)
	remove := f.String("remove", "", "`id` of a certificate to serve no more")
	authority := f.Bool("authority", false, "print the cluster's own authority in PEM, for load balancers that speak TLS with nodes")
	if err := parse(f, args); err != nil {
		return err
	}
	if *authority {
		return printAuthority(ctx, t)
	}
	chosen := 0
	for _, s := range []string{*add, *test, *remove} {
		if s != "" {
			chosen++
		}
	}
	if chosen > 1 {
		return errors.New("-add, -test and -remove go one at a time")
	}
	switch {
	case *test != "":
		u, err := readUpload(*test, *key)
		if err != nil {
			return err
		}
		return describe(t, u)
	case *add != "":
		u, err := readUpload(*add, *key)
		if err != nil {
			return err
		}
		ring, err := seal.Load(*keys)
		if err != nil {
			return err
		}
		if !ring.CanSeal() {
			return errors.New("-secret-keys: the nodes' key is needed to seal the private key; nodectl new-secret-key makes one, for every node's -secret-keys")
		}
		return t.with(ctx, func(s *store.Store) error {
			id, err := api.AddCertificate(asNodectl(ctx), s, ring, u, "nodectl")
			if errors.Is(err, store.ErrConflict) {
				return errors.New("this certificate is there already, or there are too many")
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(t.out, "%s is served by every node that runs, within two seconds\n", id)
			return describe(t, u)
		})
	case *remove != "":
		id, err := uuid.Parse(*remove)
		if err != nil {
			return fmt.Errorf("-remove: %q is no id", *remove)
		}
		return t.with(ctx, func(s *store.Store) error {
			err := s.RemoveCertificate(asNodectl(ctx), id)
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("-remove: there is no certificate %s", id)
			}
			return err
		})
	}
	return t.with(ctx, func(s *store.Store) error {
		list, err := s.Certificates(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAMES\tENDS\tADDED BY")
		for _, c := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.ID, strings.Join(c.Names, ","), c.NotAfter.UTC().Format(time.RFC3339), c.AddedBy)
		}
		return w.Flush()
	})
}

func readUpload(chainFile, keyFile string) (*ca.Uploaded, error) {
	if keyFile == "" {
		return nil, errors.New("-key: the private key is needed")
	}
	chain, err := os.ReadFile(chainFile)
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	return ca.ParseUploaded(chain, key, time.Now())
}

func describe(t *tool, u *ca.Uploaded) error {
	trusted := "yes"
	if u.Trusted != "" {
		trusted = "not by this machine: " + u.Trusted
	}
	_, err := fmt.Fprintf(t.out, "names    %s\nissuer   %s\nvalid    %s to %s\ntrusted  %s\n", strings.Join(u.Names, ", "), u.Issuer,
		u.NotBefore.UTC().Format(time.RFC3339), u.NotAfter.UTC().Format(time.RFC3339), trusted)
	return err
}

// newSecretKey prints a key with which nodes seal secrets.
func newSecretKey(_ context.Context, t *tool, args []string) error {
	if err := parse(t.flags("new-secret-key", "print a new key for the nodes' -secret-keys file; to rotate, put it before the others"), args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, seal.NewKey(time.Now()))
	return err
}

// secrets shows what is sealed with which key, and seals anew.
func secrets(ctx context.Context, t *tool, args []string) error {
	f := t.flags("secrets", "show what is sealed in the database and with which key")
	keys := f.String("secret-keys", "", "`file` with the keys that nodes seal with; empty: "+seal.Environment)
	reseal := f.Bool("reseal", false, "seal everything with the file's first key")
	if err := parse(f, args); err != nil {
		return err
	}
	ring, err := seal.Load(*keys)
	if err != nil {
		return err
	}
	if *reseal && !ring.CanSeal() {
		return errors.New("-secret-keys: a key is needed to seal with")
	}
	return t.with(ctx, func(s *store.Store) error {
		if *reseal {
			if err := resealAll(ctx, s, ring); err != nil {
				return err
			}
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "SECRET\tKEY")
		kept, err := s.EnsureClusterCA(ctx, noCA)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "the cluster's CA\t%s\n", sealedWith(kept.Key))
		list, err := s.SealedCertificates(ctx)
		if err != nil {
			return err
		}
		for _, c := range list {
			fmt.Fprintf(w, "certificate %s\t%s\n", c.ID, sealedWith(c.SealedKey))
		}
		others, err := s.Secrets(ctx)
		if err != nil {
			return err
		}
		for _, o := range others {
			fmt.Fprintf(w, "%s\t%s\n", o.Of, cmp.Or(o.KeyID, notSealed))
		}
		return w.Flush()
	})
}

const notSealed = "not sealed"

func sealedWith(value []byte) string {
	if id, ok := seal.KeyID(value); ok {
		return id
	}
	return notSealed
}

// resealAll seals what another key than the first has, or none.
func resealAll(ctx context.Context, s *store.Store, ring *seal.Keyring) error {
	kept, err := s.EnsureClusterCA(ctx, noCA)
	if err != nil {
		return err
	}
	if _, err := ca.Unseal(kept.Certificate, kept.Key, ring, func(old, sealed []byte) error {
		return s.ResealClusterCA(ctx, old, sealed)
	}); err != nil {
		return err
	}
	list, err := s.SealedCertificates(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !ring.Stale(c.SealedKey) {
			continue
		}
		purpose := ca.SealPurpose(c.ID.String())
		key, err := ring.Open(purpose, c.SealedKey)
		if err != nil {
			return fmt.Errorf("certificate %s: %w", c.ID, err)
		}
		sealed, err := ring.Seal(purpose, key)
		if err != nil {
			return err
		}
		if err := s.ResealCertificate(ctx, c.ID, c.SealedKey, sealed); err != nil {
			return err
		}
	}
	_, err = s.ResealSecrets(ctx, ring)
	return err
}

func noCA() (store.ClusterCA, error) {
	return store.ClusterCA{}, errors.New("the node has never run: start it once")
}

// asNodectl says to the audit log who acts.
func asNodectl(ctx context.Context) context.Context {
	name := "nodectl"
	if u := os.Getenv("SUDO_USER"); u != "" {
		name = u + " by nodectl"
	}
	return withActor(ctx, name)
}

// printAuthority prints the certificate of the cluster's CA, which signs those of nodes.
func printAuthority(ctx context.Context, t *tool) error {
	return t.with(ctx, func(s *store.Store) error {
		kept, err := clusterAuthority(ctx, s)
		if err != nil {
			return err
		}
		return pem.Encode(t.out, &pem.Block{Type: "CERTIFICATE", Bytes: kept.Certificate})
	})
}

// clusterAuthority returns the CA that the cluster has.
func clusterAuthority(ctx context.Context, s *store.Store) (store.ClusterCA, error) {
	return s.EnsureClusterCA(ctx, func() (store.ClusterCA, error) {
		return store.ClusterCA{}, errors.New("the node has never run: start it once")
	})
}
