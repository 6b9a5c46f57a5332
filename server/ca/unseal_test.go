package ca_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"picket/server/ca"
	"picket/server/seal"
)

func TestTheCAsKeyIsSealedAsSoonAsThereIsAKey(t *testing.T) {
	c := newCA(t)
	kept, err := c.KeyDER()
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Clone(kept)
	keep := func(old, sealed []byte) error {
		if !bytes.Equal(old, kept) {
			t.Error("another key was replaced")
		}
		kept = sealed
		return nil
	}
	if _, err := ca.Unseal(c.CertificateDER(), kept, nil, keep); err != nil || !bytes.Equal(kept, plain) {
		t.Fatalf("without a keyring: %v", err)
	}
	first, second := seal.NewKey(time.Now()), seal.NewKey(time.Now())
	for _, text := range []string{first, second + "\n" + first, second} {
		ring, err := seal.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ca.Unseal(c.CertificateDER(), kept, ring, keep)
		if err != nil || again.ClusterID() != c.ClusterID() {
			t.Fatal(err)
		}
		if ring.Stale(kept) || bytes.Contains(kept, plain[len(plain)/2:]) {
			t.Error("not sealed with the first key")
		}
	}
	if _, err := ca.Unseal(c.CertificateDER(), kept, nil, keep); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("without the key: %v", err)
	}
}
